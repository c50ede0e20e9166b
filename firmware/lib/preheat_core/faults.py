"""The one table of states and the one table of faults: what each is, how it clears, what to do.

Everything else (guard, sequencer, log, host, documents) names them by the codes written here.
"""

# The states of a unit, in the order of their numbers in the run log.
STATES = (
    ("idle", "No run. Heat is off."),
    ("ramp", "Moving toward the stage's target at its rate."),
    ("hold", "Inside the band; only time inside it counts."),
    ("wait", "The stage is complete; an operator must continue it."),
    ("cool", "The run has ended, heat is off; logging goes on until the board is cool."),
    ("fault", "A fault is latched. Heat is off until it is cleared."),
)
IDLE, RAMP, HOLD, WAIT, COOL, FAULT = (row[0] for row in STATES)
STATE_NAMES = tuple(row[0] for row in STATES)
HEATING_STATES = (RAMP, HOLD, WAIT)  # the only states in which heat may be permitted

# Severity: higher is worse; the worst latched fault is the one a unit reports first.
STOP = 1  # the run cannot go on; nothing is known to be broken
TRIP = 2  # something is broken or was exceeded
UNPLUG = 3  # heat may still be on although it was switched off: a person must cut the mains

# How a fault clears, after `clear`:
CAUSE_GONE = "cause gone"  # refused while the cause is still measured
ALWAYS = "on request"  # nothing to measure
COOL_AND_GONE = "cause gone and below 50 C"


class Fault:
    """One row: code, severity, evidence that is conclusive, how it clears, sentence, action."""

    __slots__ = ("action", "clears", "code", "evidence", "sentence", "severity")

    def __init__(self, code, severity, evidence, clears, sentence, action):
        self.code = code
        self.severity = severity
        self.evidence = evidence
        self.clears = clears
        self.sentence = sentence
        self.action = action


FAULTS = (
    Fault(
        "tc_open", TRIP, "no valid reading for 1 s, open bit set", CAUSE_GONE,
        "A thermocouple is open.",
        "Check the plug, the screw terminals and the junction of the named probe.",
    ),
    Fault(
        "tc_short_gnd", TRIP, "no valid reading for 1 s, short-to-ground bit set", CAUSE_GONE,
        "A thermocouple is shorted to ground.",
        "Insulate the tip from grounded metal; unplug a laptop charger to test.",
    ),
    Fault(
        "tc_short_vcc", TRIP, "no valid reading for 1 s, short-to-supply bit set", CAUSE_GONE,
        "A thermocouple is shorted to the supply.",
        "Look for damaged insulation and for a wire on the wrong terminal.",
    ),
    Fault(
        "bus_zero", TRIP, "no valid reading for 1 s, frame all zeros", CAUSE_GONE,
        "A thermocouple amplifier answers only zeros.",
        "Check its supply, chip select and data wire (MISO).",
    ),
    Fault(
        "bus_ones", TRIP, "no valid reading for 1 s, frame all ones", CAUSE_GONE,
        "A thermocouple amplifier answers only ones.",
        "Check its chip select and data wire (MISO); the chip may be missing.",
    ),
    Fault(
        "frame_bad", TRIP, "no valid reading for 1 s, frame breaks the chip's rules", CAUSE_GONE,
        "A thermocouple amplifier sends impossible frames.",
        "Shorten the SPI wires, check ground and clock; keep them away from the mains wires.",
    ),
    Fault(
        "bus_error", TRIP, "no valid reading for 1 s, the bus driver failed", CAUSE_GONE,
        "The thermocouple bus cannot be read.",
        "Check the SPI wiring and the pins in the board file.",
    ),
    Fault(
        "over_temp", TRIP, "4 of 5 samples at or above the limit", COOL_AND_GONE,
        "A board, top or component probe reached its limit.",
        "Let it cool. Check probe contact, profile and load before the next run.",
    ),
    Fault(
        "heater_over_temp", TRIP, "4 of 5 samples at or above the ceiling", COOL_AND_GONE,
        "The heater reached its ceiling.",
        "Let it cool. Check that the heater is not covered and that its probe is in place.",
    ),
    Fault(
        "ramp_fast", TRIP, "slope over 4.5 s 1 C/s above the limit for 2 s", CAUSE_GONE,
        "The temperature rose faster than allowed.",
        "Check the probe's contact, the board's mass and the stage's ramp.",
    ),
    Fault(
        "no_rise", TRIP, "less than 3 C in 120 s at duty 0.5 or more, setpoint 5 C up", CAUSE_GONE,
        "Heat is commanded but the temperature does not rise.",
        "Check that the probe touches the board, the mains, the fuse, the relay and the heater.",
    ),
    Fault(
        "stuck_on", UNPLUG,
        "rising 180 s after heat, 20 s by a heater probe, or 60 s undiminished; load seen",
        COOL_AND_GONE,
        "Heat goes on although it was switched off: the relay is stuck on.",
        "UNPLUG THE HEATER NOW. Replace the solid-state relay before using the unit again.",
    ),
    Fault(
        "frozen", TRIP, "the whole 32-bit word unchanged for 20 to 60 s under heat", CAUSE_GONE,
        "A thermocouple reading does not change at all.",
        "Restart the unit; if it returns, replace the amplifier of the named probe.",
    ),
    Fault(
        "interlock", STOP, "the interlock input is open", CAUSE_GONE,
        "The interlock is open.",
        "Close the cover or release the emergency stop.",
    ),
    Fault(
        "ramp_timeout", STOP, "the stage's ramp_max_s has passed", ALWAYS,
        "The stage's target was not reached in time.",
        "Lower the ramp, allow more time, or use a stronger heater or a lighter load.",
    ),
    Fault(
        "hold_timeout", STOP, "the stage's hold_max_s has passed", ALWAYS,
        "The temperature did not stay in the band long enough.",
        "Widen the band or allow more time; check for draughts.",
    ),
    Fault(
        "operator_timeout", STOP, "the stage's operator_max_s has passed", ALWAYS,
        "Nobody continued the run in time.",
        "Start again when the work can go on.",
    ),
    Fault(
        "run_timeout", STOP, "the run's longest time has passed", ALWAYS,
        "The run took longer than allowed.",
        "Allow more time in the profile, or find out why the unit is slow.",
    ),
    Fault(
        "link", STOP, "10 s without a heartbeat from the session that started the run", ALWAYS,
        "The laptop that started the run went silent.",
        "Check cable and laptop; use --detach for runs that need no laptop.",
    ),
    Fault(
        "gate_timeout", TRIP, "the hardware timer had to take the heat away", ALWAYS,
        "The control loop stopped for longer than 600 ms.",
        "Pull the log and report it: this is a defect or a failing flash.",
    ),
    Fault(
        "log_failed", TRIP, "a write to the run log failed", ALWAYS,
        "The run log cannot be written.",
        "Pull and delete old logs; if it returns, the flash is failing.",
    ),
    Fault(
        "internal", TRIP, "an exception inside a tick", ALWAYS,
        "The firmware met an error of its own.",
        "Pull the log and report it; deploy the firmware again.",
    ),
    Fault(
        "config", STOP, "board, pins or settings missing, damaged or refused at boot", CAUSE_GONE,
        "The unit's configuration cannot be used.",
        "Run `preheat deploy` and `preheat config push`, then restart.",
    ),
)
_BY_CODE = {row.code: row for row in FAULTS}
CODES = tuple(row.code for row in FAULTS)


def fault(code) -> Fault:
    """The row of a code; KeyError if there is none."""
    return _BY_CODE[code]


def worst(codes):
    """The code with the highest severity, the first of equals; None for an empty sequence."""
    found = None
    for code in codes:
        if found is None or _BY_CODE[code].severity > _BY_CODE[found].severity:
            found = code
    return found
