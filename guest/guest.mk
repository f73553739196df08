# SPDX-License-Identifier: MIT
# Builds what runs in the guest: `make guest` makes the Linux modules for the kernel that `make
# deps` unpacked, or for the one whose build folder KDIR names.

BUILD ?= build
HOSTCC ?= gcc

GUEST_KERNEL = $(shell cat $(BUILD)/linux/release)
KDIR ?= /lib/modules/$(GUEST_KERNEL)/build

GUEST_MODULES := $(BUILD)/guest/linux/tessera.ko $(BUILD)/guest/linux/tessera_demo.ko
GUEST_SOURCES := $(wildcard guest/linux/*.[ch] guest/linux/Kbuild guest/include/tessera/*.h)

# The tool with its library, in one static binary: it runs in any root, the guest's initramfs too.
TESSERACTL := $(BUILD)/guest/tesseractl
TESSERACTL_SOURCES := $(wildcard guest/lib/*.c guest/tools/*.c)
TESSERACTL_HEADERS := $(wildcard guest/lib/*.h guest/tools/*.h guest/include/tessera/*.h)

.PHONY: guest
guest: $(GUEST_MODULES) $(TESSERACTL)

$(TESSERACTL): $(TESSERACTL_SOURCES) $(TESSERACTL_HEADERS)
	@mkdir -p $(@D)
	@echo "  CC    $@"
	@$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -Wshadow -Iguest/include -Iguest -static -s \
		$(TESSERACTL_SOURCES) -o $@

# The kernel's build system leaves its files beside the sources: it gets a copy of them.
$(BUILD)/guest/linux/stamp: $(GUEST_SOURCES) guest/guest.mk
	@rm -rf $(BUILD)/guest/linux $(BUILD)/guest/include
	@mkdir -p $(@D)
	@cp --parents $(GUEST_SOURCES) $(BUILD)
	@echo "  KBUILD $(@D)"
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(abspath $(@D)) KCFLAGS=-Werror modules \
		>$(@D)/build.log 2>&1 || { cat $(@D)/build.log; exit 1; }
	@touch $@

$(GUEST_MODULES): $(BUILD)/guest/linux/stamp ;

# The tables of docs/hypercalls.md come from the ABI header; tests/demo checks that they do.
$(BUILD)/guest/hypercalls_doc: guest/doc/hypercalls_doc.c guest/include/tessera/hypercall.h
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -Wall -Wextra -Werror -Iguest/include $< -o $@

.PHONY: docs-hypercalls
docs-hypercalls: $(BUILD)/guest/hypercalls_doc
	@$< docs/hypercalls.md >$(BUILD)/guest/hypercalls.md
	@cp $(BUILD)/guest/hypercalls.md docs/hypercalls.md
