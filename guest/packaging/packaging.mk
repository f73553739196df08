# SPDX-License-Identifier: MIT
# `make deb`: the Debian packages tessera-tools and tessera-dkms in build/deb, by dpkg-deb alone.

DEB_PARTS := $(wildcard guest/packaging/*) $(TESSERACTL) $(LIBTESSERA) $(BUILD)/BOOTX64.EFI \
	$(BUILD)/tessera.conf $(BUILD)/guest/tesseractl.8 $(BUILD)/guest/tesseractl.bash \
	guest/lib/tessera.h $(wildcard guest/include/tessera/*.h) \
	$(wildcard guest/linux/*.[ch] guest/linux/Kbuild guest/linux/Makefile) LICENSE VERSION

##@ Build
## deb: the Debian packages tessera-tools and tessera-dkms, in build/deb
.PHONY: deb
deb: deps
	$(Q)$(MAKE) --no-print-directory deb-here

## deb-here: `deb`, without `deps` first
.PHONY: deb-here
deb-here: $(BUILD)/deb/stamp
$(BUILD)/deb/stamp: $(DEB_PARTS)
	@echo "  DEB   $(@D)"
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) guest/packaging/build-deb
	$(Q)touch $@
