# SPDX-License-Identifier: MIT
# `make run` shows Tessera at work, `make test` proves it; `make help` lists the rest.

BUILD         ?= build
CROSS_COMPILE ?=
CC            := $(CROSS_COMPILE)gcc
LD            := $(CROSS_COMPILE)ld
OBJCOPY       := $(CROSS_COMPILE)objcopy
NASM          ?= nasm
HOSTCC        ?= gcc
PYTHON        ?= /usr/bin/python3

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VERSION := 0.1

# The hypervisor: every C and NASM file of its rooms.
ROOMS    := hv vmx ept spp
SOURCES  := $(sort $(shell find $(ROOMS) -name '*.c' -o -name '*.asm'))
OBJECTS  := $(addprefix $(BUILD)/,$(addsuffix .o,$(SOURCES)))
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef
INCLUDES := -I. -Iguest/include
HVFLAGS   = -std=gnu11 $(OPTIMIZE) $(LTO) $(WARNINGS) $(INCLUDES) -DTESSERA_VERSION='"$(VERSION)"' \
	-ffreestanding -mgeneral-regs-only -mno-red-zone -mcmodel=kernel -fno-pic \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
	-fno-strict-aliasing -ffunction-sections $(PACKED) -g -MMD -MP $(HVDEFS)

# An exit costs a thousand cycles, a jump to an unaligned place a fraction of one: no padding.
PACKED   := -falign-functions=4 -falign-loops=1 \
	$(if $(findstring clang,$(CC)),,-falign-jumps=1 -falign-labels=1 -malign-data=abi)

# What each exit or each write that meets a rule runs through is built for speed; the rest, for
# which an operator or the start of the machine waits, is built small.
FAST     := hv/call/query.c hv/call/table.c hv/core/event.c hv/core/guest_memory.c \
	hv/core/shootdown.c hv/lib/string.c vmx/exit/cpuid.c vmx/exit/dispatch.c \
	vmx/exit/ept_violation.c vmx/exit/xsetbv.c vmx/step/writeback.c ept/lookup.c ept/write.c \
	spp/access_map.c spp/policy_apply.c spp/policy_derive.c spp/policy_judge.c spp/sppt.c
OPTIMIZE := -Os -fno-jump-tables
$(FAST:%=$(BUILD)/%.o): OPTIMIZE := -O2

# The linker sees all C code at once. The compiler calls memcpy and its like by name, of its own
# accord and late: they stay out of that.
LTO      := $(if $(findstring clang,$(CC)),,-flto -flto-partition=one)
$(BUILD)/hv/lib/string.c.o: LTO :=
LINK     := $(LTO) -ffreestanding -nostdlib -static -no-pie -mcmodel=kernel -fno-pic

.PHONY: all
all: $(BUILD)/BOOTX64.EFI

$(BUILD)/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(HVFLAGS) -c $< -o $@

$(BUILD)/%.asm.o: %.asm hv/x86/native.inc hv/x86/regs.inc Makefile
	@mkdir -p $(@D)
	@echo "  NASM  $<"
	@$(NASM) -f elf64 -I. $< -o $@

$(BUILD)/tessera.elf: $(OBJECTS) linker.ld
	@echo "  LD    $@"
	@$(CC) $(LINK) -Wl,--gc-sections,--build-id=none,-z,max-page-size=4096 \
		-Wl,-z,noexecstack,--no-warn-rwx-segments,-T,linker.ld -o $@ $(OBJECTS)

$(BUILD)/tessera.bin: $(BUILD)/tessera.elf
	@$(OBJCOPY) -O binary $< $@

include boot/boot.mk
include guest/guest.mk guest/packaging/packaging.mk
include tests/host/host.mk tests/bench/bench.mk $(sort $(wildcard tests/emul/*/*.mk))
-include $(OBJECTS:.o=.d)

##
## What a newcomer types. Each starts with `deps`; a second make then sees what that brought.

##   make run       a Linux guest under Tessera, with a demonstration (EMULATOR=qemu for QEMU)
.PHONY: run
run: deps
	@$(MAKE) --no-print-directory run-here

##   make console   the operator's console of the machine that `make run` started

##   make test      every test; SUITES="unit system" picks some
.PHONY: test
test: deps
	@$(MAKE) --no-print-directory all guest
	@BUILD=$(BUILD) MAKE="$(MAKE)" $(PYTHON) tests/suite.py $(SUITES)

##   make bench     figures on the screen and in build/bench.json
.PHONY: bench
bench: deps
	@MAKE="$(MAKE)" $(PYTHON) tests/bench/run.py

##   make image     build/tessera.img: a GPT image with an ESP, to write to a USB stick
.PHONY: image
image: deps
	@$(MAKE) --no-print-directory $(BUILD)/tessera.img

$(BUILD)/tessera.img: $(BUILD)/BOOTX64.EFI $(BUILD)/tessera.conf tests/emul/machine/image.py
	@PYTHONPATH=tests/emul $(PYTHON) -m machine.image $@ \
		EFI/BOOT/BOOTX64.EFI=$(BUILD)/BOOTX64.EFI \
		EFI/tessera/tessera.conf=$(BUILD)/tessera.conf
	@echo "$@: write it to a USB stick, for example with: dd if=$@ of=/dev/sdX bs=1M"

##   make sign      build/BOOTX64.signed.EFI, for Secure Boot: make sign KEY=my.key CERT=my.crt
.PHONY: sign
sign: all
	sbsign --key $(KEY) --cert $(CERT) --output $(BUILD)/BOOTX64.signed.EFI $(BUILD)/BOOTX64.EFI

##   make check     format, static analysis, warnings as errors with gcc and clang
.PHONY: check
check: deps
	@$(MAKE) --no-print-directory check-here

##   make deb       Debian packages: tessera-tools and tessera-dkms, in build/deb
##   make fuzz      the fuzzers, for FUZZ_SECONDS each
##   make deps      installs what is missing and fetches the emulator
.PHONY: deps
deps:
	@tests/emul/machine/deps

##   make clean     removes what was built, but not what deps fetched
.PHONY: clean
clean:
	rm -rf $(BUILD)/hv $(BUILD)/vmx $(BUILD)/ept $(BUILD)/spp $(BUILD)/boot $(BUILD)/guest \
		$(BUILD)/host $(BUILD)/test $(BUILD)/run $(BUILD)/machines $(BUILD)/tessera.* \
		$(BUILD)/deb $(BUILD)/BOOTX64.*

.PHONY: help
help:
	@sed -n 's/^##//p' Makefile

C_FILES := $(shell find boot $(ROOMS) -name '*.[ch]') \
	$(wildcard $(addsuffix /*.[ch],guest/include/tessera guest/linux \
	tests/host $(addprefix tests/host/,unit boot shell fuzz tools) tests/emul/system/agent \
	tests/bench/agent tests/emul/linux/client tests/emul/linux/module guest/doc \
	guest/examples guest/lib guest/tools))

.PHONY: check-here check-format check-cppcheck check-tidy check-clang check-names
check-here: check-format check-names check-cppcheck check-clang check-tidy
	@echo "check: clean"

check-format:
	@clang-format --dry-run --Werror $(C_FILES)

# Lines of at most 100 columns (a tab counts 8), files of at most 600 lines, SPDX lines.
check-names:
	@$(PYTHON) tests/house.py

check-cppcheck:
	@cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=nullPointerArithmetic \
		--suppress=internalAstError -I. -Iguest/include -Iguest -DTESSERA_VERSION='""' \
		$(ROOMS) guest/lib guest/tools

check-clang:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang \
		$(patsubst $(BUILD)/%,$(BUILD)/clang/%,$(filter %.c.o,$(OBJECTS)) $(TESSERACTL))

check-tidy:
	@clang-tidy --quiet $(filter %.c,$(SOURCES)) -- \
		$(filter-out -MMD -MP -falign-% -malign-% -flto%,$(HVFLAGS)) 2>/dev/null
	@clang-tidy --quiet $(wildcard guest/lib/*.c guest/tools/*.c) -- \
		$(filter-out -MMD -MP,$(TESSERACTL_FLAGS)) 2>/dev/null
