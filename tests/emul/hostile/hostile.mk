# SPDX-License-Identifier: MIT
# `make hostile` plays hostile cases natively and under Tessera and compares the results.
# HOSTILE_SEED=n repeats a run; HOSTILE_ROUNDS=n sets the number of cases on each machine.

HOSTILE_BUILD := $(BUILD)/hostile
HOSTILE_SHARED := $(addprefix tests/emul/system/agent/,apic.c call.c cpu.c main.c memory.c \
	nonsense.c plain.c serial.c trap.c trap_entry.asm)
HOSTILE_SOURCES := $(sort $(wildcard tests/emul/hostile/agent/*.c)) $(HOSTILE_SHARED) \
	hv/lib/format.c hv/lib/string.c
HOSTILE_OBJECTS := $(patsubst %,$(HOSTILE_BUILD)/%.o,$(HOSTILE_SOURCES))
HOSTILE_SECTIONS := .text .sdata .data .rodata .dynamic .dynsym .rel .rela .reloc

# main.c runs the scenarios of its list; this build gives it another list.
$(HOSTILE_BUILD)/tests/emul/system/agent/main.c.o: HOSTILE_LIST := \
	-include tests/emul/hostile/agent/scenarios.h

$(HOSTILE_BUILD)/%.c.o: %.c tests/emul/hostile/hostile.mk boot/boot.mk
	$(Q)mkdir -p $(@D)
	@echo "  CC    $< (hostile)"
	$(Q)$(CC) $(AGENT_CFLAGS) $(HOSTILE_LIST) -c $< -o $@

$(HOSTILE_BUILD)/%.asm.o: %.asm tests/emul/system/agent/cpu.inc tests/emul/hostile/hostile.mk
	$(Q)mkdir -p $(@D)
	@echo "  NASM  $<"
	$(Q)$(NASM) -f elf64 -I. $< -o $@

$(HOSTILE_BUILD)/agent.so: $(HOSTILE_OBJECTS)
	$(Q)$(LD) -nostdlib -shared -Bsymbolic -znocombreloc -znoexecstack --no-undefined \
		-T $(GNU_EFI_LIB)/elf_x86_64_efi.lds $(GNU_EFI_LIB)/crt0-efi-x86_64.o \
		$(HOSTILE_OBJECTS) -L$(GNU_EFI_LIB) -lefi -lgnuefi -o $@

$(HOSTILE_BUILD)/agent.efi: $(HOSTILE_BUILD)/agent.so
	@echo "  EFI   $@"
	$(Q)$(OBJCOPY) $(addprefix -j ,$(HOSTILE_SECTIONS)) --target=efi-app-x86_64 $< $@

##@ Tests on the emulator
## hostile [HOSTILE_SEED=n] [HOSTILE_ROUNDS=1000000]: hostile cases, compared with native, at length
.PHONY: hostile
hostile: HOSTILE_ROUNDS ?= 1000000
hostile: $(BUILD)/BOOTX64.EFI $(HOSTILE_BUILD)/agent.efi
	BUILD=$(abspath $(BUILD)) HOSTILE_ROUNDS=$(HOSTILE_ROUNDS) $(PYTHON) -m pytest -q -s \
		tests/emul/hostile

-include $(HOSTILE_OBJECTS:.o=.d)
