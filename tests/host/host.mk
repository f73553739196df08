# SPDX-License-Identifier: MIT
# Host tests: they need no emulator. Each tests/host/ROOM/test_*.c is one program, built with ASan
# and UBSan from the sources of its room (below) and the sources that the file itself names:
#
#   // Sources: hv/lib/format.c ept/*.c      more sources
#   // Flags: -iquote tests/host/shell/fake  compiler flags, for all of its sources
#
# `make unit-shell T=line` runs only tests/host/shell/test_line.c. Each tests/host/fuzz/fuzz_*.c is
# a fuzzer (clang's libFuzzer) over its `Sources:`; `// Options:` names its libFuzzer options,
# and `// Libraries:` what it is linked with.

FUZZCC       ?= clang
FUZZ_SHORT   ?= 6
FUZZ_SECONDS ?= 1800

HOST         := $(BUILD)/host
HOST_FLAGS   := -std=gnu11 -g $(WARNINGS) -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -pthread $(INCLUDES) -Iguest -DTESSERA_VERSION='"$(VERSION)"' \
	-MMD -MP
HOST_ROOMS   := unit shell boot tools

# The sources of every test of a room.
HOST_PURE    := $(wildcard ept/*.c spp/*.c) hv/lib/pool.c
HOST_unit    := $(HOST_PURE) $(filter-out tests/host/unit/test_%,$(wildcard tests/host/unit/*.c))
HOST_tools   := $(wildcard guest/lib/*.c) $(filter-out %/main.c,$(wildcard guest/tools/*.c)) \
	boot/cpu/check.c hv/lib/format.c hv/lib/number.c tests/host/tools/fake.c

HOST_TESTS   := $(patsubst tests/host/%.c,%,$(foreach r,$(HOST_ROOMS),\
	$(sort $(wildcard tests/host/$(r)/test_*.c))))
HOST_FUZZERS := $(patsubst tests/host/fuzz/%.c,%,$(sort $(wildcard tests/host/fuzz/fuzz_*.c)))

# $(call host-line,WORD,FILE): the text behind `// WORD:` in the file.
host-line     = $(shell sed -n 's|^// $(1): ||p' $(2))
# $(call host-sources,ROOM,FILE): all sources of a program.
host-sources  = $(sort $(2) $(HOST_$(1)) $(wildcard $(call host-line,Sources,$(2))))

# Rules for one program, $(1) = ROOM/NAME. All programs without flags of their own share objects.
define host-program
$(HOST)/$(1)-flags := $(call host-line,Flags,tests/host/$(1).c)
$(HOST)/$(1)-objects := $$(patsubst %.c,$$(HOST)/$$(if $$($(HOST)/$(1)-flags),$(1)-obj,obj)/%.o,\
	$(call host-sources,$(patsubst %/,%,$(dir $(1))),tests/host/$(1).c))
$(HOST)/$(1)-obj/%.o: %.c tests/host/host.mk
	$(Q)mkdir -p $$(@D)
	$(Q)$$(HOSTCC) $$(HOST_FLAGS) -O1 $$($(HOST)/$(1)-flags) -c $$< -o $$@
$(HOST)/$(1): $$($(HOST)/$(1)-objects)
	$(Q)mkdir -p $$(@D)
	@echo "  LD    $$@"
	$(Q)$$(HOSTCC) -fsanitize=address,undefined -pthread $$($(HOST)/$(1)-flags) $$^ \
		-lcmocka -o $$@
HOST_OBJECTS += $$($(HOST)/$(1)-objects)
endef
$(foreach t,$(HOST_TESTS) shell/console_doc,$(eval $(call host-program,$(t))))

$(HOST)/obj/%.o: %.c tests/host/host.mk
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(HOST_FLAGS) -O1 -c $< -o $@

# $(call host-run,ROOM): runs all tests of a room, also after a failure, and prints the failed ones.
host-picked = $(addprefix $(HOST)/,$(filter $(1)/test_$(or $(T),%),$(HOST_TESTS)))
define host-run
	$(Q)failed=; for t in $(call host-picked,$(1)); do \
		echo "== $$t"; $$t || failed="$$failed $$t"; \
	done; [ -z "$$failed" ] || { echo "$@: FAILED:$$failed"; exit 1; }
endef

##@ Host tests
## unit [T=decode]: the pure rooms ept/ and spp/ against a model and a page walker
.PHONY: unit
unit: $(call host-picked,unit)
	$(call host-run,unit)

# One of them compares docs/console.md with the output of console_doc.
## unit-shell [T=line]: the operator's console
.PHONY: unit-shell
unit-shell: $(call host-picked,shell) $(HOST)/shell/console_doc
	$(call host-run,shell)

## unit-boot [T=config]: the parsers and the pure parts of the loader
.PHONY: unit-boot
unit-boot: $(call host-picked,boot)
	$(call host-run,boot)

## unit-tools [T=guard]: tesseractl on a fake device; its manual page, completion, packages
.PHONY: unit-tools
unit-tools: $(call host-picked,tools) $(if $(T),,tool deb-here)
	$(call host-run,tools)
	$(if $(T),,@$(PYTHON) -m pytest -q -p no:cacheprovider tests/host/tools)

##@ Documentation
## docs-console-table: write only the table of commands in docs/console.md again
.PHONY: docs-console-table
docs-console-table: $(HOST)/shell/console_doc
	$(Q)$< docs/console.md >$(HOST)/console.md
	$(Q)cp $(HOST)/console.md docs/console.md

# Fuzzers. Inputs that reach new code stay in build/host/corpus/NAME. A crash is written to
# build/host/crash-*; build/host/fuzz/NAME FILE repeats it.
define host-fuzzer
$(HOST)/$(1)-objects := $(patsubst %.c,$(HOST)/fuzz-obj/%.o,\
	$(call host-sources,fuzz,tests/host/fuzz/$(1).c))
$(HOST)/fuzz/$(1): $$($(HOST)/$(1)-objects)
	$(Q)mkdir -p $$(@D)
	@echo "  LD    $$@"
	$(Q)$$(FUZZCC) -fsanitize=fuzzer,address,undefined -pthread $$^ \
		$(call host-line,Libraries,tests/host/fuzz/$(1).c) -o $$@
HOST_OBJECTS += $$($(HOST)/$(1)-objects)
endef
$(foreach f,$(HOST_FUZZERS),$(eval $(call host-fuzzer,$(f))))

$(HOST)/fuzz-obj/%.o: %.c tests/host/host.mk
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZCC) $(HOST_FLAGS) -O2 -fsanitize=fuzzer-no-link -c $< -o $@

fuzz-picked = $(filter fuzz_$(or $(T),%),$(HOST_FUZZERS))
# $(1): seconds for each fuzzer
define fuzz-run
	$(Q)for f in $(fuzz-picked); do \
		echo "== $$f, $(1) s"; mkdir -p $(HOST)/corpus/$$f; \
		$(HOST)/fuzz/$$f -max_total_time=$(1) -verbosity=0 -print_final_stats=1 \
			-artifact_prefix=$(HOST)/crash-$$f- \
			$$(sed -n 's|^// Options: ||p' tests/host/fuzz/$$f.c) \
			$(HOST)/corpus/$$f || exit 1; \
	done; echo "$(words $(fuzz-picked)) passed, 0 failed"
endef

##@ Host tests
## fuzz-short [T=policy] [FUZZ_SHORT=6]: each fuzzer for that many seconds
.PHONY: fuzz-short
fuzz-short: $(addprefix $(HOST)/fuzz/,$(fuzz-picked))
	$(call fuzz-run,$(FUZZ_SHORT))

## fuzz [T=policy] [FUZZ_SECONDS=1800]: each fuzzer for that many seconds
.PHONY: fuzz
fuzz: $(addprefix $(HOST)/fuzz/,$(fuzz-picked))
	$(call fuzz-run,$(FUZZ_SECONDS))

# Counts instructions with valgrind's callgrind in code that is compiled like the hypervisor.
HOST_COUNT   := $(HOST_PURE) hv/lib/string.c
COUNT_FLAGS  := -std=gnu11 -O2 -g -Wall -Wextra -Werror $(INCLUDES)
COUNT_LIKE_HV := -ffreestanding -mgeneral-regs-only -mno-red-zone -fno-stack-protector

## unit-count: the instructions that each operation on the policy costs stay below a limit
.PHONY: unit-count
unit-count: $(HOST)/count
	$(Q)sed -n 's|^// Limit: ||p' tests/host/unit/count/count.c | { failed=; \
	while read -r name limit; do \
		n=$$(valgrind --tool=callgrind --toggle-collect=$$name \
			--callgrind-out-file=/dev/null $< 2>&1 | sed -n 's|.*Collected : ||p'); \
		printf '%-40s %9s of %9s instructions\n' $$name "$$n" $$limit; \
		[ -n "$$n" ] && [ $$n -gt 0 ] && [ $$n -le $$limit ] || failed="$$failed $$name"; \
	done; [ -z "$$failed" ] || { echo "unit-count: ABOVE THE LIMIT:$$failed"; exit 1; }; }

$(HOST)/count-obj/%.o: %.c tests/host/host.mk
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(COUNT_FLAGS) $(COUNT_LIKE_HV) -MMD -MP -c $< -o $@

$(HOST)/count: tests/host/unit/count/count.c tests/host/unit/machines.c \
		$(HOST_COUNT:%.c=$(HOST)/count-obj/%.o)
	$(Q)$(HOSTCC) $(COUNT_FLAGS) $^ -o $@

-include $(patsubst %.o,%.d,$(sort $(HOST_OBJECTS)) $(HOST_COUNT:%.c=$(HOST)/count-obj/%.o))
