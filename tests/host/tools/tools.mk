# SPDX-License-Identifier: MIT
# Host tests of tesseractl on a device that is none, of what is made of its tables, and of the
# packages. No emulator. Every test_*.c is one binary.
TOOLS_OUT   := $(BUILD)/unit/tools
TOOLS_TESTS := $(patsubst tests/host/tools/%.c,%,$(wildcard tests/host/tools/test_*.c))
TOOLS_FLAGS := -std=gnu11 -g -O1 $(WARNINGS) -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all $(INCLUDES) -Iguest -DTESSERA_VERSION='"$(VERSION)"' -MMD -MP
TOOLS_SOURCES := $(wildcard guest/lib/*.c) $(filter-out %/main.c,$(wildcard guest/tools/*.c)) \
	boot/cpu/check.c hv/lib/format.c tests/host/tools/fake.c
TOOLS_OBJECTS := $(TOOLS_SOURCES:%.c=$(TOOLS_OUT)/obj/%.o)
TOOLS_FUZZ_SECONDS ?= 3

.PHONY: tools-test tools-unit tools-fuzz
tools-test: tools-unit tools-fuzz tool deb-here
	@$(PYTHON) -m pytest -q -p no:cacheprovider tests/host/tools

tools-unit: $(TOOLS_TESTS:%=$(TOOLS_OUT)/%)
	@set -e; for t in $(TOOLS_TESTS); do echo "== $$t"; $(TOOLS_OUT)/$$t; done

$(TOOLS_OUT)/obj/%.o: %.c tests/host/tools/tools.mk
	@mkdir -p $(@D)
	@$(HOSTCC) $(TOOLS_FLAGS) -c $< -o $@

$(TOOLS_TESTS:%=$(TOOLS_OUT)/%): $(TOOLS_OUT)/%: \
		$(TOOLS_OUT)/obj/tests/host/tools/%.o $(TOOLS_OBJECTS)
	@echo "  LD    $@"
	@$(HOSTCC) -fsanitize=address,undefined $^ -lcmocka -o $@

$(TOOLS_OUT)/fuzz_policy: tests/host/tools/fuzz_policy.c guest/tools/policy.c \
		guest/tools/target.c guest/tools/kernel_symbols.c \
		guest/tools/options.c guest/tools/commands.c guest/tools/rule.c guest/tools/say.c \
		$(wildcard guest/lib/*.c)
	@mkdir -p $(@D)
	@clang $(filter-out -MMD -MP,$(TOOLS_FLAGS)) -fsanitize=fuzzer $^ -o $@

tools-fuzz: $(TOOLS_OUT)/fuzz_policy
	@mkdir -p $(TOOLS_OUT)/corpus
	@echo "== fuzz_policy, $(TOOLS_FUZZ_SECONDS) s"
	@$< -max_total_time=$(TOOLS_FUZZ_SECONDS) -max_len=512 -verbosity=0 -print_final_stats=1 \
		-dict=tests/host/tools/policy.dict -artifact_prefix=$(TOOLS_OUT)/ \
		$(TOOLS_OUT)/corpus
	@echo "1 passed, 0 failed"

-include $(TOOLS_OBJECTS:.o=.d) $(TOOLS_TESTS:%=$(TOOLS_OUT)/obj/tests/host/tools/%.d)
