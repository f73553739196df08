# SPDX-License-Identifier: MIT
"""CPUs that are started by an INIT with one SIPI right behind it: what works on the machine without
Tessera works under Tessera, with every setting of `sipi`."""

import pytest

from .starts import MACHINES_UNDER_TEST, NAMES

# The emulator's APIC loses its logical x2APIC ID at INIT. A real APIC derives it from the APIC ID.
NOT_NATIVELY = "sipi_at_once_by_logical_id_in_x2apic_mode"


def _cases():
    for machine in MACHINES_UNDER_TEST:
        for name in NAMES:
            if machine.name != "native" or name != NOT_NATIVELY:
                yield pytest.param(marks=pytest.mark.boot(machine, name),
                                   id=f"{machine.name}-{name}")


@pytest.mark.parametrize((), _cases())
def test_start(outcome):
    assert outcome is None, outcome
