# SPDX-License-Identifier: MIT
# `make install` installs the files that a distributor packages. `make deb` builds the Debian
# packages tessera-tools and tessera-dkms in build/deb from the same lists of files, with dpkg-deb
# alone.

# The usual folders. `tesseractl install` and `apply` look in /usr/lib/tessera and /etc/tessera
# unless other files are given, so the default prefix is /usr.
prefix       := /usr
exec_prefix  := $(prefix)
sbindir      := $(exec_prefix)/sbin
libdir       := $(exec_prefix)/lib
includedir   := $(prefix)/include
datadir      := $(prefix)/share
mandir       := $(datadir)/man
docdir       := $(datadir)/doc/tessera
sysconfdir   := /etc
pkgconfigdir := $(libdir)/pkgconfig
unitdir      := $(prefix)/lib/systemd/system
completions  := $(datadir)/bash-completion/completions
pkglibdir    := $(prefix)/lib/tessera
sourcedir    := $(prefix)/src/tessera-$(VERSION)

PACKAGED_LOADER := $(BUILD)/BOOTX64.EFI $(BUILD)/tessera.conf
PACKAGED_TOOL   := $(TESSERACTL) $(LIBTESSERA) $(BUILD)/guest/tesseractl.8 \
	$(BUILD)/guest/tesseractl.bash
PACKAGED_ABI    := $(wildcard guest/include/tessera/*.h)
# The driver's source without the demonstration module.
PACKAGED_DRIVER := $(filter-out guest/linux/tessera_demo%,$(wildcard guest/linux/*.[ch])) \
	guest/linux/Kbuild
PACKAGED_DOCS   := README.md CHANGELOG.md SECURITY.md LICENSE
PACKAGED_UNITS  := $(wildcard guest/packaging/*.service)

# $(call put,FILES,FOLDER) and $(call put-as,FILE,PATH[,MODE]) install below DESTDIR.
# $(call put-filled,FILE,PATH) also fills in the folders and the version.
put        = $(Q)install -d $(DESTDIR)$(2) && install -m 644 $(1) $(DESTDIR)$(2)
put-as     = $(Q)install -D -m $(or $(3),644) $(1) $(DESTDIR)$(2)
put-filled = $(Q)install -d $(dir $(DESTDIR)$(2)) && sed -e 's|@VERSION@|$(VERSION)|' \
	-e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' -e 's|@sbindir@|$(sbindir)|' \
	-e 's|@includedir@|$(includedir)|' $(1) >$(DESTDIR)$(2) && chmod 644 $(DESTDIR)$(2)

##@ Build
## install [DESTDIR=DIR] [prefix=/usr]: install loader, tool, library, driver source and docs
.PHONY: install
install: install-tools install-driver install-docs

## install-tools: of `install`, the loader, the tool with its library, units and settings
.PHONY: install-tools
install-tools: $(PACKAGED_LOADER) $(PACKAGED_TOOL)
	$(call put,$(PACKAGED_LOADER),$(pkglibdir))
	$(call put-as,$(TESSERACTL),$(sbindir)/tesseractl,755)
	$(call put-as,$(LIBTESSERA),$(libdir)/libtessera.a)
	$(call put-filled,guest/packaging/tessera.pc,$(pkgconfigdir)/tessera.pc)
	$(call put-as,guest/lib/tessera.h,$(includedir)/tessera.h)
	$(call put,$(PACKAGED_ABI),$(includedir)/tessera)
	$(Q)install -d $(DESTDIR)$(mandir)/man8
	$(Q)gzip -9n <$(BUILD)/guest/tesseractl.8 >$(DESTDIR)$(mandir)/man8/tesseractl.8.gz
	$(call put-as,$(BUILD)/guest/tesseractl.bash,$(completions)/tesseractl)
	$(foreach u,$(PACKAGED_UNITS),$(call put-filled,$u,$(unitdir)/$(notdir $u))$(newline))
	@# Keep a policy file that exists already.
	$(Q)[ -e $(DESTDIR)$(sysconfdir)/tessera/policy.conf ] || install -D -m 644 \
		guest/packaging/policy.conf $(DESTDIR)$(sysconfdir)/tessera/policy.conf

## install-driver: of `install`, the source of the Linux driver, for DKMS
.PHONY: install-driver
install-driver:
	$(call put,$(PACKAGED_DRIVER),$(sourcedir)/linux)
	$(call put,$(PACKAGED_ABI),$(sourcedir)/include/tessera)
	$(call put-filled,guest/packaging/dkms.conf,$(sourcedir)/dkms.conf)

## install-docs: of `install`, the pages and the examples
.PHONY: install-docs
install-docs:
	$(call put,$(PACKAGED_DOCS),$(docdir))
	$(call put,$(wildcard docs/*),$(docdir)/docs)
	$(call put,$(wildcard guest/examples/*.c),$(docdir)/examples)

# Ends a line of a recipe within $(foreach).
define newline


endef

## deb: the Debian packages tessera-tools and tessera-dkms, in build/deb
.PHONY: deb
deb: deps
	$(Q)$(MAKE) --no-print-directory deb-here

## deb-here: `deb`, without `deps` first
.PHONY: deb-here
deb-here: $(BUILD)/deb/stamp
$(BUILD)/deb/stamp: $(wildcard guest/packaging/*) $(PACKAGED_LOADER) $(PACKAGED_TOOL) \
		$(PACKAGED_ABI) $(PACKAGED_DRIVER) guest/lib/tessera.h VERSION
	@echo "  DEB   $(@D)"
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) MAKE="$(MAKE)" guest/packaging/build-deb
	$(Q)touch $@
