"""Which alloy a foreign profile is for, and whether its temperatures and its names agree with it.

Profiles with the temperatures of another alloy under their name are in circulation: a wrong one
is refused here, before anything is written.
"""

from typing import Any

from preheat.imports import alloynames, metals
from preheat.imports.curve import Curve
from preheat.imports.metals import Metal
from preheat.limits.numbers import shown
from preheat_core import alloys, limits, settings

MELTING_APART_C = 5.0  # a file's melting point so far outside the alloy's range is another alloy
_SENSOR_C = settings.default("any")["sensor_error_c"]  # of a unit that says no other
_KNOWN = f"one of {', '.join(alloys.NAMES)}, or an exact one of `preheat limits`"


def alloy(
    curve: Curve, answered: "str | None", file_name: str, problems: list[str]
) -> "Metal | None":
    """The alloy of the user and the file; None with a problem where they do not tell one."""
    said = metals.find(answered) if answered else None
    own = metals.find(curve.alloy) if curve.alloy else None
    if answered and said is None:
        problems.append(f"--alloy {answered}: its melting range is not known here; say {_KNOWN}")
        return None
    if curve.alloy and own is None and said is None:
        problems.append(f'the melting range of the file\'s alloy "{curve.alloy}" is not known '
                        f"here: say --alloy, {_KNOWN}")  # fmt: skip
    elif curve.alloy and own is None:
        curve.notes.append(f'the melting range of the file\'s alloy "{curve.alloy}" is not known '
                           "here: --alloy was believed")  # fmt: skip
    if said and own and not _same(said, own):
        problems.append(f'the file says the alloy is "{curve.alloy}" ({own.name}), --alloy '
                        f"{said.name}")  # fmt: skip
    metal = own if own is not None and (said is None or own.exact) else said
    if metal is None:
        if not curve.alloy:
            problems.append(f"the file names no alloy: say --alloy, {_KNOWN}")
        return None
    for title in (curve.name, file_name.rsplit(".", 1)[0]):
        if not alloynames.contradicts(title, metal.family):
            continue
        text = f'its name "{title}" is of {alloynames.told(title)}, not of {metal.name}'
        if said is None:
            problems.append(f"{text}: if the alloy is right, say it with --alloy")
        else:
            curve.notes.append(f"{text}: --alloy was believed")
    if not metal.exact:
        curve.notes.append(f"{metal.name} is a group of alloys: it was judged by what a unit "
                           "takes for it. --alloy with an exact one uses its own melting range")
    return metal


def _same(said: Metal, own: Metal) -> bool:
    """Whether two names may mean one alloy: a group's name and one of its alloys may."""
    if said.family != own.family:
        return False
    return said.name == own.name or not (said.exact and own.exact)


def judge(
    metal: Metal, melting_c: "float | None", stages: list[dict[str, Any]], purpose: str,
    problems: list[str], notes: list[str],
) -> None:
    """An alloy and a purpose against the temperatures."""
    peak_c = max(stage["target_c"] for stage in stages)
    liquidus_c = metal.liquidus_c
    if melting_c is not None:
        low_c, high_c = metal.solidus_c - MELTING_APART_C, liquidus_c + MELTING_APART_C
        if not low_c <= melting_c <= high_c:
            range_c = shown(metal.solidus_c, liquidus_c, "°C")
            problems.append(f"its melting point {melting_c:.0f} °C is not that of {metal.name} "
                            f"({range_c})")  # fmt: skip
        else:
            liquidus_c = max(liquidus_c, melting_c)
    if purpose != "reflow":
        most_c = metal.solidus_c - limits.SOLIDUS_MARGIN_C
        if peak_c > most_c:
            problems.append(f"it peaks at {peak_c:g} °C: a {purpose} stays at {most_c:g} °C or "
                            f"less, {limits.SOLIDUS_MARGIN_C} °C below the solidus of "
                            f"{metal.name}")  # fmt: skip
    elif peak_c > metal.peak_max_c:
        problems.append(f"it peaks at {peak_c:g} °C, and {metal.name} is for {metal.peak_max_c:g} "
                        f"°C at most ({metal.source}): another alloy, or a wrong unit")
    elif peak_c <= liquidus_c:
        problems.append(f"it peaks at {peak_c:g} °C, and {metal.name} melts at {liquidus_c:g} °C: "
                        "another alloy, or no reflow (say --purpose preheat or bake)")
    elif peak_c > metal.peak_max_c - _SENSOR_C:
        notes.append(f"it peaks within {_SENSOR_C} °C of the {metal.peak_max_c:g} °C where a run "
                     "trips: a unit of the usual sensor error refuses it until that is lowered")
