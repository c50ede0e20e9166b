"""Faults that no plant has: exceptions and delays in a tick, a bent clock, rubbish on the line.

A row is {"kind", "at_s" after the first heat, ...} as campaign_cases draws it; BENDS holds what
begins and ends each.
"""

from random import Random
from typing import Any

from preheat.bench.benchclock import TICKS_PERIOD
from preheat_core.protocol import encode
from preheat_fw import logfile

# Where an exception or a delay may come: paths from the App, by step of the tick.
PLACES = (
    "unit.probes.0.read", "gate.delivered", "loop._ports.read",  # sample
    "unit.kernel.step", "unit.kernel.guard.step", "unit.kernel.alarms.step",  # judge
    "unit.kernel.run.control.observe", "unit.kernel.run.control.step",
    "unit.kernel.run.sequencer.step", "unit.kernel.run.recorder.tick",
    "gate.off", "gate.close", "gate.tick", "loop._ports.show",  # drive
    "unit.journal.tick", "unit.journal.save_latch",  # record
    "console.tick", "console.serve", "unit.statement.brief",  # serve
)
ERRORS = (RuntimeError, MemoryError, OSError, ValueError, ZeroDivisionError, TypeError)
FOREVER = 1 << 30


class Bend:
    """One such fault. `begin`, `step` (once a tick) and `end` get the unit of campaign_unit."""

    def __init__(self, row: dict, seed: str):
        self.row = row
        self.chance = Random(seed)
        self.state = "ahead"  # "active", "over"
        self.hits = 0
        self._struck = False  # in this tick
        self.old_hits = 0  # of these, before the latch was cleared
        self.seal: Any = None  # whose number was changed
        self._undo: Any = None

    def step(self, unit: Any, now_s: float) -> None:
        """Begin and end it when it is time."""
        self._struck = False
        heat_us = unit.world.first_heat_us
        if heat_us is None or self.state == "over":
            return
        at_s = heat_us / 1e6 + self.row["at_s"]
        if self.state == "ahead":
            if now_s < at_s or not BENDS[self.row["kind"]][0](self, unit):
                return
            self.state = "active"
        elif self.seal is not None and self.seal is not unit.kernel.guard.seal:
            self.end()  # the limits were made anew
        elif now_s >= at_s + self.row.get("duration_s", FOREVER):
            self.end()
        elif self.row["kind"] == "garbage":
            unit.line.inbox += rubbish(self.chance, unit)

    def end(self) -> None:
        """Take it back, where that is possible."""
        self.state = "over"
        if self._undo is not None:
            self._undo()
            self._undo = None

    @property
    def active(self) -> bool:
        """Whether it is there; one that has to be hit counts from its first hit on."""
        return self.state == "active" and (self.row["kind"] != "raise" or self.hit)

    @property
    def hit(self) -> bool:
        """Whether it struck since the latch was cleared last."""
        return self.hits > self.old_hits

    def wrap(self, unit: Any, act: Any) -> bool:
        """Put `act` before or after the place's call; False while the place does not exist."""
        path = self.row["where"].split(".")
        owner = unit.app
        for name in path[:-1]:
            owner = owner[int(name)] if name.isdigit() else getattr(owner, name)
            if owner is None:
                return False
        owner, name = type(owner), path[-1]  # the class: its objects may have slots
        method = getattr(owner, name)

        def bent(*args: Any, **more: Any) -> Any:
            if self.state != "active" or self.hits >= self.row["times"]:
                return method(*args, **more)
            if self.row["kind"] == "slow" and self._struck:  # several probes, one slow tick
                return method(*args, **more)
            self.hits += 1
            self._struck = True
            if self.row["after"]:
                found = method(*args, **more)
                act()
                return found
            act()
            return method(*args, **more)

        setattr(owner, name, bent)
        self._undo = lambda: setattr(owner, name, method)
        return True


def _raise(bend: Bend, unit: Any) -> bool:
    def act() -> None:
        unit.world.advance(1000)  # a processor that fails takes its time too
        raise ERRORS[bend.row["error"]]("the campaign's own")

    return bend.wrap(unit, act)


def _late(bend: Bend, unit: Any) -> bool:
    return bend.wrap(unit, lambda: unit.world.advance(int(bend.row["late_s"] * 1e6)))


def _clock_jump(bend: Bend, unit: Any) -> bool:
    world = unit.world
    world.skew_ms = (world.skew_ms + bend.row["jump_ms"]) % TICKS_PERIOD
    return True


def _clock_stand(bend: Bend, unit: Any) -> bool:
    unit.world.stand(unit.world.now_us + int(bend.row["duration_s"] * 1e6))
    return True


def _garbage(_bend: Bend, _unit: Any) -> bool:
    return True


def _deaf(bend: Bend, unit: Any) -> bool:
    unit.line.deaf = True

    def hear() -> None:
        unit.line.deaf = False

    bend._undo = hear
    return True


def _flash(bend: Bend, _unit: Any) -> bool:
    kept = logfile.LogFile.append

    def broken(self: Any, block: bytes) -> None:
        raise OSError(5, "the campaign's own")

    def mend() -> None:
        logfile.LogFile.append = kept

    logfile.LogFile.append = broken
    bend._undo = mend
    return True


def _limits_flip(bend: Bend, unit: Any) -> bool:
    if not unit.kernel.heating:
        return False
    bend.seal = seal = unit.kernel.guard.seal
    numbers = seal.marks if bend.row["mark"] else seal.values
    numbers[bend.row["at"]] ^= 1 << bend.row["bit"]
    return True


# kind: (what begins it, seconds that it may delay everything else, by its row)
BENDS: dict[str, tuple[Any, Any]] = {
    "raise": (_raise, lambda row: 0.0),
    "late": (_late, lambda row: row["late_s"] * row["times"] + 3.0),
    "slow": (_late, lambda row: row["late_s"] * row["times"]),
    "clock_jump": (_clock_jump, lambda row: min(20.0, abs(row["jump_ms"]) / 1000) + 3.0),
    "clock_stand": (_clock_stand, lambda row: row["duration_s"] + 3.0),
    "garbage": (_garbage, lambda row: 0.0),
    "deaf": (_deaf, lambda row: 0.0),
    "flash": (_flash, lambda row: 0.0),
    "limits_flip": (_limits_flip, lambda row: 0.0),
}
LINES = (
    {"cmd": "hello"}, {"cmd": "status"}, {"cmd": "limits", "profile": "campaign"},
    {"cmd": "beat", "token": "0" * 12}, {"cmd": "clear"}, {"cmd": "ack"},
    {"cmd": "start", "token": "0" * 12, "profile": "campaign", "hash": "0" * 16, "detach": True,
     "by": "x"},
    {"cmd": "reset", "confirm": True}, {"cmd": "ext", "token": "0" * 12, "on": True},
    {"cmd": "list", "kind": "log", "from": 0}, {"cmd": "trim", "token": "x", "delta_c": 20},
    {"cmd": "put", "kind": "settings", "name": "settings", "size": 90, "crc": "00000000"},
    {"cmd": [1], "id": "x"}, {"id": None}, {"cmd": "stop" * 9},
)


def rubbish(chance: Random, _unit: Any) -> bytes:
    """What one tick of a bad line or a mad host sends: noise, damaged lines, whole wrong ones."""
    out = bytearray()
    for _ in range(chance.randrange(4)):
        draw = chance.random()
        if draw < 0.3:
            out += bytes(chance.randrange(256) for _ in range(chance.randrange(60)))
            out += b"\n" if chance.random() < 0.5 else b""
            continue
        line = bytearray(encode({"id": chance.randrange(1 << 20), **chance.choice(LINES)}))
        if draw < 0.7:
            for _ in range(chance.randint(1, 4)):
                line[chance.randrange(len(line))] = chance.randrange(256)
        out += line
    if chance.random() < 0.02:
        out += b"x" * 3000
    return bytes(out)
