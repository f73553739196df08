# SPDX-License-Identifier: MIT
# Writes the manual of the console: its table of commands comes from hv/console/commands.c, and its
# session from a run on the emulator.

##@ Documentation
## docs-console: write docs/console.md again, with a session recorded on the emulator
.PHONY: docs-console
docs-console: docs-console-table $(BUILD)/BOOTX64.EFI $(BUILD)/agent.efi
	$(Q)PYTHONPATH=tests/emul PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m console.session
