"""Findings about what the unit measures and says now: probes, noise, faults, interlock."""

from preheat import faulttexts, hints
from preheat.doctor.facts import Facts, Unit
from preheat.doctor.finding import NOTE, PROBLEM, WARNING, Finding

_GROUND = "tc_short_gnd"
_INSULATED = (
    "take a probe with an insulated (ungrounded) tip, keep its tip and braid off grounded metal; "
    "unplug the laptop's charger to test; some amplifier boards tie T− to ground: cut that"
)


def findings(unit: Unit, facts: Facts) -> list[Finding]:
    """Everything about the state of a unit that was reached."""
    return [*_probes(unit), *_noise(unit), *_faults(unit), *_interlock(unit)]


def _probes(unit: Unit) -> list[Finding]:
    found = []
    for name, role, _temp_c, fault in unit.status.get("probes", ()):
        if fault is None:
            continue
        word, hint = hints.NOISE.get(str(fault), (str(fault), ""))
        text = faulttexts.find(fault)
        if fault == _GROUND:
            seen = f"probe {name} ({role}) reads short to ground"
            meaning = "its tip or a wire touches grounded metal: the probe is wired to ground"
            fix = _INSULATED
        else:
            seen = f"probe {name} ({role}) gives no reading: {word}"
            meaning = text.sentence if text else "the amplifier reports a fault"
            fix = text.action if text else hint
        found.append(Finding(PROBLEM, f"probe_{fault}", seen, meaning, fix))
    return found


def _noise(unit: Unit) -> list[Finding]:
    found = []
    for name, code, count, per_min in unit.status.get("noise", ()):
        if per_min is not None and per_min < hints.HINT_FROM:
            continue
        word, hint = hints.NOISE.get(str(code), (str(code), "see docs/wiring.md"))
        rate = "nothing else" if per_min is None else f"{per_min:.2g} a minute"
        found.append(Finding(
            WARNING, f"noise_{code}", f"probe {name} gives {word}: {rate} ({count} in all)",
            "single bad samples only withhold heat; more of them in a row end a run",
            _INSULATED if code == _GROUND else hint,
        ))  # fmt: skip
    return found


def _faults(unit: Unit) -> list[Finding]:
    found = []
    codes = unit.status.get("faults", ())
    for code in codes:
        text = faulttexts.find(code)
        detail = unit.status.get("detail") if len(codes) == 1 else ""  # it is of the worst
        found.append(Finding(
            PROBLEM, f"fault_{code}",
            f"fault {code} is latched" + (f" ({detail})" if detail else ""),
            text.sentence if text else "this version does not know that fault",
            f"{text.action if text else 'Update this toolkit.'} Then `preheat clear`.",
        ))  # fmt: skip
    return found


def _interlock(unit: Unit) -> list[Finding]:
    if unit.status.get("interlock") is not False or "interlock" in unit.status.get("faults", ()):
        return []
    return [Finding(NOTE, "interlock", "the interlock is open", "no run starts meanwhile",
                    "close the cover or release the emergency stop")]
