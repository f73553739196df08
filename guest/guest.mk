# SPDX-License-Identifier: MIT
# Builds the programs that run in the guest. `make guest` builds the Linux modules for the kernel
# that `make deps` unpacked, or for the kernel whose build folder KDIR names.

GUEST_KERNEL = $(shell cat $(BUILD)/linux/release)
KDIR ?= /lib/modules/$(GUEST_KERNEL)/build

GUEST_MODULES := $(BUILD)/guest/linux/tessera.ko $(BUILD)/guest/linux/tessera_demo.ko
GUEST_SOURCES := $(wildcard guest/linux/*.[ch] guest/linux/Kbuild guest/include/tessera/*.h)

# The tool and its library are one static binary, which runs in any root, also in the guest's
# initramfs. `check` shares the loader's table of CPU requirements.
TESSERACTL := $(BUILD)/guest/tesseractl
LIBTESSERA := $(BUILD)/guest/libtessera.a
LIBTESSERA_OBJECTS := $(patsubst %.c,$(BUILD)/guest/obj/%.o,$(wildcard guest/lib/*.c))
TESSERACTL_OBJECTS := $(patsubst %.c,$(BUILD)/guest/obj/%.o,$(wildcard guest/tools/*.c) \
	boot/cpu/check.c hv/lib/format.c hv/lib/number.c)
TESSERACTL_FLAGS := -std=gnu11 -O2 $(WARNINGS) $(INCLUDES) -Iguest \
	-DTESSERA_VERSION='"$(VERSION)"' -MMD -MP

##@ Build
## guest [KDIR=DIR]: the Linux driver and tesseractl, for the guest's kernel or that of KDIR
.PHONY: guest
guest: $(GUEST_MODULES) $(TESSERACTL)
## tool: tesseractl, its library, manual page and completion
.PHONY: tool
tool: $(TESSERACTL) $(LIBTESSERA) $(BUILD)/guest/tesseractl.8 $(BUILD)/guest/tesseractl.bash

$(BUILD)/guest/obj/%.o: %.c guest/guest.mk VERSION
	$(Q)mkdir -p $(@D)
	@echo "  CC    $< (tool)"
	$(Q)$(CC) $(TESSERACTL_FLAGS) -c $< -o $@

$(LIBTESSERA): $(LIBTESSERA_OBJECTS)
	@echo "  AR    $@"
	$(Q)rm -f $@
	$(Q)$(CROSS_COMPILE)ar rcsD $@ $^

$(TESSERACTL): $(TESSERACTL_OBJECTS) $(LIBTESSERA)
	@echo "  LD    $@"
	$(Q)$(CC) -static -s $^ -o $@

# The manual page and the completion come from the same tables as the tool.
TESSERACTL_TABLES := guest/tools/commands.c guest/tools/commands.h guest/tools/policy_file.h

$(BUILD)/guest/tesseractl_%: guest/doc/tesseractl_%.c guest/lib/names.c $(TESSERACTL_TABLES)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(filter-out -MMD -MP,$(TESSERACTL_FLAGS)) $(filter %.c,$^) -o $@

CHANGELOG := guest/packaging/changelog.debian
$(BUILD)/guest/tesseractl.8: $(BUILD)/guest/tesseractl_man $(CHANGELOG)
	$(Q)$< "$$(date -u -d "$$(sed -n '/^ -- /{s/.*  //;p;q}' $(CHANGELOG))" +%F)" >$@

$(BUILD)/guest/tesseractl.bash: $(BUILD)/guest/tesseractl_completion
	$(Q)$< >$@

-include $(TESSERACTL_OBJECTS:.o=.d) $(LIBTESSERA_OBJECTS:.o=.d)

# The kernel's build system writes its files beside the sources, so build from a copy of them.
$(BUILD)/guest/linux/stamp: $(GUEST_SOURCES) guest/guest.mk
	$(Q)rm -rf $(BUILD)/guest/linux $(BUILD)/guest/include
	$(Q)mkdir -p $(@D)
	$(Q)cp --parents $(GUEST_SOURCES) $(BUILD)
	@echo "  KBUILD $(@D)"
	$(Q)$(MAKE) --no-print-directory -C $(KDIR) M=$(abspath $(@D)) KCFLAGS=-Werror modules \
		>$(@D)/build.log 2>&1 || { cat $(@D)/build.log; exit 1; }
	$(Q)touch $@

$(GUEST_MODULES): $(BUILD)/guest/linux/stamp ;

# The checks of kernel reviewers. Warnings of sparse and kernel-doc count as errors. A symbol of the
# driver that other kernel code can see must begin with tessera_.
DRIVER_CHECK := $(BUILD)/guest/check
EXTERN_NAME  := tessera_|__|init_module$$|cleanup_module$$

## check-driver: W=1, sparse and kernel-doc find nothing in the Linux driver
.PHONY: check-driver
check-driver:
	$(Q)rm -rf $(DRIVER_CHECK)
	$(Q)mkdir -p $(DRIVER_CHECK)
	$(Q)cp --parents $(GUEST_SOURCES) $(DRIVER_CHECK)
	$(Q)$(MAKE) --no-print-directory -C $(KDIR) M=$(abspath $(DRIVER_CHECK)/guest/linux) \
		W=1 C=2 CF=-Wsparse-error KCFLAGS=-Werror modules >$(DRIVER_CHECK)/log 2>&1 || \
		{ cat $(DRIVER_CHECK)/log; exit 1; }
	$(Q)$(KDIR)/scripts/kernel-doc -none -Werror guest/linux/*.[ch] \
		guest/include/tessera/device.h
	$(Q)! nm -g --defined-only $(DRIVER_CHECK)/guest/linux/tessera.o \
		$(DRIVER_CHECK)/guest/linux/tessera_demo.o | \
		grep -vE '^$$|:$$| [A-Za-z] ($(EXTERN_NAME))' || \
		{ echo "check-driver: extern symbols that do not begin with tessera_" >&2; exit 1; }

# The tables of docs/hypercalls.md come from the ABI header and its examples from guest/examples;
# tests/emul/demo checks that the page agrees with both.
$(BUILD)/guest/hypercalls_doc: guest/doc/hypercalls_doc.c guest/include/tessera/hypercall.h
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=c11 -Wall -Wextra -Werror -Iguest/include $< -o $@

##@ Documentation
## docs-hypercalls: write docs/hypercalls.md again, from the ABI header and guest/examples
.PHONY: docs-hypercalls
docs-hypercalls: $(BUILD)/guest/hypercalls_doc
	$(Q)$< docs/hypercalls.md guest/examples >$(BUILD)/guest/hypercalls.md
	$(Q)cp $(BUILD)/guest/hypercalls.md docs/hypercalls.md
