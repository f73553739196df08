# SPDX-License-Identifier: MIT
"""One figure and its target."""

from dataclasses import asdict, dataclass

# Kinds of target. `over`: at most so much more than native. `all`: at most so much in total.
# `part`: at most that fraction of native more than native.
TARGETS = {
    "cpuid": ("over", 90),
    "hypercall_null": ("over", 80),
    "xsetbv": ("over", 100),
    "startup": ("all", 10_000_000),
    "linux_init": ("part", 0.001),
    "linux_boot_exits_beyond": ("all", 100),
    "image_bytes": ("all", 128 << 10),
    "memory_used": ("all", 2 << 20),
    "write_denied": ("over", 1200),
    "write_software_denied": ("over", 1200),
    "write_audit": ("all", 2000),
    "write_discard": ("all", 2000),
    "write_shared_tile": ("all", 2000),
    "write_software_allowed": ("all", 2000),
    "set_access_page": ("all", 150),
    "memory_1000_regions": ("all", 9 << 20),
}
FORMATS = {"over": "+{:,}", "all": "{:,}", "part": "+{:.1%}"}
# Figures with a limit on the VMREADs, VMWRITEs or exits of one operation.
COUNTS = {
    "cpuid": {"vmread": 4, "vmwrite": 1},
    "hypercall_null": {"vmread": 4, "vmwrite": 1},
    "write_open_tile": {"exits": 0},
}


# pylint: disable=too-many-instance-attributes
@dataclass
class Figure:
    """A line of build/bench.json. A field that does not apply is None."""

    name: str
    unit: str
    cpus: int = None
    engine: str = None
    native: float = None
    tessera: float = None
    vmread: int = None
    vmwrite: int = None
    exits: int = None

    def record(self):
        """Returns the figure in its JSON form."""
        return asdict(self)

    @property
    def over(self):
        """Returns the difference to native."""
        return self.tessera - (self.native or 0)

    @property
    def target(self):
        """Returns the target in words, or an empty text."""
        wanted = []
        if self.name in TARGETS:
            kind, limit = TARGETS[self.name]
            wanted.append(FORMATS[kind].format(limit))
        wanted += [f"{limit} {what}" for what, limit in COUNTS.get(self.name, {}).items()]
        return ", ".join(wanted)

    @property
    def met(self):
        """Tells whether the figure meets its target."""
        kind, limit = TARGETS.get(self.name, ("all", self.tessera))
        value = {"all": self.tessera, "over": self.over, "part": self.over / (self.native or 1)}
        return value[kind] <= limit and all(
            getattr(self, what) <= most for what, most in COUNTS.get(self.name, {}).items())
