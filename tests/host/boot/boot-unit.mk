# SPDX-License-Identifier: MIT
# Host tests of the loader's pure parts. Each *_test.c is one binary over the sources that its line
# "// unit: ..." names. boot-unit builds and runs them; boot-fuzz feeds the parsers with what
# libFuzzer thinks of, for FUZZ_SECONDS.
BUILD ?= build
HOSTCC ?= gcc
FUZZCC ?= clang
FUZZ_SECONDS ?= 60

BOOT_UNIT_OUT := $(BUILD)/unit/boot
BOOT_UNIT_TESTS := $(patsubst tests/host/boot/%.c,%,$(wildcard tests/host/boot/*_test.c))
BOOT_UNIT_FLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -fno-omit-frame-pointer -I. \
	-Iguest/include -fsanitize=address,undefined -fno-sanitize-recover=all
BOOT_UNIT_HEADERS := $(shell find boot hv -name '*.h') \
	$(wildcard tests/host/boot/*.h guest/include/tessera/*.h)

boot_unit_sources = $(1) $(shell sed -n 's|^// unit: ||p' $(1))

.PHONY: boot-unit boot-unit-build boot-fuzz
boot-unit: boot-unit-build
	@set -e; for t in $(BOOT_UNIT_TESTS); do echo "== $$t"; $(BOOT_UNIT_OUT)/$$t; done

boot-unit-build: $(BOOT_UNIT_TESTS:%=$(BOOT_UNIT_OUT)/%)

define boot_unit_test
$(BOOT_UNIT_OUT)/$(1): $(call boot_unit_sources,tests/host/boot/$(1).c) $(BOOT_UNIT_HEADERS)
	@mkdir -p $$(@D)
	$(HOSTCC) $(BOOT_UNIT_FLAGS) $$(filter %.c,$$^) -o $$@ -lcmocka
endef
$(foreach t,$(BOOT_UNIT_TESTS),$(eval $(call boot_unit_test,$(t))))

$(BOOT_UNIT_OUT)/parsers_fuzz: $(call boot_unit_sources,tests/host/boot/parsers_fuzz.c) \
		$(BOOT_UNIT_HEADERS)
	@mkdir -p $(@D)
	$(FUZZCC) $(BOOT_UNIT_FLAGS) -fsanitize=fuzzer $(filter %.c,$^) -o $@

boot-fuzz: $(BOOT_UNIT_OUT)/parsers_fuzz
	@mkdir -p $(BOOT_UNIT_OUT)/corpus
	$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
		-artifact_prefix=$(BOOT_UNIT_OUT)/ $(BOOT_UNIT_OUT)/corpus
