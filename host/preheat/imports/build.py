"""A foreign curve and the user's answers as a profile of ours, or every reason why not.

The limits of the waits are ours: three times a ramp and two minutes, twice a hold and two minutes,
twice the whole and ten minutes. They only end a run that hangs.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from preheat import tomlfiles
from preheat.imports import judge
from preheat.imports.curve import Curve
from preheat.imports.stages import Staged, staged
from preheat_core import profile

PURPOSES = ("preheat", "reflow", "bake")
# J-STD-020 and makers of ceramic capacitors: 3 °C/s. Sn42Bi57Ag1 paste: 2.5 °C/s (MG 4902P).
STEEPEST_C_S = 3.0
STEEPEST_SNBI_C_S = 2.5
TAL_S = 150  # the longest that J-STD-020 allows above liquidus
_LONGEST_S = 172800


@dataclass(frozen=True)
class Answers:
    """What the user said: temp_unit "c" or "f", alloy as written, name, purpose; None if not."""

    temp_unit: "str | None" = None
    alloy: "str | None" = None
    name: "str | None" = None
    purpose: "str | None" = None


@dataclass
class Built:
    """A profile that passes the checker, or the problems; notes say what was assumed and left
    out.
    """

    values: dict[str, Any]
    notes: list[str]
    problems: list[str]


def build(curve: Curve, answers: Answers, file_name: str) -> Built:
    """The profile. `file_name` goes into its source. All problems at once."""
    problems = list(curve.problems)
    degrees = _degrees(curve, answers.temp_unit, problems)
    metal = judge.alloy(curve, answers.alloy, file_name, problems)
    points = [(at_s, degrees(temp)) for at_s, temp in curve.points]
    made = staged(points) if not curve.problems else Staged([], [], [])
    problems += made.problems
    notes = curve.notes + made.notes
    if metal and made.stages:
        melting_c = None if curve.melting is None else degrees(curve.melting)
        judge.judge(
            metal, melting_c, made.stages, answers.purpose or "reflow", problems, notes
        )
    if problems or metal is None:
        return Built({}, notes, problems)
    values = _values(curve, answers, metal, made.stages, file_name, notes)
    if curve.highest is not None:
        _highest(values, degrees(curve.highest), file_name, problems)
    problems += [str(problem) for problem in tomlfiles.check_profile(values)]
    return Built(values, notes, problems)


def _degrees(curve: Curve, temp_unit: "str | None", problems: list[str]):
    if curve.unit == "?":
        problems.append("it names a unit of temperature that is neither °C nor °F")
    elif curve.unit is None and temp_unit is None:
        problems.append(f"{curve.kind} says no unit of temperature: say --temp-unit c or "
                        "--temp-unit f")  # fmt: skip
    elif curve.unit and temp_unit and curve.unit != temp_unit:
        problems.append(f"the file counts in °{curve.unit.upper()}, --temp-unit says "
                        f"{temp_unit}")  # fmt: skip
    if (curve.unit or temp_unit) == "f":
        return lambda value: (value - 32) / 1.8
    return lambda value: value


def _values(curve, answers, metal, stages: list, file_name: str, notes: list) -> dict[str, Any]:
    purpose = answers.purpose or "reflow"
    if answers.purpose is None:
        notes.append("the purpose was taken as reflow: --purpose says another")
    steepest = max([stage["ramp_c_s"] for stage in stages])
    usual = STEEPEST_SNBI_C_S if metal.family == "SnBi" else STEEPEST_C_S
    if steepest > usual:
        notes.append(f"its ramp of {steepest:g} °C/s is steeper than the {usual:g} °C/s that "
                     "parts and paste usually allow")
    source = f"imported from {_printable(file_name, 80)} ({curve.kind})"
    if curve.reference:
        source += f"; its reference: {curve.reference}"
    name = answers.name or slug(curve.name) or slug(file_name.rsplit(".", 1)[0]) or "imported"
    values: dict[str, Any] = {
        "schema": 1,
        "name": name,
        "title": _printable(curve.name, 60) or name[:60],
        "alloy": metal.family,
        "purpose": purpose,
        "source": source[:300],
        "ramp_max_c_s": _short(max(usual, steepest)),
        "stages": _full(stages),
    }
    planned_s = profile.planned_s(values)
    values["run_max_s"] = _capped(2 * planned_s + 600, planned_s)
    notes.append("ramp_max_s, hold_max_s and run_max_s are ours, and generous: look at them")
    if purpose == "reflow":
        _tal(values, notes)
    if metal.exact:
        values["job"] = {"alloy": metal.name}
        notes.append(f"[job] says {metal.name}: its limits go to the unit with the profile")
    return values


def _full(stages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The stages with their names and the limits of their waits."""
    out, from_c = [], profile.START_C
    for number, stage in enumerate(stages, 1):
        row = {"name": f"stage-{number}", **{key: _short(n) for key, n in stage.items()}}
        ramp_s = profile.ramp_s(stage, from_c)
        row["ramp_max_s"] = _capped(3 * ramp_s + 120, ramp_s)
        if stage["hold_s"]:
            row["hold_max_s"] = _capped(2 * stage["hold_s"] + 120, stage["hold_s"])
        else:
            del row["hold_s"]
        out.append(row)
        from_c = stage["target_c"]
    return out


def _tal(values: dict[str, Any], notes: list[str]) -> None:
    values["tal_max_s"] = TAL_S
    longer = [problem for problem in profile.check(values) if problem.path == "tal_max_s"]
    if longer:
        del values["tal_max_s"]
        notes.append(f"no tal_max_s was set: it would be {longer[0].want}, and the longest of "
                     f"J-STD-020 is {TAL_S} s")  # fmt: skip


def _highest(values: dict[str, Any], highest_c: float, file_name: str, problems: list) -> None:
    """A peak limit of the file's own as a limit of the board probe."""
    peak_c = max(stage["target_c"] for stage in values["stages"])
    if highest_c <= peak_c:
        problems.append(f"its own maximum temperature {highest_c:g} °C is not above its peak")
        return
    source = f"maximum temperature in {_printable(file_name, 80)}"
    values["limits"] = [
        {"role": "board", "max_c": _short(round(highest_c, 1)), "source": source}
    ]


def _short(number: float) -> float:
    return int(number) if number == int(number) else number


def _capped(wanted_s: float, least_s: float) -> int:
    """Whole minutes, not over the longest that a profile may say, not under the time itself."""
    return max(min(math.ceil(wanted_s / 60) * 60, _LONGEST_S), math.ceil(least_s))


def _printable(text: str, most: int) -> str:
    return "".join(c if c.isprintable() else "?" for c in text).strip()[:most].strip()


def slug(text: str) -> str:
    """A profile's name out of a title: a-z, 0-9 and -, at most 32 characters; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32].strip("-")
