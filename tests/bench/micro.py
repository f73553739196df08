# SPDX-License-Identifier: MIT
"""Measures single operations with the agent of tests/bench/agent."""

from . import stage
from .figure import Figure

# Maps our name of a figure to the agent's figure for the native operation.
ROUND_TRIPS = {"cpuid": "cpuid", "hypercall_null": None, "xsetbv": "xsetbv", "rdmsr": "rdmsr",
               "rdmsr_exit": "rdmsr_exit", "wrmsr_mtrr_hole": "wrmsr_mtrr_hole"}
WRITES = {"write_open_tile": "store", "write_denied": "fault", "write_audit": "store",
          "write_discard": "store", "write_shared_tile": "store", "write_whole_page": "fault",
          "write_software_allowed": "store", "write_software_denied": "fault",
          "write_step_audit": "store", "write_step_shared_tile": "store",
          "write_step_software": "store"}
ACCESS = {"set_access": "set_access_page", "set_access_change": "set_access_page_change",
          "set_access_same": "set_access_page_same"}
PAGES = 512  # operations per measured call
SHOOTDOWNS = ("protect_shootdown", "unprotect_shootdown")
ENGINES = {"hardware": "", "software": "engine = software\n"}
# The emulator delivers a SIPI that is sent to several CPUs at once to the first one only.
ONE_SIPI = "sipi = single\n"
TIMEOUT = 240


def _agent(loader=None, options="", cpus=1):
    image = stage.disk(stage.BENCH / "agent.efi", loader, options)
    return stage.Run(image, cpus, TIMEOUT)


def _figure(name, engine, measured, counted, native=None):
    return Figure(name, "ticks", 1, engine, native, measured["ticks"], counted["vmreads"],
                  counted["vmwrites"], measured["exits"])


def _on_one(engine, native):
    """Returns the figures of one engine on one CPU, and the run that they come from."""
    run = _agent(stage.LOADER, ENGINES[engine])
    measured = run.figures()
    counted = _agent(stage.COUNTED, ENGINES[engine]).figures()
    figures = []
    for name, alone in (ROUND_TRIPS | WRITES).items():
        if name in measured and (engine == "hardware" or name in WRITES):
            ticks = native[alone]["ticks"] if alone else None
            figures.append(_figure(name, engine, measured[name], counted[name], ticks))
    for name, ours in ACCESS.items():
        figure = _figure(ours, engine, measured[name], counted[name])
        figure.tessera /= PAGES
        figures.append(figure)
    figures += [_figure(name, engine, measured[name], counted[name]) for name in SHOOTDOWNS]
    return figures, run


def _on_many(cpus):
    """Measures shootdowns that wait for other CPUs. Here a tick is not exactly one instruction:
    `loop_1000` tells how many ticks the emulator takes for a thousand instructions."""
    measured = _agent(stage.LOADER, ONE_SIPI, cpus).figures()
    return [Figure(name, "ticks", cpus, "hardware", tessera=measured[name]["ticks"],
                   exits=measured[name]["exits"]) for name in ("loop_1000", *SHOOTDOWNS)]


def startup(native, tessera, cpus):
    """Measures the start of Tessera: the ticks from the first instruction of its loader to the
    first of the next loader, minus the ticks of a loader that only starts the next one."""
    alone = native.stages()[2][0] - native.stages()[0][2]
    under = tessera.stages()[1][0] - tessera.stages()[0][2]
    return Figure("startup", "ticks", cpus, "hardware", tessera=under - alone)


def measure():
    """Measures all figures of this module."""
    native = _agent()
    hardware, run = _on_one("hardware", native.figures())
    software, _ = _on_one("software", native.figures())
    return [startup(native, run, 1), *hardware, *software, *_on_many(2), *_on_many(4)]
