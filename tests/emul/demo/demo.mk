# SPDX-License-Identifier: MIT
# `make run` (after its `deps`) and `make console`. EMULATOR=qemu selects the other emulator, CPUS=
# the number of CPUs, MODEL= another CPU model of Bochs.

EMULATOR ?= bochs
CPUS ?= 2
MODEL ?= tigerlake

demo-python = PYTHONPATH=tests/emul PYTHONDONTWRITEBYTECODE=1 $(PYTHON)

##@ Start here
## run-here [MODEL=tigerlake]: `run`, without `deps` first
.PHONY: run-here
run-here: $(BUILD)/BOOTX64.EFI $(GUEST_MODULES) $(TESSERACTL)
	$(Q)$(demo-python) -m demo.run --emulator $(EMULATOR) --cpus $(CPUS) --model $(MODEL)

## console: the operator's console of the machine that `make run` started
.PHONY: console
console:
	$(Q)$(demo-python) -m demo.console $(BUILD)/run/console

##@ Documentation
## docs-pictures: write README.md's transcript and docs/heat.svg again, recorded on the emulator
.PHONY: docs-pictures
docs-pictures: $(BUILD)/BOOTX64.EFI $(GUEST_MODULES) $(TESSERACTL)
	$(Q)$(demo-python) -m demo.picture
