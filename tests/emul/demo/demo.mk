# SPDX-License-Identifier: MIT
# `make run`, behind its `deps`, and `make console`. EMULATOR=qemu takes the other emulator, CPUS=
# another number of processors, MODEL= another processor of Bochs.

BUILD ?= build
EMULATOR ?= bochs
CPUS ?= 2
MODEL ?= tigerlake
PYTHON ?= /usr/bin/python3

demo-python = PYTHONPATH=tests/emul PYTHONDONTWRITEBYTECODE=1 $(PYTHON)

.PHONY: run-here console
run-here: $(BUILD)/BOOTX64.EFI $(GUEST_MODULES) $(TESSERACTL)
	@$(demo-python) -m demo.run --emulator $(EMULATOR) --cpus $(CPUS) --model $(MODEL)

console:
	@$(demo-python) -m demo.console $(BUILD)/run/console
