"""How long each fault may last: the one table of the campaign's bounds, and what its evidence is.

Two numbers a row: `reach_s` is the goal and is counted, `hard_s` is what docs/safety.md promises;
past that a run is unsafe. Both count from the first conclusive evidence, which is taken from the
plant (see campaign_evidence), never from the unit. None promises nothing.
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

    limit: whether the true temperature is held against the run's limits while this fault lasts.
    """

    sensors: str
    evidence: str  # a class of campaign_evidence
    reach_s: Seconds
    hard_s: Seconds
    limit: bool = True

    def seconds(self, unit: Fitted) -> tuple["float | None", "float | None"]:
        """(reach, hard) for this unit."""
        reach, hard = (
            at(unit) if callable(at) else at for at in (self.reach_s, self.hard_s)
        )
        return reach, hard


def stuck_s(unit: Fitted) -> float:
    """By the board alone: it must rise, the controller must cut, and the coast must be over."""
    return 2 * unit.late_s + (120.0 if unit.tune == "good" else 300.0)


INVALID = (Row("any", "Instant", 1.0 + SAMPLE_S, 1.0 + SAMPLE_S),)
DEAD = (
    # No heat flows: what it takes stands in the table, and nothing is unsafe about it.
    Row("heater", "Dead", 40.0, None),
    Row("any", "Dead", lambda u: u.late_s + 60, None),
)
BOUNDS: dict[str, tuple[Row, ...]] = {
    "tc_open": INVALID,
    "tc_short_gnd": INVALID,
    "tc_short_vcc": INVALID,
    "spi_zero": INVALID,
    "spi_ones": INVALID,
    "tc_frozen": (Row("any", "Frozen", 15.0, 65.0, limit=False),),
    "tc_detached": (
        # The injected offset is the whole of what the air differs by: the limit is not judged, and
        # what came of it stands in the table.
        Row("any", "Away", lambda u: u.late_s + 10, lambda u: u.late_s + 60, limit=False),
    ),
    "tc_offset": (Row("any", "Away", lambda u: u.late_s + 10, None),),
    "ssr_stuck_on": (
        Row("load_sense", "Stuck", 1.0 + 2 * TICK_S, 2.5),
        Row("heater", "Stuck", 15.0, 40.0),
        Row("any", "Stuck", lambda u: u.late_s + 40, stuck_s, limit=False),
    ),
    # By the firmware's own reading of its pins: two ticks that command low, where there are any.
    "pad_stuck_high": (Row("any", "Loose", 3.0, 45.0),),
    "ssr_stuck_off": DEAD,
    "mains_loss": DEAD,
    "interlock": (Row("any", "Instant", 2 * TICK_S, 2 * TICK_S),),
    "host_silent": (Row("any", "Silence", 10 + 2 * TICK_S, 10 + 2 * TICK_S),),
    "raise": (Row("any", "Instant", 2 * TICK_S, WATCHDOG_S + 1.0),),
    "flash": (Row("any", "Instant", 21.0, 25.0),),
    "limits_flip": (Row("any", "Instant", 2 * TICK_S, 1.0),),
}
# Any latched fault may come of these, or none; the run's limits hold.
TOLERATED = (
    "heater_gain", "external_heat", "board_swap", "power_cut", "clock_jump", "clock_stand", "late",
)
# Nothing may come of these: a fault that is latched is a false trip.
BENIGN = ("garbage", "deaf", "contactor_welded", "slow")
# Faults after which the relay or the chips say nothing: heat must be off at the first bad frame.
INHIBITS = ("tc_open", "tc_short_gnd", "tc_short_vcc", "spi_zero", "spi_ones")
# A chip that repeats its last word hides what its probe does.
HIDDEN = ("tc_open", "tc_short_gnd", "tc_short_vcc", "tc_detached", "tc_offset")
DETACHED_MOST = 0.3  # a junction that reads more of the heater than this may go unseen
AWAY_C = 15.0  # truth and reading this far apart are evidence


def judged_heater(unit: Fitted) -> bool:
    """A heater's probe that the firmware judges by; of an oven's element too little is known."""
    return unit.has("heater") and unit.heater != "oven"


def row_of(kind: str, unit: Fitted) -> "Row | None":
    """The row for this unit's sensors; None where nothing is bounded."""
    for row in BOUNDS.get(kind, ()):
        fitted = {"load_sense": unit.load_sense, "heater": judged_heater(unit), "any": True}
        if fitted[row.sensors]:
            return row
    return None
