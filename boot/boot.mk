# SPDX-License-Identifier: MIT
# Builds $(BUILD)/BOOTX64.EFI, the loader with the hypervisor's image inside.

BUILD ?= build
NASM ?= nasm
OBJCOPY ?= $(CROSS_COMPILE)objcopy
GNU_EFI_INCLUDE ?= /usr/include/efi
GNU_EFI_LIB ?= /usr/lib

BOOT_PURE := check config config_keys config_values image number option path pe text
BOOT_FIRMWARE := bootorder chain clock launch main memory once probe processors protect report say \
	settings start volume wait
BOOT_SHARED := hv/format hv/hostmap hv/pool hv/string
BOOT_OBJECTS := $(patsubst %,$(BUILD)/loader/boot/%.o,$(BOOT_PURE) $(BOOT_FIRMWARE) payload) \
	$(patsubst %,$(BUILD)/loader/%.o,$(BOOT_SHARED))

# No stack protector, red zone or vector registers: firmware provides for none of them in interrupts.
BOOT_CFLAGS := -std=gnu11 -Os -g -Wall -Wextra -Werror -I. -Iguest/include \
	-isystem $(GNU_EFI_INCLUDE) -isystem $(GNU_EFI_INCLUDE)/x86_64 -DGNU_EFI_USE_MS_ABI \
	-ffreestanding -fpic -fshort-wchar -fvisibility=hidden -mno-red-zone -mgeneral-regs-only \
	-fno-stack-protector -fno-asynchronous-unwind-tables -MMD -MP
BOOT_LDFLAGS := -nostdlib -shared -Bsymbolic -znocombreloc -znoexecstack --no-undefined \
	-T boot/loader.lds
BOOT_SECTIONS := .text .reloc .rodata .tessera .data .dynamic .rela .dynsym .dynstr

$(BUILD)/loader/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(BOOT_CFLAGS) -c $< -o $@

$(BUILD)/loader/boot/payload.o: boot/payload.asm $(BUILD)/tessera.bin
	@mkdir -p $(@D)
	$(NASM) -f elf64 -DPAYLOAD='"$(BUILD)/tessera.bin"' $< -o $@

$(BUILD)/loader.so: $(BOOT_OBJECTS) boot/loader.lds
	$(LD) $(BOOT_LDFLAGS) $(GNU_EFI_LIB)/crt0-efi-x86_64.o $(BOOT_OBJECTS) \
		-L$(GNU_EFI_LIB) -lefi -lgnuefi -o $@

$(BUILD)/BOOTX64.EFI: $(BUILD)/loader.so
	$(OBJCOPY) $(addprefix -j ,$(BOOT_SECTIONS)) --target=efi-app-x86_64 $< $@

-include $(BOOT_OBJECTS:.o=.d)
