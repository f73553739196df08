# SPDX-License-Identifier: MIT
# `make system` runs Tessera on the emulator under a test agent, a UEFI program, and under Linux.

AGENT_SOURCES := $(sort $(wildcard tests/emul/system/agent/*.c tests/emul/system/agent/*.asm)) \
	$(wildcard guest/examples/*.c) hv/lib/format.c hv/lib/string.c
AGENT_OBJECTS := $(patsubst %,$(BUILD)/agent/%.o,$(AGENT_SOURCES))
AGENT_CFLAGS := $(filter-out -Os,$(BOOT_CFLAGS)) -O2 -fno-strict-aliasing
AGENT_SECTIONS := .text .sdata .data .rodata .dynamic .dynsym .rel .rela .reloc

$(BUILD)/agent/%.c.o: %.c boot/boot.mk tests/emul/system/system.mk
	$(Q)mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(AGENT_CFLAGS) -c $< -o $@

# The examples of docs/hypercalls.md have no header for their functions.
$(BUILD)/agent/guest/examples/%.c.o: AGENT_CFLAGS += -Wno-missing-prototypes

$(BUILD)/agent/%.asm.o: %.asm tests/emul/system/agent/cpu.inc
	$(Q)mkdir -p $(@D)
	@echo "  NASM  $<"
	$(Q)$(NASM) -f elf64 -I. $< -o $@

$(BUILD)/agent.so: $(AGENT_OBJECTS)
	$(Q)$(LD) -nostdlib -shared -Bsymbolic -znocombreloc -znoexecstack --no-undefined \
		-T $(GNU_EFI_LIB)/elf_x86_64_efi.lds $(GNU_EFI_LIB)/crt0-efi-x86_64.o \
		$(AGENT_OBJECTS) -L$(GNU_EFI_LIB) -lefi -lgnuefi -o $@

$(BUILD)/agent.efi: $(BUILD)/agent.so
	@echo "  EFI   $@"
	$(Q)$(OBJCOPY) $(addprefix -j ,$(AGENT_SECTIONS)) --target=efi-app-x86_64 $< $@

##@ Tests on the emulator
## system: the test agent and Linux under Tessera, on both engines
.PHONY: system
system: $(BUILD)/BOOTX64.EFI $(BUILD)/agent.efi
	$(PYTHON) -m pytest -q tests/emul/system

## hammer [ROUNDS=100000]: races between stores and changes of the rules, at full length
.PHONY: hammer
hammer: ROUNDS ?= 100000
hammer: $(BUILD)/BOOTX64.EFI $(BUILD)/agent.efi
	ROUNDS=$(ROUNDS) $(PYTHON) -m pytest -q tests/emul/system/test_hammer.py

-include $(AGENT_OBJECTS:.o=.d)
