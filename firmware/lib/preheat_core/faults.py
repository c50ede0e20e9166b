"""The one table of states and the one table of faults: how bad each is and how it clears.

Everything else (guard, sequencer, log, host, documents) names them by the codes written here.
What they mean and what to do about them is for the host to say: preheat/faulttexts.py.
"""

# The states of a unit, in the order of their numbers in the run log. idle: no run, heat is off.
# ramp: moving toward the stage's target. hold: in the band, where alone time counts. wait: an
# operator must continue. cool: the run has ended, logging goes on. fault: latched until cleared.
STATE_NAMES = ("idle", "ramp", "hold", "wait", "cool", "fault")
IDLE, RAMP, HOLD, WAIT, COOL, FAULT = STATE_NAMES
HEATING_STATES = (RAMP, HOLD, WAIT)  # the only states in which heat may be permitted

# Severity: higher is worse; the worst latched fault is the one a unit reports first.
STOP = 1  # the run cannot go on; nothing is known to be broken
TRIP = 2  # something is broken or was exceeded
UNPLUG = 3  # heat may still be on although it was switched off: a person must cut the mains

# How a fault clears, after `clear`:
ALWAYS = 0  # on request: nothing to measure
CAUSE_GONE = 1  # refused while the cause is still measured
COOL_AND_GONE = 2  # the same, and every probe must read below 50 °C

# (code, severity, how it clears)
FAULTS = (
    ("tc_open", TRIP, CAUSE_GONE),
    ("tc_short_gnd", TRIP, CAUSE_GONE),
    ("tc_short_vcc", TRIP, CAUSE_GONE),
    ("bus_zero", TRIP, CAUSE_GONE),
    ("bus_ones", TRIP, CAUSE_GONE),
    ("frame_bad", TRIP, CAUSE_GONE),
    ("bus_error", TRIP, CAUSE_GONE),
    ("over_temp", TRIP, COOL_AND_GONE),
    ("heater_over_temp", TRIP, COOL_AND_GONE),
    ("ramp_fast", TRIP, CAUSE_GONE),
    ("no_rise", TRIP, CAUSE_GONE),
    ("stuck_on", UNPLUG, COOL_AND_GONE),
    ("frozen", TRIP, CAUSE_GONE),
    ("spread", TRIP, CAUSE_GONE),
    ("tal_long", TRIP, CAUSE_GONE),
    ("cold_junction", TRIP, CAUSE_GONE),
    ("memory", TRIP, CAUSE_GONE),
    ("detached", TRIP, ALWAYS),
    ("anomaly", TRIP, COOL_AND_GONE),
    ("interlock", STOP, CAUSE_GONE),
    ("ramp_timeout", STOP, ALWAYS),
    ("hold_timeout", STOP, ALWAYS),
    ("operator_timeout", STOP, ALWAYS),
    ("run_timeout", STOP, ALWAYS),
    ("link", STOP, ALWAYS),
    ("gate_timeout", TRIP, ALWAYS),
    ("late", TRIP, ALWAYS),
    ("pad", UNPLUG, COOL_AND_GONE),
    ("contactor", UNPLUG, COOL_AND_GONE),
    ("log_failed", TRIP, ALWAYS),
    ("flash_full", STOP, CAUSE_GONE),
    ("flash_bad", TRIP, CAUSE_GONE),
    ("internal", TRIP, ALWAYS),
    ("config", STOP, CAUSE_GONE),
)
_ROWS = {row[0]: row for row in FAULTS}
CODES = tuple(row[0] for row in FAULTS)


def severity(code) -> int:
    """STOP, TRIP or UNPLUG; KeyError if there is no such code."""
    return _ROWS[code][1]


def clears(code) -> int:
    """ALWAYS, CAUSE_GONE or COOL_AND_GONE; KeyError if there is no such code."""
    return _ROWS[code][2]


def worst(codes):
    """The code with the highest severity, the first of equals; None for an empty sequence."""
    found = None
    for code in codes:
        if found is None or severity(code) > severity(found):
            found = code
    return found
