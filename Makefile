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
SOURCES  := $(sort $(foreach room,$(ROOMS),$(wildcard $(room)/*.c $(room)/*.asm)))
OBJECTS  := $(addprefix $(BUILD)/,$(addsuffix .o,$(SOURCES)))
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef
INCLUDES := -I. -Iguest/include
HVFLAGS  := -std=gnu11 -O2 $(WARNINGS) $(INCLUDES) -DTESSERA_VERSION='"$(VERSION)"' \
	-ffreestanding -mgeneral-regs-only -mno-red-zone -mcmodel=kernel -fno-pic -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fcf-protection=none -fno-strict-aliasing -g -MMD -MP $(HVDEFS)

.PHONY: all
all: $(BUILD)/BOOTX64.EFI

$(BUILD)/%.c.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(HVFLAGS) -c $< -o $@

$(BUILD)/%.asm.o: %.asm hv/native.inc Makefile
	@mkdir -p $(@D)
	@echo "  NASM  $<"
	@$(NASM) -f elf64 -I. $< -o $@

$(BUILD)/tessera.elf: $(OBJECTS) linker.ld
	@echo "  LD    $@"
	@$(LD) -nostdlib -static -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments \
		-T linker.ld -o $@ $(OBJECTS)

$(BUILD)/tessera.bin: $(BUILD)/tessera.elf
	@$(OBJCOPY) -O binary $< $@

include boot/boot.mk
-include $(OBJECTS:.o=.d)

.PHONY: clean
clean:
	rm -rf $(BUILD)/hv $(BUILD)/vmx $(BUILD)/ept $(BUILD)/spp $(BUILD)/boot $(BUILD)/tessera.* \
		$(BUILD)/BOOTX64.EFI
