# SPDX-License-Identifier: MIT
# Builds $(BUILD)/BOOTX64.EFI, the loader with the hypervisor's image inside.

GNU_EFI_INCLUDE ?= /usr/include/efi
GNU_EFI_LIB ?= /usr/lib

BOOT_OUT := $(BUILD)/boot
BOOT_SOURCES := $(sort $(filter-out boot/tools/%,$(shell find boot -name '*.c'))) \
	hv/lib/format.c hv/lib/number.c hv/lib/pool.c hv/lib/string.c hv/x86/hostmap.c
BOOT_OBJECTS := $(BOOT_SOURCES:%.c=$(BOOT_OUT)/%.o) $(BOOT_OUT)/boot/payload.o

# No stack protector, red zone or vector registers: the firmware's interrupt handlers support none
# of them.
BOOT_CFLAGS := -std=gnu11 -Os -g $(WARNINGS) -I. -Iguest/include -isystem $(GNU_EFI_INCLUDE) \
	-isystem $(GNU_EFI_INCLUDE)/x86_64 -DGNU_EFI_USE_MS_ABI -DTESSERA_VERSION='"$(VERSION)"' \
	-ffreestanding -fpic -fshort-wchar -fvisibility=hidden -mno-red-zone -mgeneral-regs-only \
	-fno-stack-protector -fno-asynchronous-unwind-tables $(PACKED) -MMD -MP
BOOT_LINK := $(BOOT_CFLAGS) $(LTO) -nostdlib -shared -Wl,-Bsymbolic,-znocombreloc,-znoexecstack \
	-Wl,--no-undefined,--build-id=none,-T,boot/place/loader.lds
# No symbols and no string tables: the relocation code at the start handles plain addresses only.
BOOT_SECTIONS := .text .reloc .rodata .tessera .sbat .data .bss .dynamic .rela

$(BOOT_OUT)/hv/lib/string.o: LTO :=
$(BOOT_OUT)/%.o: %.c boot/boot.mk Makefile VERSION
	$(Q)mkdir -p $(@D)
	@echo "  CC    $< (loader)"
	$(Q)$(CC) $(BOOT_CFLAGS) $(LTO) -c $< -o $@

$(BOOT_OUT)/boot/payload.o: boot/place/payload.asm boot/place/sbat.csv $(BUILD)/tessera.bin
	$(Q)mkdir -p $(@D)
	@echo "  NASM  $<"
	$(Q)$(NASM) -f elf64 -DPAYLOAD='"$(BUILD)/tessera.bin"' $< -o $@

$(BOOT_OUT)/loader.so: $(BOOT_OBJECTS) boot/place/loader.lds
	@echo "  LD    $@"
	$(Q)$(CC) $(BOOT_LINK) $(GNU_EFI_LIB)/crt0-efi-x86_64.o $(BOOT_OBJECTS) \
		-L$(GNU_EFI_LIB) -lefi -lgnuefi -o $@

# Bytes 60 to 63 of the file hold the offset of the PE header, and DllCharacteristics follows 94
# bytes later. 0x100 is NX_COMPAT: no section needs to be both writable and executable.
$(BUILD)/BOOTX64.EFI: $(BOOT_OUT)/loader.so boot/boot.mk
	@echo "  EFI   $@"
	$(Q)$(OBJCOPY) --strip-all $(addprefix -j ,$(BOOT_SECTIONS)) \
		--target=efi-app-x86_64 $< $@
	@printf '\000\001' | dd of=$@ bs=1 conv=notrunc status=none \
		seek=$$(($$(od -An -tu4 -j60 -N4 $@) + 94))

# Programs for the build machine that make docs/config.md and a sample file from the table of keys.
BOOT_KEYS := boot/config/config_keys.c boot/config/config_values.c \
	boot/config/config_sample.c boot/config/text.c hv/lib/format.c hv/lib/number.c

$(BOOT_OUT)/config-doc: boot/tools/config_doc.c
$(BOOT_OUT)/config-sample: boot/tools/config_sample.c
$(BOOT_OUT)/config-doc $(BOOT_OUT)/config-sample: $(BOOT_KEYS) \
		boot/config/config.h hv/lib/boot_info.h
	$(Q)mkdir -p $(@D)
	@echo "  CC    $(filter boot/tools/%,$^)"
	$(Q)$(HOSTCC) -std=gnu11 -O1 $(WARNINGS) -I. -Iguest/include $(filter %.c,$^) -o $@

$(BUILD)/tessera.conf: $(BOOT_OUT)/config-sample
	$(Q)$< >$@

##@ Documentation
## config-doc: write docs/config.md again, from the table of keys
.PHONY: config-doc
config-doc: $(BOOT_OUT)/config-doc
	$(Q)$< >docs/config.md

-include $(BOOT_OBJECTS:.o=.d)
