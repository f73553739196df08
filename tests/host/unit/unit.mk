# SPDX-License-Identifier: MIT
# Host tests of the pure rooms. Every test_*.c is one binary over ept/, spp/ and the page pool; a
# test that needs more sources names them in a line "// Links: ...", and extra compiler flags
# in a line "// Flags: -include tests/host/unit/trace.h".
BUILD   ?= build
HOSTCC  ?= gcc

UNIT_OUT   := $(BUILD)/unit
UNIT_FLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -fno-omit-frame-pointer \
	      -fsanitize=address,undefined -fno-sanitize-recover=all -I. -Iguest/include
UNIT_ROOMS := $(wildcard ept/*.c spp/*.c) hv/lib/pool.c $(filter-out tests/host/unit/test_%.c,\
	      $(wildcard tests/host/unit/*.c))
UNIT_HEADS := $(shell find ept spp hv boot -name '*.h') \
	      $(wildcard tests/host/unit/*.h \
	      guest/include/tessera/*.h)
UNIT_TESTS := $(patsubst tests/host/unit/test_%.c,%,$(wildcard tests/host/unit/test_*.c))
UNIT_OBJS  := $(UNIT_ROOMS:%.c=$(UNIT_OUT)/obj/%.o)

unit_line = $(shell sed -n 's|^// $(1): ||p' tests/host/unit/test_$(2).c)

.PHONY: unit unit-build
unit: unit-build
	@failed=; for t in $(UNIT_TESTS); do \
		echo "== $$t"; $(UNIT_OUT)/test_$$t || failed="$$failed $$t"; \
	done; if [ -n "$$failed" ]; then echo "unit: FAILED:$$failed"; exit 1; fi; \
	echo "unit: $(words $(UNIT_TESTS)) binaries passed"

unit-build: $(UNIT_TESTS:%=$(UNIT_OUT)/test_%)

$(UNIT_OUT)/obj/%.o: %.c $(UNIT_HEADS)
	@mkdir -p $(@D)
	$(HOSTCC) $(UNIT_FLAGS) -c $< -o $@

# A test with flags of its own compiles the rooms with them too.
define unit_test
$(UNIT_OUT)/test_$(1): tests/host/unit/test_$(1).c $(UNIT_OBJS) $(UNIT_HEADS) \
		$(call unit_line,Links,$(1))
	@mkdir -p $$(@D)
	$(HOSTCC) $(UNIT_FLAGS) $(call unit_line,Flags,$(1)) $$< $(call unit_line,Links,$(1)) \
		$(if $(call unit_line,Flags,$(1)),$(UNIT_ROOMS),$(UNIT_OBJS)) -o $$@ -lcmocka
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_test,$(t))))

# Instructions, counted. Not part of `unit`: it needs valgrind, and takes half a minute.
COUNT_DIR   := tests/host/unit/count
COUNT_FLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -I. -Iguest/include
COUNT_LIKE_HV := -ffreestanding -mgeneral-regs-only -mno-red-zone -fno-stack-protector
COUNT_ROOMS := $(wildcard ept/*.c spp/*.c) hv/lib/pool.c hv/lib/string.c

.PHONY: unit-count
unit-count: $(UNIT_OUT)/count
	@sed -n 's|^// Limit: ||p' $(COUNT_DIR)/count.c | { failed=; while read -r name limit; do \
		n=$$(valgrind --tool=callgrind --toggle-collect=$$name \
			--callgrind-out-file=/dev/null $< 2>&1 | sed -n 's|.*Collected : ||p'); \
		printf '%-40s %9s of %9s instructions\n' $$name "$$n" $$limit; \
		[ -n "$$n" ] && [ $$n -gt 0 ] && [ $$n -le $$limit ] || failed="$$failed $$name"; \
	done; [ -z "$$failed" ] || { echo "unit-count: ABOVE THE LIMIT:$$failed"; exit 1; }; }

$(UNIT_OUT)/count: $(COUNT_DIR)/count.c tests/host/unit/machines.c $(COUNT_ROOMS) $(UNIT_HEADS)
	@mkdir -p $(UNIT_OUT)/hv-like
	@for f in $(COUNT_ROOMS); do $(HOSTCC) $(COUNT_FLAGS) $(COUNT_LIKE_HV) -c $$f \
		-o $(UNIT_OUT)/hv-like/$$(echo $$f | tr / _).o || exit 1; done
	$(HOSTCC) $(COUNT_FLAGS) $(filter %/count.c %/machines.c,$^) $(UNIT_OUT)/hv-like/*.o -o $@
