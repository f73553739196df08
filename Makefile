# SPDX-License-Identifier: MIT
# `make run` shows Tessera at work, `make test` tests it, `make help` lists all targets.

BUILD         ?= build$(if $(CHECKED),/checked)
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

# The one version: of the hypervisor, the loader, the tool, its manual page and the packages.
VERSION := $(file <VERSION)

# V=1 shows the commands.
Q := $(if $(filter 1,$(V)),,@)

# The hypervisor: every C and NASM file of its rooms. CHECKED=1 builds the test flavour, which
# checks all assertions, the order of locks, and each VM entry.
ROOMS    := hv vmx ept spp
CHECKER  := $(addprefix vmx/check/entry_,check_on.c rules.c state.c)
SOURCES  := $(filter-out $(if $(CHECKED),vmx/check/entry_check_off.c,$(CHECKER)),\
	$(sort $(shell find $(ROOMS) -name '*.c' -o -name '*.asm')))
OBJECTS  := $(addprefix $(BUILD)/,$(addsuffix .o,$(SOURCES)))
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef
INCLUDES := -I. -Iguest/include
HVFLAGS   = -std=gnu11 $(OPTIMIZE) $(LTO) $(WARNINGS) $(INCLUDES) -DTESSERA_VERSION='"$(VERSION)"' \
	-ffreestanding -mgeneral-regs-only -mno-red-zone -mcmodel=kernel -fno-pic \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
	-fno-strict-aliasing -ffunction-sections $(PACKED) $(STACK) -g -MMD -MP $(HVDEFS) \
	$(if $(CHECKED),-DTESSERA_CHECKED=1)

# Do not pad code: an exit costs a thousand cycles, and an unaligned jump a fraction of one.
PACKED    = -falign-functions=4 -falign-loops=1 \
	$(if $(findstring clang,$(CC)),,-falign-jumps=1 -falign-labels=1 -malign-data=abi)

# The hypervisor uses no SSE, so its stack needs no alignment to 16 bytes. The firmware's does, and
# so does the loader's.
STACK     = $(if $(findstring clang,$(CC)),,-mpreferred-stack-boundary=3)

# Code that runs on every VM exit or on every write to a protected page is optimized for speed. The
# rest runs at start-up or for an operator, and is optimized for size.
FAST     := hv/call/query.c hv/call/table.c hv/core/event.c hv/core/guest_memory.c \
	hv/core/guest_walk.c hv/core/shootdown.c hv/core/verdict.c hv/lib/string.c \
	vmx/exit/cpuid.c vmx/exit/dispatch.c vmx/exit/ept_violation.c vmx/exit/msr_filter.c \
	vmx/exit/xsetbv.c vmx/step/writeback.c vmx/vmcs/guest.c ept/lookup.c ept/write.c \
	spp/access_map.c spp/policy_apply.c spp/policy_derive.c spp/policy_judge.c spp/sppt.c
OPTIMIZE  = -Os -fno-jump-tables $(if $(findstring clang,$(CC)),,\
	-fno-caller-saves -fno-if-conversion -fno-move-loop-invariants \
	-fno-expensive-optimizations -fno-shrink-wrap -fno-ipa-sra)
$(FAST:%=$(BUILD)/%.o) $(CHECKER:%=$(BUILD)/%.o): OPTIMIZE = -O2

# Link-time optimization covers all C code except memcpy and the like: the compiler emits calls to
# these by name and late, so they are compiled without it. With -Os at the link, long strings are
# not aligned; each function keeps the optimization level of its own file.
LTO       = $(if $(findstring clang,$(CC)),,-flto -flto-partition=one)
$(BUILD)/hv/lib/string.c.o: LTO :=
LINK      = $(LTO) -Os -ffreestanding -nostdlib -static -no-pie -mcmodel=kernel -fno-pic

##@ Start here
##@ Build
## all: build/BOOTX64.EFI, the loader with the hypervisor in it (the default)
.PHONY: all
all: $(BUILD)/BOOTX64.EFI

$(BUILD)/%.c.o: %.c Makefile VERSION
	$(Q)mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(HVFLAGS) -c $< -o $@

$(BUILD)/%.asm.o: %.asm hv/x86/native.inc hv/x86/regs.inc Makefile
	$(Q)mkdir -p $(@D)
	@echo "  NASM  $<"
	$(Q)$(NASM) -f elf64 -I. $< -o $@

$(BUILD)/tessera.elf: $(OBJECTS) linker.ld
	@echo "  LD    $@"
	$(Q)$(CC) $(LINK) -Wl,--gc-sections,--build-id=none,-z,max-page-size=4096 \
		-Wl,-z,noexecstack,--no-warn-rwx-segments,-T,linker.ld -o $@ $(OBJECTS)

$(BUILD)/tessera.bin: $(BUILD)/tessera.elf
	$(Q)$(OBJCOPY) -O binary $< $@

include boot/boot.mk
include guest/guest.mk guest/packaging/packaging.mk
include tests/host/host.mk tests/bench/bench.mk $(sort $(wildcard tests/emul/*/*.mk))
-include $(OBJECTS:.o=.d)

##@ Start here

# These targets run `deps` first and then run make again, so that the second make sees the files
# that `deps` installed.

## run [EMULATOR=qemu] [CPUS=2]: boot a Linux guest under Tessera and demonstrate it
.PHONY: run
run: deps
	$(Q)$(MAKE) --no-print-directory run-here

## test [SUITES="unit system"]: run every test suite, or those
.PHONY: test
test: deps
	$(Q)$(MAKE) --no-print-directory all guest
	$(Q)BUILD=$(BUILD) MAKE="$(MAKE)" $(PYTHON) tests/suite.py $(SUITES)

## checked-all: run all suites on the emulator with the flavour of `make checked`
.PHONY: checked-all
checked-all: deps
	$(Q)$(MAKE) --no-print-directory CHECKED= all checked guest
	$(Q)CHECKED=1 BUILD=$(BUILD) MAKE="$(MAKE)" $(PYTHON) tests/suite.py \
		system model demo console linux devirtualize boot

## bench: measure, on the screen and in build/bench.json
.PHONY: bench
bench: deps
	$(Q)MAKE="$(MAKE)" $(PYTHON) tests/bench/run.py

## check: check format, house rules, static analysis and warnings of gcc and clang
.PHONY: check
check: deps
	$(Q)$(MAKE) --no-print-directory check-here

## help: list the targets; V=1 with any of them shows its commands
.PHONY: help
help:
	@awk '/^##@ / { group = substr($$0, 5); if (!(group in text)) groups[++n] = group } \
		/^## [a-z]/ { split($$0, part, ": "); name = substr(part[1], 4); \
			text[group] = text[group] sprintf("  %-34s %s\n", name, \
				substr($$0, length(part[1]) + 3)) } \
		END { for (i = 1; i <= n; i++) printf "\n%s\n%s", groups[i], text[groups[i]] }' \
		$(filter-out %.d,$(MAKEFILE_LIST))

##@ Build

## image: make build/tessera.img, a disk with an EFI partition, to write to a USB stick
.PHONY: image
image: deps
	$(Q)$(MAKE) --no-print-directory $(BUILD)/tessera.img

$(BUILD)/tessera.img: $(BUILD)/BOOTX64.EFI $(BUILD)/tessera.conf tests/emul/machine/image.py
	$(Q)PYTHONPATH=tests/emul $(PYTHON) -m machine.image $@ \
		EFI/BOOT/BOOTX64.EFI=$(BUILD)/BOOTX64.EFI \
		EFI/tessera/tessera.conf=$(BUILD)/tessera.conf
	@echo "$@: write it to a USB stick, for example with: dd if=$@ of=/dev/sdX bs=1M"

## checked: build the flavour in build/checked, with assertions and a check of each VM entry
.PHONY: checked
checked:
	$(Q)$(MAKE) --no-print-directory CHECKED=1 BUILD=$(BUILD)/checked all

## sign KEY=my.key CERT=my.crt: sign the loader for Secure Boot, as build/BOOTX64.signed.EFI
.PHONY: sign
sign: all
	$(Q)sbsign --key $(KEY) --cert $(CERT) --output $(BUILD)/BOOTX64.signed.EFI \
		$(BUILD)/BOOTX64.EFI

## compile_commands.json: tell editors how each C file is compiled
.PHONY: compile_commands.json
compile_commands.json:
	@$(file >$(BUILD)/$@)$(call database,$(SOURCES),$(HVFLAGS))
	@$(call database,$(BOOT_SOURCES),$(BOOT_CFLAGS))
	@$(call database,$(wildcard guest/lib/*.c guest/tools/*.c),$(TESSERACTL_FLAGS))
	@$(call database,$(wildcard tests/host/*/*.c),$(HOST_FLAGS))
	@$(call database,$(AGENT_SOURCES),$(AGENT_CFLAGS))
	$(Q){ echo '['; sed '$$s/,$$//' $(BUILD)/$@; echo ']'; } >$@

# $(call database,FILES,FLAGS): writes one entry per C file, without the flags that only gcc knows.
comma    := ,
database  = $(foreach f,$(filter %.c,$(1)),$(file >>$(BUILD)/$@,{ "directory": \
	"$(CURDIR)"$(comma) "file": "$(f)"$(comma) "command": "$(CC) $(subst ",\",$(filter-out \
	-MMD -MP -falign-% -malign-% -mpreferred-% -flto%,$(2))) -c $(f)" }$(comma)))

## deps: install missing Debian packages; fetch the emulator and a kernel for the guest
.PHONY: deps
deps:
	$(Q)tests/emul/machine/deps

## clean: remove what was built, but not what `deps` fetched
.PHONY: clean
clean:
	$(Q)rm -rf $(addprefix $(BUILD)/,hv vmx ept spp boot guest host agent model linux-tests \
		bench checked clang deb test run machines tessera.* BOOTX64.* agent.*)

##@ Checks

C_FILES := $(shell find boot $(ROOMS) -name '*.[ch]') \
	$(wildcard $(addsuffix /*.[ch],guest/include/tessera guest/linux \
	tests/host $(addprefix tests/host/,unit boot shell fuzz tools) tests/emul/system/agent \
	tests/bench/agent tests/emul/linux/client tests/emul/linux/module guest/doc \
	guest/examples guest/lib guest/tools))

## check-here: all of `check`, without `deps` first
.PHONY: check-here
check-here: check-format check-house check-cppcheck check-clang check-tidy check-pages \
		check-driver test-programs
	@echo "check: clean"

## test-programs: build every program that the suites run on the emulator
.PHONY: test-programs
test-programs: all guest linux-tests bench-programs $(BUILD)/agent.efi $(BUILD)/hostile/agent.efi \
	$(BUILD)/model/agent.efi

## check-format: clang-format changes nothing
.PHONY: check-format
check-format:
	$(Q)clang-format --dry-run --Werror $(C_FILES)

## check-house: columns, file lengths, includes between rooms, words: tests/house.py
.PHONY: check-house
check-house:
	$(Q)$(PYTHON) tests/house.py
	$(Q)$(PYTHON) tests/pages.py

## check-pages: the pages (*.md) name files and functions that exist: tests/pages.py
.PHONY: check-pages
check-pages:
	$(Q)$(PYTHON) tests/pages.py

## check-cppcheck: cppcheck finds nothing
.PHONY: check-cppcheck
check-cppcheck:
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=nullPointerArithmetic \
		--suppress=internalAstError -I. -Iguest/include -Iguest -DTESSERA_VERSION='""' \
		$(ROOMS) guest/lib guest/tools

## check-clang: the hypervisor and the tool compile with clang without a warning
.PHONY: check-clang
check-clang:
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/clang CC=clang \
		$(patsubst $(BUILD)/%,$(BUILD)/clang/%,$(filter %.c.o,$(OBJECTS)) $(TESSERACTL))

## check-tidy: clang-tidy finds nothing
.PHONY: check-tidy
check-tidy: CC := clang
check-tidy:
	$(Q)clang-tidy --quiet $(filter %.c,$(SOURCES)) -- \
		$(filter-out -MMD -MP -falign-%,$(HVFLAGS)) \
		2>/dev/null
	$(Q)clang-tidy --quiet $(wildcard guest/lib/*.c guest/tools/*.c) -- \
		$(filter-out -MMD -MP,$(TESSERACTL_FLAGS)) 2>/dev/null
