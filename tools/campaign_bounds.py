"""How long each fault may last: the one table of the campaign's bounds, and what its evidence is.

Two numbers a row: `reach_s` is the goal and is counted, `hard_s` is what docs/safety.md promises;
past that a run is unsafe. Both count from the first conclusive evidence, which is taken from the
plant (see campaign_evidence), never from the unit. None promises nothing. A fault is found only by
a code that truly answers it; any other one ends the run, and finds nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from campaign_plants import Fitted

TICK_S = 0.25
SAMPLE_S = 0.1 + TICK_S + 0.05  # a conversion, a tick, and the time that the tick itself takes
DROP_S = 0.6  # the gate's hardware timer
STILL_S = DROP_S + TICK_S + 0.1  # heat in a loop that stands still, at most
WATCHDOG_S = 3.0
LOW_DUTY = 0.2  # of a dead heater: below this LOW_DUTY_S holds
LOW_DUTY_S = 180.0

Seconds = float | None | Callable[[Fitted], float]


@dataclass(frozen=True)
class Row:
    """`sensors`: "load_sense", "heater" (probe) or "any"; the first that is fitted counts.

    codes: the faults that answer it. limit: whether the true temperature is held against the
    run's limits while this fault lasts. loud: where nothing can cut the heat, UNPLUG is owed.
    """

    sensors: str
    evidence: str  # a class of campaign_evidence
    reach_s: Seconds
    hard_s: Seconds
    codes: tuple[str, ...]
    limit: bool = True
    loud: bool = False

    def seconds(self, unit: Fitted) -> tuple["float | None", "float | None"]:
        """(reach, hard) for this unit."""
        reach, hard = (
            at(unit) if callable(at) else at for at in (self.reach_s, self.hard_s)
        )
        return reach, hard


def stuck_s(unit: Fitted) -> float:
    """By the board alone: it must rise, the controller must cut, and the coast must be over."""
    return 2 * unit.late_s + (120.0 if unit.tune == "good" else 300.0)


def _invalid(*codes: str) -> tuple[Row, ...]:
    return (Row("any", "Instant", 1.0 + SAMPLE_S, 1.0 + SAMPLE_S, codes),)


# Where the heat goes on it is hot, steep or more than was asked for, whatever the word for it.
HEATED = ("stuck_on", "anomaly", "over_temp", "heater_over_temp", "ramp_fast")
# A reading that lies: it stands, jumps, is not where the heat must have brought it, or differs
# from other probes; or the heat that it called for came to a ceiling of another probe.
LIES = ("frozen", "detached", "no_rise", "spread", "over_temp", "heater_over_temp")
# In the air it also rises as no board does.
FALLEN = (*LIES, "ramp_fast", "anomaly")
DEAD = (
    # No heat flows: what it takes stands in the table, and nothing is unsafe about it.
    Row("heater", "Dead", 40.0, None, ("no_rise",)),
    Row("any", "Dead", lambda u: u.late_s + 60, None, ("no_rise",)),
)
BOUNDS: dict[str, tuple[Row, ...]] = {
    "tc_open": _invalid("tc_open"),
    "tc_short_gnd": _invalid("tc_short_gnd"),
    "tc_short_vcc": _invalid("tc_short_vcc"),
    "spi_zero": _invalid("bus_zero"),
    "spi_ones": _invalid("bus_ones"),
    "tc_frozen": (Row("any", "Frozen", 15.0, 65.0, LIES),),
    "tc_detached": (
        Row("any", "Away", lambda u: u.late_s + 10, lambda u: u.late_s + 60, FALLEN),
    ),
    "tc_offset": (Row("any", "Away", lambda u: u.late_s + 10, None, FALLEN),),
    "ssr_stuck_on": (
        Row("load_sense", "Stuck", 1.0 + 2 * TICK_S, 2.5, HEATED, loud=True),
        Row("heater", "Stuck", 15.0, 40.0, HEATED, loud=True),
        Row("any", "Stuck", lambda u: u.late_s + 40, stuck_s, HEATED, limit=False),
    ),
    # By the firmware's own reading of its pins: two ticks that command low, where there are any.
    "pad_stuck_high": (Row("any", "Loose", 3.0, 45.0, ("pad", *HEATED), loud=True),),
    "ssr_stuck_off": DEAD,
    "mains_loss": DEAD,
    "interlock": (Row("any", "Instant", 2 * TICK_S, 2 * TICK_S, ("interlock",)),),
    "host_silent": (Row("any", "Silence", 10 + 2 * TICK_S, 10 + 2 * TICK_S, ("link",)),),
    "raise": (Row("any", "Instant", 2 * TICK_S, WATCHDOG_S + 1.0, ("internal",)),),
    "flash": (Row("any", "Instant", 21.0, 25.0, ("log_failed",)),),
    "limits_flip": (Row("any", "Instant", 2 * TICK_S, 1.0, ("memory",)),),
}
# Any latched fault may come of these, or none; the run's limits hold.
TOLERATED = (
    "heater_gain", "external_heat", "board_swap", "power_cut", "clock_jump", "clock_stand", "late",
)
# Nothing may come of these: a fault that is latched is a false trip.
BENIGN = ("garbage", "deaf", "contactor_welded", "slow")
# Faults after which the relay or the chips say nothing: heat must be off at the first bad frame.
INHIBITS = ("tc_open", "tc_short_gnd", "tc_short_vcc", "spi_zero", "spi_ones")
HEATLESS = ("ssr_stuck_off", "mains_loss")  # no heat comes, by which a fallen probe could show
RELAY = ("ssr_stuck_on", "pad_stuck_high")  # heat that the relay cannot take away
CHIPS = (*INHIBITS, "tc_frozen", "tc_detached", "tc_offset")  # faults of one probe or the bus
LYING = ("tc_frozen", "tc_detached", "tc_offset")  # the chip reads what its probe is not
# Without these readings, a relay that is judged by them shows nothing.
BLIND = (*INHIBITS, "tc_frozen", "tc_detached")
# A chip that repeats its last word hides what its probe does.
HIDDEN = ("tc_open", "tc_short_gnd", "tc_short_vcc", "tc_detached", "tc_offset")
DETACHED_MOST = 0.3  # a junction that reads more of the heater than this may go unseen
AWAY_C = 15.0  # truth and reading this far apart are evidence


def row_of(kind: str, unit: Fitted) -> "Row | None":
    """The row for this unit's sensors; None where nothing is bounded."""
    for row in BOUNDS.get(kind, ()):
        fitted = {"load_sense": unit.load_sense, "heater": unit.judged_heater, "any": True}
        if fitted[row.sensors]:
            return row
    return None
