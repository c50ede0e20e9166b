"""The world around one microcontroller: pins, relay and contactor, amplifier chips, faults, trace.

Runs on both Pythons; the device shims are a thin face on it and benchmarks use it in-process.
"""

from .amplifier import Amplifier
from .benchclock import BenchClock, raise_reset
from .noise import text_seed
from .plant import Plant
from .script import CHIP_KINDS, Script

_STALE_US = 20000  # a chip read may see a plant this old; pin changes are always exact
_NONE = {}


class World(BenchClock):
    """One unit: `plant` and `board` are dicts of their files, `faults` rows of a fault file.

    trace: a trace.Trace or None. on_reset(cause, off_s) must not return; it raises UnitReset
    unless given. ValueError if the board has no zone or no probes.
    """

    def __init__(self, plant, board, faults=(), seed=1, trace=None, on_reset=raise_reset):
        if not board.get("zones") or not board.get("probes"):
            raise ValueError("the board file has no zone or no probes")
        BenchClock.__init__(self, on_reset)
        self.plant = Plant(plant)
        self.script = Script(faults)
        self.trace = trace
        self.first_heat_us = None
        self.rtc_us = None  # clock minus bench time, µs since 1970; None: the clock was never set
        pins = board["pins"]
        zone = board["zones"][0]
        self.ssr_pin = zone["ssr"]
        self.contactor_pin = pins.get("contactor")
        self._interlock_pin = pins.get("interlock")
        self._load_pin = pins.get("load_sense")
        self.buttons = {}  # pin -> bench µs until which a person pulls it low
        self.names = {k: v for k, v in pins.items() if isinstance(v, int)}
        self._control = zone["probe"]
        self.chips = self._wire(board["probes"], seed)
        self._plant_us = 0
        self.levels = dict.fromkeys(self.chips, 1)  # pulled up; every other pin is pulled down
        self._chip_faults = {}
        self._change_us = None
        self.host_silent = False
        self.heat = 0
        self.closed = 0
        self._kinds = ()
        self._apply_script()

    def _wire(self, rows, seed):
        """A chip per board probe; the n-th of a role hangs on the plant's n-th (or last) one."""
        chips = {}
        used = {}
        for row in rows:
            role = row["role"]
            found = [i for i, p in enumerate(self.plant.probes) if p.role == role]
            nth = used.get(role, 0)
            used[role] = nth + 1
            probe, offset_c = None, 0.0
            if found:
                i = found[min(nth, len(found) - 1)]
                probe, offset_c = self.plant.probes[i], self.plant.offsets_c[i]
            stream = text_seed(row["name"], seed)
            chips[row["cs"]] = Amplifier(row["name"], role, probe, offset_c, stream)
        return chips

    def _integrate(self):
        passed_us = self.now_us - self._plant_us
        if passed_us > 0:
            dt_s = passed_us / 1000000
            self.plant.step(dt_s, self.heat)
            self._plant_us = self.now_us
            if self.trace is not None:
                heat_j = self.heat_w() * dt_s
                self.trace.passed(heat_j, self.levels.get(self.ssr_pin, 0), self.closed)

    def _own_events(self):
        now = self.now_us
        if self._change_us is not None and self._change_us <= now:
            self._apply_script()
        if self.trace is not None and self.trace.next_us <= now:
            self.trace.row(now, self.first_heat_us, self.plant)

    def _own_due_us(self):
        due = self._change_us
        if self.trace is not None and (due is None or self.trace.next_us < due):
            due = self.trace.next_us
        return due

    def reset(self, cause, off_s=0.0):
        """End this boot for a named cause, with a last row in the trace; does not return."""
        self._integrate()
        if self.trace is not None:
            self.trace.row(self.now_us, self.first_heat_us, self.plant)
        self.on_reset(cause, off_s)

    # pins and bus

    def set_pin(self, pin, level):
        """Drive a pin."""
        level = 1 if level else 0
        if self.levels.get(pin, 0) == level:
            return
        if pin == self.ssr_pin or pin == self.contactor_pin:
            self._integrate()
            self.levels[pin] = level
            if level and pin == self.ssr_pin and self.first_heat_us is None:
                self.first_heat_us = self.now_us
                if self.trace is not None:
                    self.trace.row(self.now_us, self.first_heat_us, self.plant)
                self._apply_script()
            self._switch()
        else:
            self.levels[pin] = level

    def get_pin(self, pin):
        """The level a pin has."""
        if pin == self._interlock_pin:
            return 1 if "interlock" in self._kinds else 0
        if pin == self.ssr_pin and "pad_stuck_high" in self._kinds:
            return 1
        if pin == self._load_pin:
            return 1 if self.heat_w() > 0 else 0
        if pin in self.buttons:
            return 0 if self.now_us < self.buttons[pin] else 1
        if pin == self.names.get("start_button"):
            return 1
        return self.levels.get(pin, 0)

    def press(self, pin, for_us):
        """A person holds a button down for a while, from now."""
        self.buttons[pin] = self.now_us + int(for_us)

    def bus_word(self):
        """The 32-bit word that the selected chips put on the bus; all ones when none is."""
        if self.now_us - self._plant_us > _STALE_US:
            self._integrate()
        word = 0xFFFFFFFF
        for pin, chip in self.chips.items():
            if not self.levels.get(pin, 1):
                faults = self._chip_faults.get(pin, _NONE)
                plant = self.plant
                at_ms = self.now_us // 1000
                word &= chip.read(at_ms, plant.ambient_c, plant.heater_c(), faults)
        return word

    def heat_w(self):
        """Power that flows into the heater now, W."""
        return self.heat * self.plant.power_w * self.plant.gain

    # faults

    def inject(self, row):
        """Add a fault now: a row of the fault file whose at_s counts from this moment."""
        now = {"at_s": row.get("at_s", 0) + self.now_us / 1000000, "absolute": True}
        for key, value in row.items():
            now.setdefault(key, value)
        self.script.add(now)
        self._apply_script()

    def _apply_script(self):
        self._integrate()
        active, happen, self._change_us = self.script.at(self.now_us, self.first_heat_us)
        self._kinds = tuple(f.kind for f in active)
        self.plant.external_w = float(sum(f.value for f in active if f.kind == "external_heat"))
        self.plant.gain = 1.0
        self._chip_faults = {}
        for f in active:
            if f.kind == "heater_gain":
                self.plant.gain *= f.value
            elif f.kind in CHIP_KINDS:
                for pin in self._pins_of(f):
                    self._chip_faults.setdefault(pin, {})[f.kind] = f.value
        self.host_silent = "host_silent" in self._kinds
        self._switch()
        self._plan()
        for f in happen:
            if f.kind == "board_swap":
                new = f.value if isinstance(f.value, (list, tuple)) else (f.value, None)
                temp_c = self.plant.ambient_c if new[1] is None else new[1]
                self.plant.swap_board(new[0], temp_c)
            else:
                self.reset("power", float(f.value))

    def _pins_of(self, fault):
        """Chip-select pins that a fault means: its probe by name or role, else the usual one."""
        wanted = fault.probe
        if wanted is None:
            if fault.kind in ("spi_zero", "spi_ones"):  # the bus is shared
                return list(self.chips)
            wanted = self._control
        return [pin for pin, chip in self.chips.items() if wanted in (chip.name, chip.role)]

    def _switch(self):
        """Work out whether the heater's circuit is connected and whether current flows."""
        kinds = self._kinds
        self.closed = 1
        if self.contactor_pin is not None and "contactor_welded" not in kinds:
            self.closed = self.levels.get(self.contactor_pin, 0)
        on = self.levels.get(self.ssr_pin, 0)
        if "ssr_stuck_on" in kinds or "pad_stuck_high" in kinds:
            on = 1
        if "ssr_stuck_off" in kinds or "mains_loss" in kinds:
            on = 0
        self.heat = on & self.closed

    # over a restart of the process

    def state(self):
        """All that outlives a reset, JSON-able."""
        self._integrate()
        return {
            "now_us": self.now_us, "first_heat_us": self.first_heat_us, "rtc_us": self.rtc_us,
            "plant": self.plant.state(), "script": self.script.state(),
            "words": {chip.name: chip.word for chip in self.chips.values()},
        }

    def restore(self, state, cause, off_s):
        """Go on from `state` after a reset: pins low, off_s seconds unpowered, fresh ticks."""
        self.now_us = self._plant_us = state["now_us"]
        self.first_heat_us = state["first_heat_us"]
        self.rtc_us = None if cause == "power" else state["rtc_us"]
        self.plant.restore(state["plant"])
        self.script.restore(state["script"])
        for chip in self.chips.values():
            chip.word = state["words"].get(chip.name, 0)
        if self.trace is not None:
            self.trace.begin(self.now_us)
        self._apply_script()
        self.advance(off_s * 1000000)
        self._integrate()
        self.boot_us = self.now_us

