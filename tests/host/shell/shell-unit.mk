# SPDX-License-Identifier: MIT
# Host tests of the console: each *_test.c here says in its `// unit:` lines which sources it needs,
# and in `// include:` which folder goes before the include root. Run from the top of the tree.

BUILD ?= build
HOSTCC ?= gcc

shell-unit-dir := tests/host/shell
shell-unit-out := $(BUILD)/unit/shell
shell-unit-tests := $(patsubst $(shell-unit-dir)/%.c,%,$(wildcard $(shell-unit-dir)/*_test.c))
shell-unit-headers := $(shell find hv ept spp vmx -name '*.h') \
	$(wildcard $(shell-unit-dir)/*.h $(shell-unit-dir)/fake/hv/*/*.h guest/include/tessera/*.h)
shell-unit-cflags := -std=gnu11 -g -O1 -Wall -Wextra -Werror -pthread \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# $(call shell-unit-line,WORD,PROGRAM): what follows `// WORD:` in its source
shell-unit-line = $(shell sed -n 's|^// $(1): ||p' $(shell-unit-dir)/$(2).c)

.PHONY: unit-shell docs-console-table
unit-shell: $(shell-unit-tests:%=$(shell-unit-out)/%.ok)

define shell-unit-program
$(shell-unit-out)/$(1): $(shell-unit-dir)/$(1).c $(call shell-unit-line,unit,$(1)) \
		$(shell-unit-headers) | $(shell-unit-out)
	$(HOSTCC) $(shell-unit-cflags) $(addprefix -I,$(call shell-unit-line,include,$(1))) \
		-I. -Iguest/include -I$(shell-unit-dir) $$(filter %.c,$$^) -o $$@ -lcmocka
endef
$(foreach t,$(shell-unit-tests) console_doc,$(eval $(call shell-unit-program,$(t))))

$(shell-unit-out):
	mkdir -p $@

$(shell-unit-out)/%.ok: $(shell-unit-out)/%
	$<
	touch $@

# The commands' test compares the manual with what the generator makes of it.
$(shell-unit-out)/commands_test.ok: docs/console.md $(shell-unit-out)/console_doc

# Writes the command table into docs/console.md again: a part of `make docs-console`.
docs-console-table: $(shell-unit-out)/console_doc
	$< docs/console.md > $(shell-unit-out)/console.md
	cp $(shell-unit-out)/console.md docs/console.md
