"""A line of times and temperatures as stages: ramps with their rate, and holds after them.

What a stage cannot say (rates beyond its range, jumps) is a problem, never bent into shape; the
fall at the end is left out, because the heat ends there and the board cools by itself.
"""

from dataclasses import dataclass
from typing import Any

from preheat.imports.simplify import TOLERANCES_C, Points, simplified
from preheat_core.check import Field
from preheat_core.profile import FIELDS, STAGE_FIELDS

ROOM_C = 40.0  # no room is hotter: a profile that starts above it starts warm
WARM_UP_C_S = 0.5  # the ramp to such a start, which no file tells
LEVEL_C = 0.5  # a line that stays so close to a target is a hold of it
_NEVER = "it never heats: no point is above the one before it"


def _field(fields: tuple[Field, ...], key: str) -> Field:
    return next(field for field in fields if field.key == key)


RAMP, TARGET = _field(STAGE_FIELDS, "ramp_c_s"), _field(STAGE_FIELDS, "target_c")
HOLD_MAX_S = _field(STAGE_FIELDS, "hold_s").high
MOST = _field(FIELDS, "stages").high


@dataclass
class Staged:
    """Stages with target_c, ramp_c_s and hold_s only; what was noted, and what cannot be."""

    stages: list[dict[str, Any]]
    notes: list[str]
    problems: list[str]


def staged(points: Points) -> Staged:
    """Points (s, °C) in the file's order, as stages. Problems where they cannot be any."""
    problems = _time_problems(points)
    if problems:
        return Staged([], [], problems)
    notes: list[str] = []
    whole = _heated(points, notes)
    if len(whole) < 2:
        return Staged([], notes, [_NEVER])
    found = Staged([], notes, [])
    for tolerance_c in TOLERANCES_C:
        line = simplified(whole, tolerance_c)
        found = _legs(line, notes)
        if len(found.stages) <= MOST:
            if len(line) < len(whole):
                found.notes.append(
                    f"{len(whole) - len(line)} points lie within {tolerance_c:g} °C of the line "
                    "between the others and were merged into it"
                )
            return found
    found.problems.append(
        f"{len(found.stages)} stages are left when all within {TOLERANCES_C[-1]:g} °C is merged, "
        f"and {MOST} are the most"
    )
    return found


def _time_problems(points: Points) -> list[str]:
    out = []
    if len(points) < 2:
        return ["it has no two points"]
    for i in range(1, len(points)):
        before, point = points[i - 1], points[i]
        if point[0] < before[0]:
            out.append(f"the time goes back, from {before[0]:g} s to {point[0]:g} s")
        elif point[0] == before[0] and abs(point[1] - before[1]) > LEVEL_C:
            out.append(f"it jumps from {before[1]:.1f} to {point[1]:.1f} °C at {point[0]:g} s")
    return out[:8]


def _heated(points: Points, notes: list[str]) -> Points:
    """From the start to the end of the last rise or hold, times from 0, no time twice."""
    line = [points[0]]
    for point in points[1:]:
        if point[0] > line[-1][0]:
            line.append(point)
    cold = 0
    while cold + 1 < len(line) and max(line[cold][1], line[cold + 1][1]) < TARGET.low:
        cold += 1
    if cold:
        notes.append(f"what it does below {TARGET.low} °C, to {line[cold][0]:g} s, was left out")
        line = line[cold:]
    end = len(line)
    while end > 1 and line[end - 1][1] < line[end - 2][1] - LEVEL_C:
        end -= 1
    if end < len(line):
        notes.append(
            f"the fall from {line[end - 1][1]:.0f} to {line[-1][1]:.0f} °C at the end was left "
            "out: the heat ends and the board cools by itself"
        )
    start_s = line[0][0]
    if start_s > 0 and not cold:
        notes.append(f"its clock starts at {start_s:g} s; here the run does")
    return [(at_s - start_s, temp_c) for at_s, temp_c in line[:end]]


def _legs(line: Points, notes: list[str]) -> Staged:
    found = Staged([], list(notes), [])
    at_c = line[0][1]
    done_s = due_s = line[0][0]  # when the stages so far end, and when the line does
    if at_c > ROOM_C:
        found.notes.append(f"it starts at {at_c:.1f} °C: a ramp of {WARM_UP_C_S:g} °C/s to there "
                           "was put before it")  # fmt: skip
        at_c = round(at_c, 1)
        found.stages.append({"target_c": at_c, "ramp_c_s": WARM_UP_C_S, "hold_s": 0})
    elif len(line) > 1:
        found.notes.append(f"it starts at {at_c:.1f} °C; a run starts from what the board has")
    for before, point in zip(line, line[1:]):
        target_c = round(point[1], 1)
        due_s = point[0]
        if abs(target_c - at_c) <= LEVEL_C:
            if not found.stages:
                found.notes.append(f"its wait of {due_s:g} s at {at_c:.1f} °C was left out")
                done_s = due_s
                continue
            hold_s = max(0, round(due_s - done_s))
            found.stages[-1]["hold_s"] += hold_s
            done_s += hold_s
            continue
        rate_c_s = _rate(before, point, at_c, target_c, found.problems)
        found.stages.append({"target_c": target_c, "ramp_c_s": rate_c_s, "hold_s": 0})
        if not TARGET.low <= target_c <= TARGET.high:
            found.problems.append(
                f"{target_c:g} °C at {due_s:g} s: a target is {TARGET.low} to {TARGET.high} °C"
            )
        done_s += abs(target_c - at_c) / rate_c_s
        at_c = target_c
    if not found.stages:
        found.problems.append(_NEVER)
    found.problems += [
        f"a hold of {stage['hold_s']} s: {HOLD_MAX_S} s are the longest"
        for stage in found.stages if stage["hold_s"] > HOLD_MAX_S
    ]
    return found


def _rate(before, point, from_c: float, to_c: float, problems: list[str]) -> float:
    """Rate of one ramp, with as many digits as keep its time within a twentieth of a second."""
    span_s = point[0] - before[0]
    exact = abs(to_c - from_c) / span_s
    if not RAMP.low <= exact <= RAMP.high:
        way = "steeper" if exact > RAMP.high else "slower"
        edge = RAMP.high if exact > RAMP.high else RAMP.low
        problems.append(
            f"{from_c:.1f} to {to_c:.1f} °C in {span_s:g} s is {way} than {edge} °C/s, which is "
            "as far as a ramp goes"
        )
        return edge
    for digits in range(2, 9):
        rate = min(max(float(f"{exact:.{digits}g}"), RAMP.low), RAMP.high)
        if abs(abs(to_c - from_c) / rate - span_s) < 0.05:
            return rate
    return exact
