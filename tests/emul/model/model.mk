# SPDX-License-Identifier: MIT
# `make model` plays random stores against a small model of the rules. SEED=n ROUND=n repeats one
# round; STORES=n sets the number of stores on each machine.

MODEL_BUILD := $(BUILD)/model
MODEL_SHARED := $(addprefix tests/emul/system/agent/,apic.c call.c cpu.c main.c memory.c serial.c \
	stores.asm stores.c trap.c trap_entry.asm)
MODEL_SOURCES := $(sort $(wildcard tests/emul/model/agent/*.c)) $(MODEL_SHARED) \
	hv/lib/format.c hv/lib/string.c
MODEL_OBJECTS := $(patsubst %,$(MODEL_BUILD)/%.o,$(MODEL_SOURCES))
MODEL_CFLAGS := $(filter-out -Os,$(BOOT_CFLAGS)) -O2 -fno-strict-aliasing
MODEL_SECTIONS := .text .sdata .data .rodata .dynamic .dynsym .rel .rela .reloc

# main.c runs the scenarios of its list; this build gives it another list.
$(MODEL_BUILD)/tests/emul/system/agent/main.c.o: MODEL_LIST := \
	-include tests/emul/model/agent/scenarios.h

$(MODEL_BUILD)/%.c.o: %.c tests/emul/model/model.mk boot/boot.mk
	$(Q)mkdir -p $(@D)
	@echo "  CC    $< (model)"
	$(Q)$(CC) $(MODEL_CFLAGS) $(MODEL_LIST) -c $< -o $@

$(MODEL_BUILD)/%.asm.o: %.asm tests/emul/system/agent/cpu.inc tests/emul/model/model.mk
	$(Q)mkdir -p $(@D)
	@echo "  NASM  $<"
	$(Q)$(NASM) -f elf64 -I. $< -o $@

$(MODEL_BUILD)/agent.so: $(MODEL_OBJECTS)
	$(Q)$(LD) -nostdlib -shared -Bsymbolic -znocombreloc -znoexecstack --no-undefined \
		-T $(GNU_EFI_LIB)/elf_x86_64_efi.lds $(GNU_EFI_LIB)/crt0-efi-x86_64.o \
		$(MODEL_OBJECTS) -L$(GNU_EFI_LIB) -lefi -lgnuefi -o $@

$(MODEL_BUILD)/agent.efi: $(MODEL_BUILD)/agent.so
	@echo "  EFI   $@"
	$(Q)$(OBJCOPY) $(addprefix -j ,$(MODEL_SECTIONS)) --target=efi-app-x86_64 $< $@

##@ Tests on the emulator
## model [SEED=n] [ROUND=n] [STORES=n]: random stores against a model of the rules
.PHONY: model
model: $(BUILD)/BOOTX64.EFI $(MODEL_BUILD)/agent.efi
	BUILD=$(abspath $(BUILD)) $(PYTHON) -m pytest -q -s tests/emul/model

-include $(MODEL_OBJECTS:.o=.d)
