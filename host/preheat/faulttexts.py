"""What every fault means and what to do about it: the words that a unit has no memory for.

One row per code of preheat_core.faults, in its order. Evidence is what is conclusive, sentence
what a person reads first, action what to do next.
"""

from typing import Any, NamedTuple


class Text(NamedTuple):
    """The words of one fault; sentence and action end with a full stop."""

    evidence: str
    sentence: str
    action: str


# After a sensor fault, a unit with neither contactor nor another witness is blind to its heater.
_BLIND = " No contactor and no other probe? Look whether the heat is off, else unplug."

TEXTS = {
    "tc_open": Text(
        "no valid reading for 1 s, open bit set",
        "A thermocouple is open.",
        "Check the plug, the screw terminals and the junction of the named probe." + _BLIND,
    ),
    "tc_short_gnd": Text(
        "no valid reading for 1 s, short-to-ground bit set",
        "A thermocouple is shorted to ground.",
        "Insulate the tip from grounded metal; unplug a laptop charger to test." + _BLIND,
    ),
    "tc_short_vcc": Text(
        "no valid reading for 1 s, short-to-supply bit set",
        "A thermocouple is shorted to the supply.",
        "Look for damaged insulation and for a wire on the wrong terminal." + _BLIND,
    ),
    "bus_zero": Text(
        "no valid reading for 1 s, frame all zeros",
        "A thermocouple amplifier answers only zeros.",
        "Check its supply, chip select and data wire (MISO)." + _BLIND,
    ),
    "bus_ones": Text(
        "no valid reading for 1 s, frame all ones",
        "A thermocouple amplifier answers only ones.",
        "Check its chip select and data wire (MISO); the chip may be missing." + _BLIND,
    ),
    "frame_bad": Text(
        "no valid reading for 1 s, frame breaks the chip's rules",
        "A thermocouple amplifier sends impossible frames.",
        "Shorten the SPI wires, check ground and clock; keep them away from the mains wires."
        + _BLIND,
    ),
    "bus_error": Text(
        "no valid reading for 1 s, the bus driver failed",
        "The thermocouple bus cannot be read.",
        "Check the SPI wiring and the pins in the board file." + _BLIND,
    ),
    "over_temp": Text(
        "4 of 5 samples at or above the limit",
        "A board, top or component probe reached its limit.",
        "Let it cool. Check probe contact, profile and load before the next run.",
    ),
    "heater_over_temp": Text(
        "4 of 5 samples at or above the ceiling",
        "The heater reached its ceiling.",
        "Let it cool. Check that the heater is not covered and that its probe is in place.",
    ),
    "ramp_fast": Text(
        "slope over 4.5 s 1 C/s above the limit for 2 s",
        "The temperature rose faster than allowed.",
        "Check the probe's contact, the board's mass and the stage's ramp.",
    ),
    "no_rise": Text(
        "2 C colder for 1 s than the slowest unit; heater takes no heat; no current",
        "Heat is commanded but the temperature does not rise.",
        "Check that the probe touches the board, the mains, the fuse, the relay and the heater.",
    ),
    "stuck_on": Text(
        "2 C hotter for 1 s than heat allows; heater not cooling 9 s after a cut; load seen",
        "Heat goes on although it was switched off: the relay is stuck on.",
        "UNPLUG THE HEATER NOW. Replace the solid-state relay before using the unit again.",
    ),
    "frozen": Text(
        "the 32-bit word unchanged where heat must move it, or 60 s under heat",
        "A thermocouple reading does not change at all.",
        "Restart the unit; if it returns, replace the amplifier of the named probe." + _BLIND,
    ),
    "spread": Text(
        "spread at its limit for 300 s, or 10 C beyond for 5 s",
        "The probes on the board are too far apart.",
        "Check that all touch the board; warm it more slowly or more evenly.",
    ),
    "tal_long": Text(
        "hottest probe above liquidus for longer than tal_max_s",
        "The solder was molten for too long.",
        "Judge the joints. Shorten the hold, or use a unit that is strong enough.",
    ),
    "cold_junction": Text(
        "4 valid frames in a row, amplifier not in -20 to 85 C",
        "A thermocouple amplifier is too hot or too cold to be believed.",
        "Move it away from heater and relay, or replace it.",
    ),
    "memory": Text(
        "a sealed limit and its complement disagree",
        "A limit changed in memory by itself.",
        "Restart the unit; if it returns, replace the controller.",
    ),
    "detached": Text(
        "8 s: fell by 5 C or rose by 10 C beyond its course, for 1 s",
        "A reading jumped: its probe came off, or the board was changed.",
        "Tape the probe down again. Declare external heat before you change a board under heat.",
    ),
    "anomaly": Text(
        "2 C hotter for 1 s than heat delivered allows",
        "The board gets more heat than was switched on.",
        "Look whether the heater glows: then unplug it. Declare heat from above; check power_w.",
    ),
    "interlock": Text(
        "the interlock input is open",
        "The interlock is open.",
        "Close the cover or release the emergency stop.",
    ),
    "ramp_timeout": Text(
        "the stage's ramp_max_s has passed",
        "The stage's target was not reached in time.",
        "Lower the ramp, allow more time, or use a stronger heater or a lighter load.",
    ),
    "hold_timeout": Text(
        "the stage's hold_max_s has passed",
        "The temperature did not stay in the band long enough.",
        "Widen the band or allow more time; check for draughts.",
    ),
    "operator_timeout": Text(
        "the stage's operator_max_s has passed",
        "Nobody continued the run in time.",
        "Start again when the work can go on.",
    ),
    "run_timeout": Text(
        "the run's longest time has passed",
        "The run took longer than allowed.",
        "Allow more time in the profile, or find out why the unit is slow.",
    ),
    "link": Text(
        "10 s without a heartbeat from the session that started the run",
        "The laptop that started the run went silent.",
        "Check cable and laptop; use --detach for runs that need no laptop.",
    ),
    "gate_timeout": Text(
        "the hardware timer had to take the heat away",
        "The control loop stopped for longer than 600 ms.",
        "Pull the log and report it: this is a defect or a failing flash.",
    ),
    "late": Text(
        "a tick over 1.5 s, 9 of 240 late, or the clock not going forward",
        "The control loop does not keep its time.",
        "Pull the log and report it: a failing flash, or a host that blocks the line.",
    ),
    "pad": Text(
        "a pin reads other than commanded in 2 ticks",
        "The pin of relay or contactor does not follow its command.",
        "UNPLUG THE HEATER NOW. Look for a short at the named pin; replace the controller.",
    ),
    "contactor": Text(
        "3 C of rise, or a load for 0.75 s, with the contactor open",
        "Heat came although the contactor was open: it is welded or bridged.",
        "UNPLUG THE HEATER NOW. Replace the contactor, or find the bridge; then prove it again.",
    ),
    "log_failed": Text(
        "a write to the run log failed",
        "The run log cannot be written.",
        "Pull and delete old logs; if it returns, the flash is failing.",
    ),
    "flash_full": Text(
        "no room for the run's log, at its start",
        "The flash is full of logs that nobody fetched.",
        "Run `preheat log pull --all --delete`, then clear.",
    ),
    "flash_bad": Text(
        "a test file failed at boot or at a start",
        "The flash does not keep what is written.",
        "Pull the logs and deploy again; if it returns, replace the controller.",
    ),
    "internal": Text(
        "an exception inside a tick, or a stored latch that does not read",
        "The firmware met an error of its own.",
        "Pull the log and report it; deploy the firmware again.",
    ),
    "config": Text(
        "board, pins or settings missing, damaged or refused at boot",
        "The unit's configuration cannot be used.",
        "Run `preheat deploy` and `preheat config push`, then restart.",
    ),
}

# Why heat is withheld, where the unit gives no fault's code or the fault itself has not come yet.
WITHHELD = {
    "relay": "to see whether relay and heater obey",
    "ahead": "the board is above its setpoint",
    "limit": "a probe is close to its limit",
    "ramp": "the board rises faster than its limit",
    "detached": "a reading jumped",
    "spread": "the probes are too far apart",
}


def withheld(code: Any) -> str:
    """Why heat is withheld: the code with its words, or alone where it is not known."""
    text = find(code)
    words = WITHHELD.get(str(code)) or (text.sentence.rstrip(".") if text else "")
    return f"{code}: {words}" if words else str(code)


def find(code: Any) -> "Text | None":
    """The words of a code; None for one that this version does not know."""
    return TEXTS.get(str(code))


def told(events: "list[dict[str, Any]]") -> "list[dict[str, Any]]":
    """Events of a unit or a log as they are shown: `action` in each known fault."""
    return [_with_action(event) for event in events]


def _with_action(event: "dict[str, Any]") -> "dict[str, Any]":
    text = find(event.get("code")) if event.get("ev") == "fault" else None
    return event if text is None else {"action": text.action, **event}
