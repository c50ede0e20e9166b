"""The fault script: which faults are active at a moment of bench time.

`at_s` counts bench seconds from the moment the SSR pin was first driven high after the unit was
started, so that the time a host takes to connect and set up does not matter. A negative `at_s`
is active from the start of the unit. Without `duration_s` a fault stays, over resets too.
"""

# kind, default value, meaning of the value
KINDS = (
    ("tc_open", None, ""),
    ("tc_short_gnd", None, ""),
    ("tc_short_vcc", None, ""),
    ("tc_frozen", None, ""),
    ("tc_detached", 0.3, "share of the way from ambient to heater temperature, 0..1"),
    ("tc_offset", 15.0, "°C added"),
    ("spi_zero", None, ""),
    ("spi_ones", None, ""),
    ("ssr_stuck_on", None, ""),
    ("ssr_stuck_off", None, ""),
    ("heater_gain", 0.5, "share of the heater's power that is left (above 1: more)"),
    ("contactor_welded", None, ""),
    ("pad_stuck_high", None, ""),
    ("power_cut", 5.0, "seconds without supply"),
    ("mains_loss", None, ""),
    ("interlock", None, ""),
    ("external_heat", 100.0, "W added to the board"),
    ("board_swap", 300.0, "J/K of the new board, or [J/K, °C]"),
    ("host_silent", None, ""),
)
CHIP_KINDS = (
    "tc_open", "tc_short_gnd", "tc_short_vcc", "tc_frozen", "tc_detached", "tc_offset",
    "spi_zero", "spi_ones",
)
ONCE = ("power_cut", "board_swap")  # happen once, at a moment
DEFAULTS = {kind: value for kind, value, _ in KINDS}


class Fault:
    """One row of the fault file, its times in bench µs once they are known."""

    __slots__ = ("at_us", "duration_us", "fired", "from_heat", "kind", "probe", "value")

    def __init__(self, row):
        self.kind = row["kind"]
        self.probe = row.get("probe")
        value = row.get("value")
        self.value = DEFAULTS[self.kind] if value is None else value
        at_s = row.get("at_s", 0)
        self.from_heat = not row.get("absolute", False) and at_s >= 0
        self.at_us = int(max(at_s, 0) * 1000000)
        duration_s = row.get("duration_s")
        self.duration_us = None if duration_s is None else int(duration_s * 1000000)
        self.fired = False

    def window_us(self, heat_us):
        """(begin, end) in bench µs; begin is None before the first heat, end None for never."""
        if not self.from_heat:
            begin = self.at_us
        elif heat_us is None:
            return None, None
        else:
            begin = heat_us + self.at_us
        return begin, None if self.duration_us is None else begin + self.duration_us


class Script:
    """All faults of a unit. `rows`: dicts as in the fault file (see plantfile.check_faults)."""

    def __init__(self, rows=()):
        self.rows = []
        self.faults = []
        for row in rows:
            self.add(row)

    def add(self, row):
        """One more fault; a row with `absolute` true counts at_s from the start of the unit."""
        self.rows.append(row)
        self.faults.append(Fault(row))

    def at(self, now_us, heat_us):
        """(active faults, faults that happen now, µs of the next change or None)."""
        active = []
        happen = []
        change_us = None
        for f in self.faults:
            begin, end = f.window_us(heat_us)
            if begin is None:
                continue
            if begin > now_us:
                following = begin
            elif f.kind in ONCE:
                following = None
                if not f.fired:
                    f.fired = True
                    happen.append(f)
            elif end is None or end > now_us:
                active.append(f)
                following = end
            else:
                following = None
            if following is not None and (change_us is None or following < change_us):
                change_us = following
        return active, happen, change_us

    def state(self):
        """JSON-able: the rows (with those added while running) and which have happened."""
        return {"rows": self.rows, "fired": [f.fired for f in self.faults]}

    def restore(self, state):
        """Take over what `state` returned."""
        self.rows = []
        self.faults = []
        for row in state["rows"]:
            self.add(row)
        for f, fired in zip(self.faults, state["fired"]):
            f.fired = fired
