# SPDX-License-Identifier: MIT
# Builds the programs that tests/emul/linux runs in its guest: a client of the driver, and a module
# that attacks.

LINUX_TESTS := $(BUILD)/linux-tests
LINUX_CLIENT_SOURCES := $(wildcard tests/emul/linux/client/*.c)
LINUX_MODULE_SOURCES := $(wildcard tests/emul/linux/module/*)

##@ Tests on the emulator
## linux-tests: build the programs that tests/emul/linux runs in its guest
.PHONY: linux-tests
linux-tests: $(LINUX_TESTS)/client $(LINUX_TESTS)/module/tessera_attack.ko

$(LINUX_TESTS)/client: $(LINUX_CLIENT_SOURCES) $(wildcard tests/emul/linux/client/*.h) \
		$(wildcard guest/include/tessera/*.h)
	$(Q)mkdir -p $(@D)
	@echo "  CC    $@"
	$(Q)$(HOSTCC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARNINGS) -Iguest/include -static -s \
		$(LINUX_CLIENT_SOURCES) -o $@

# The kernel's build system writes its files beside the sources, so build from a copy of them.
$(LINUX_TESTS)/module/tessera_attack.ko: $(LINUX_MODULE_SOURCES) \
		$(wildcard guest/include/tessera/*.h)
	$(Q)rm -rf $(@D)
	$(Q)mkdir -p $(@D)
	$(Q)cp $(LINUX_MODULE_SOURCES) $(@D)
	@echo "  KBUILD $(@D)"
	$(Q)$(MAKE) --no-print-directory -C $(KDIR) M=$(abspath $(@D)) KCFLAGS=-Werror \
		TESSERA_INCLUDE=$(abspath guest/include) modules \
		>$(@D)/build.log 2>&1 || { cat $(@D)/build.log; exit 1; }
