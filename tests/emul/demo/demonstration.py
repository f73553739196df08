# SPDX-License-Identifier: MIT
"""The demonstration on a machine with VMX: each fact is checked from the guest and from the
hypervisor."""

import re

from machine.paths import TOP

from .steps import require
from .talk import Operator, Shell

BOOT = 300  # seconds for firmware and Linux, on a slow and busy machine
ABI = re.search(r"TESSERA_ABI_VERSION\s+(\d+)",
                (TOP / "guest/include/tessera/hypercall.h").read_text())[1]
HEX = r"0x[0-9a-f]+"
TILES = 32
TILE = 13
TILE_SIZE = 128
REFUSED = 3  # stores in the step `deny`


def mosaic(lines):
    """Returns the marks of the 32 tiles in the drawing of `spp`."""
    rows = [re.match(r" +\+([0-9a-f]{3})((?: {3,4}\S\S){8})$", line.rstrip()) for line in lines]
    return [mark for row in rows if row for mark in row[2].split()]


class Demonstration:
    """The steps, to be run in order on a running machine."""

    def __init__(self, machine, cpus, engine):
        self.machine = machine
        self.cpus = cpus
        self.engine = engine
        self.operator = Operator(machine.com2)
        self.guest = Shell(machine.com1)
        self.page = None
        self.tile = None

    @property
    def steps(self):
        """Returns all steps but the last."""
        return [self.take_over, self.version, self.linux, self.processors, self.protect,
                self.regions, self.picture, self.neighbours, self.deny, self.event, self.oops,
                self.open, self.nothing_left]

    def take_over(self):
        """Power-on: UEFI starts Tessera, which takes over all CPUs."""
        self.machine.com1.expect(rf"tessera: ok: {self.cpus} CPUs?, ", BOOT)
        self.operator.greet(BOOT)

    def version(self):
        """The hypervisor's console answers `version`."""
        lines = self.operator.ask("version")
        require(re.match(rf"Tessera \S+, hypercall ABI {ABI}", lines[0]), f"it said {lines}")
        require(f"engine: {self.engine}" in lines[1], f"the engine is not {self.engine}: {lines}")
        return lines

    def linux(self):
        """An unmodified Linux boots under it, sees all CPUs and loads the driver."""
        driver = self.machine.com1.expect(rf"tessera: (ABI {ABI}, .* CPUs)", BOOT)
        require(f"ABI {ABI}, {self.engine} engine, {self.cpus} " in driver[1].decode(),
                f"the driver said {driver[1]!r}")
        seen = self.machine.com1.expect(r"demo-guest: ((\d+) CPUs, .*)\r", BOOT)
        require(int(seen[2]) == self.cpus, f"Linux sees {seen[2].decode()} CPUs")
        self.machine.com1.expect("guest# ", BOOT)
        return [driver[1].decode(), seen[1].decode()]

    def processors(self):
        """The console's `cpus` shows every CPU under Tessera."""
        lines = self.operator.ask("cpus")
        rows = [line for line in lines if re.match(r" +\d+ +[0-9a-f]+ +(guest|root) ", line)]
        require(len(rows) == self.cpus, "not all of them run the guest:\n" + "\n".join(lines))
        return lines

    def protect(self):
        """The guest protects one tile of 128 bytes by hypercall."""
        told, _ = self.guest.demo("protect", [
            rf"tile {TILE} of the page at ({HEX}) is protected: 128 bytes at ({HEX}) \(0\)",
            f"the access map says: every tile is open but {TILE}"])
        self.page, self.tile = int(told[1], 16), int(told[2], 16)
        require(self.tile == self.page + TILE * TILE_SIZE, "that is another tile")
        return [told[0].strip()]

    def regions(self):
        """The console's `regions` lists exactly that tile."""
        lines = self.operator.ask("regions")
        wanted = f"0x{self.tile:012x}..0x{self.tile + TILE_SIZE:012x} +128 bytes +deny "
        require(any(re.match(wanted, line) for line in lines) and lines[-1].startswith("1 regions"),
                "it lists:\n" + "\n".join(lines))
        return lines

    def picture(self):
        """The console's `spp` draws one closed tile among 31 open ones, in force."""
        lines = self.operator.ask(f"spp {self.tile:#x}")
        wanted = ["##" if tile == TILE else ".." for tile in range(TILES)]
        open_tiles = f"open tiles 0x{~(1 << TILE) & 0xffffffff:08x}, in force"
        require(mosaic(lines) == wanted, "it draws:\n" + "\n".join(lines))
        require(any(line.endswith(open_tiles) for line in lines), f"not `{open_tiles}`")
        return lines

    def neighbours(self):
        """The guest writes the 31 neighbours freely, and the resulting exits are counted."""
        before = self._violations()
        if self.engine == "hardware":
            facts = [r"the exit counter counts: a CPUID on CPU \d+ is \d+",
                     r"1000 stores to each of 31 neighbours on CPU \d+: 0 exits .*"]
        else:
            facts = [r"20 stores to each of 31 neighbours on CPU \d+: \d+ exits .*"]
        told = self.guest.demo("neighbours", facts + ["all 31 neighbours hold what was written"])
        after = self._violations()
        shown = [match[0].strip() for match in told]
        if self.engine == "hardware":
            require(before == after, f"the console counted {after - before} violations")
            shown.append("the console's `exits`: no EPT violation and no SPP exit came with it")
        return shown

    def deny(self):
        """The guest's writes to the tile are refused, and not a byte changes."""
        before = self._violations()
        told = self.guest.demo("deny", [
            "a store to the tile's first bytes is refused with #GP",
            "a store to its last bytes is refused with #GP",
            "an atomic exchange in it is refused with #GP",
            "not one byte of the page changed",
            f"the hypervisor counted {REFUSED} denied writes"])
        # A query of the count would read past the console's own line about the event.
        self._before_deny = before
        return [match[0].strip() for match in told]

    def event(self):
        """The console reports each denied write with its address and instruction."""
        lines = []
        for offset in (0, TILE_SIZE - 8, 8):
            gpa = self.tile + offset
            found = self.operator.wait_for(rf"denied write: gpa {gpa:#x} gva {HEX} rip {HEX} .*\r")
            lines.append(found[0].decode().strip())
        counted = self._violations() - self._before_deny
        require(counted == REFUSED, f"`exits` counted {counted} violations, not {REFUSED}")
        return lines

    def oops(self):
        """A thread without a handler gets the fault, and Linux reports it cleanly."""
        told, = self.guest.demo("oops", [
            "a thread that wrote without care is gone, and the tile is as it was"])
        report = re.findall(r"\] (general protection fault.*|RIP: 0010:store_without_fixup.*)\r",
                            self.machine.com1.text)
        require(len(report) >= 2, f"Linux' report has only {report}")
        self.operator.wait_for(rf"denied write: gpa {self.tile:#x} ")
        return [*report[:2], told[0].strip()]

    def open(self):
        """The guest opens the tile, and its next write succeeds."""
        told = self.guest.demo("open", ["the tile is open again", "a store to it succeeds"])
        return [match[0].strip() for match in told]

    def nothing_left(self):
        """The console shows that nothing is protected now."""
        regions = self.operator.ask("regions")
        require(regions[-1].startswith("0 regions"), f"`regions` says {regions}")
        lines = self.operator.ask(f"spp {self.tile:#x}")
        require(mosaic(lines) == [".."] * TILES, "`spp` draws:\n" + "\n".join(lines))
        return self.operator.ask("vm")

    def power_off(self):
        """The guest switches the machine off."""
        self.guest.power_off()
        self.machine.wait(BOOT)
        require(self.machine.ended_cleanly, "the machine ended in another way: see its log in "
                f"{self.machine.work}")

    def _violations(self):
        """Returns the EPT violations and SPP exits of all CPUs, as counted by the console's
        `exits`."""
        rows = (re.match(r" *(\d+) (EPT_VIOLATION|SPP) +(\d+)$", line)
                for line in self.operator.ask("exits"))
        return sum(int(row[3]) for row in rows if row)
