# SPDX-License-Identifier: MIT
# Fuzzers over the pure rooms (clang's libFuzzer, with ASan and UBSan). fuzz-short is for every
# change, fuzz for a night. What they found interesting stays in $(BUILD)/fuzz/corpus-*; a crash is
# written to $(BUILD)/fuzz/crash-* and is run again with $(BUILD)/fuzz/fuzz_NAME FILE.
BUILD      ?= build
FUZZCC     ?= clang
FUZZ_SHORT ?= 8
FUZZ_TIME  ?= 1800

FUZZ_OUT   := $(BUILD)/fuzz
FUZZ_NAMES := $(patsubst tests/host/fuzz/fuzz_%.c,%,$(wildcard tests/host/fuzz/fuzz_*.c))
FUZZ_FLAGS := -std=gnu11 -g -O2 -Wall -Wextra -Werror -fsanitize=fuzzer,address,undefined \
	      -fno-sanitize-recover=all -I. -Iguest/include
FUZZ_ROOMS := $(wildcard ept/*.c spp/*.c) hv/lib/pool.c \
	      $(addprefix tests/host/unit/,model.c model_check.c reference.c machines.c)
FUZZ_HEADS := $(shell find ept spp hv -name '*.h') \
	$(wildcard tests/host/unit/*.h guest/include/tessera/*.h)

fuzz_line = $(shell sed -n 's|^// $(1): ||p' tests/host/fuzz/fuzz_$(2).c)

define fuzz_one
$(FUZZ_OUT)/fuzz_$(1): tests/host/fuzz/fuzz_$(1).c $(FUZZ_ROOMS) $(FUZZ_HEADS) \
		$(call fuzz_line,Links,$(1))
	@mkdir -p $$(@D)
	$(FUZZCC) $(FUZZ_FLAGS) $$< $(FUZZ_ROOMS) $(call fuzz_line,Links,$(1)) -o $$@
endef
$(foreach f,$(FUZZ_NAMES),$(eval $(call fuzz_one,$(f))))

# $(1): seconds a fuzzer
define fuzz_run
	@for f in $(FUZZ_NAMES); do \
		echo "== fuzz_$$f, $(1) s"; mkdir -p $(FUZZ_OUT)/corpus-$$f; \
		$(FUZZ_OUT)/fuzz_$$f -max_total_time=$(1) -max_len=1025 -len_control=0 -timeout=30 \
			-verbosity=0 -print_final_stats=1 -artifact_prefix=$(FUZZ_OUT)/crash-$$f- \
			$(FUZZ_OUT)/corpus-$$f || exit 1; \
	done; echo "$(words $(FUZZ_NAMES)) passed, 0 failed"
endef

.PHONY: fuzz fuzz-short fuzz-build
fuzz-build: $(FUZZ_NAMES:%=$(FUZZ_OUT)/fuzz_%)

fuzz-short: fuzz-build
	$(call fuzz_run,$(FUZZ_SHORT))

fuzz: fuzz-build
	$(call fuzz_run,$(FUZZ_TIME))
