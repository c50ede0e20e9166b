"""`[job]` of a profile file: what is worked on, as limits that go to the unit in the profile.

Only the laptop reads the table. Its limits are written into the profile, tightened and never
loosened, and the table itself is taken off: the unit refuses keys that it does not know.
"""

from collections.abc import Callable
from typing import Any

from preheat.errors import Refused
from preheat.limits import alloys, lookup, parts
from preheat.limits.numbers import MARK
from preheat.limits.question import Question, asked
from preheat.limits.stack import Stack, stack
from preheat_core import alloys as device
from preheat_core import check as fields
from preheat_core import profile
from preheat_core.board import PROCESS_ROLES
from preheat_core.check import Problem

# What is on a board is often known by its family only.
_EXISTING = tuple(dict.fromkeys((*alloys.names(), *device.NAMES)))
FIELDS = (
    fields.choice("alloy", alloys.names()),
    fields.choice("existing", _EXISTING, None),
    fields.choice("package", tuple(row.name for row in parts.packages()), None),
    fields.number("thickness_mm", 0.1, 50, "mm", None),
    fields.number("volume_mm3", 0.1, 100_000, "mm³", None),
    fields.choice("laminate", tuple(row.name for row in parts.laminates()), None),
    fields.choice("procedure", tuple(row.name for row in parts.procedures()), None),
)
# How `--alloy` and the other options are looked up: in any case, and by usual other names.
_KNOWN: "dict[str, Callable[[str], Any]]" = {
    "alloy": alloys.known,
    "existing": alloys.known,
    "package": lambda name: lookup.row(name, parts.packages()),
    "laminate": lambda name: lookup.row(name, parts.laminates()),
    "procedure": lambda name: lookup.row(name, parts.procedures()),
}
_SOURCE_MOST = next(field.high for field in profile.LIMIT_FIELDS if field.key == "source")


def check(data: "dict[str, Any]") -> "list[Problem]":
    """All problems of a loaded profile file's `[job]`, also those between it and the stages; none
    of a file without one. What else is wrong with the profile is for preheat_core to say."""
    if "job" not in data:
        return []
    job = data["job"]
    found = fields.check_table(_by_table_names(job), FIELDS, "job")
    if found:
        return found
    family = alloys.find(job["alloy"]).family
    if data.get("alloy") != family:
        want = f'"{family}", the family of job.alloy {job["alloy"]}'
        fix = "the unit knows an alloy by its family: correct one of the two"
        found.append(Problem("alloy", data.get("alloy"), want, fix))
    try:
        limits = stack(question(data))
    except Refused as refusal:
        lines = refusal.problems or (str(refusal),)
        return found + [Problem("job", job, "a job that can be done", line) for line in lines]
    return found + _package(data, limits) + _stages(data, limits)


def _by_table_names(job: "Any") -> "Any":
    """The job with names as the tables spell them, where they know what is meant: sac305, 63/37.
    Everything else stays, to be told of as it was written."""
    if not isinstance(job, dict):
        return job
    named = dict(job)
    for field in FIELDS:
        value = job.get(field.key)
        if isinstance(value, str) and value not in field.choices and field.key in _KNOWN:
            row = _KNOWN[field.key](value)
            named[field.key] = value if row is None else row.name
    return named


def _package(data: "dict[str, Any]", limits: Stack) -> "list[Problem]":
    """A profile that says BGA beside a job with another part: one of the two is wrong."""
    part = limits.asked.package
    if data.get("package") != "bga" or part is None or "bga" in part.classes:
        return []
    want = f"absent, since job.package is {part.name}"
    return [Problem("package", "bga", want, "correct one of the two")]


def resolve(data: "dict[str, Any]") -> "dict[str, Any]":
    """A new profile: `data` (checked) with the limits of its `[job]` in it and without the table.

    `limits` is then the tightest row of each role, `ramp_max_c_s` and for a reflow `tal_max_s`
    are lowered where the tables say so, and `package` is set where the part is a BGA.
    """
    rest = {key: value for key, value in data.items() if key != "job"}
    if "job" not in data:
        return rest
    limits = stack(question(data))
    rest["limits"] = _tightest(rest.get("limits", ()), limits)
    ramp = limits.tightest("ramp_c_s")
    if ramp is not None and ramp.high is not None:
        rest["ramp_max_c_s"] = min(rest["ramp_max_c_s"], ramp.high)
    above = limits.tightest("tal_s")
    if above is not None and above.high is not None and rest["purpose"] == "reflow":
        rest["tal_max_s"] = min(rest.get("tal_max_s", int(above.high)), int(above.high))
    if "bga" in limits.asked.classes:
        rest["package"] = "bga"
    return rest


def cautions(data: "dict[str, Any]") -> "list[str]":
    """What to know of the two solders of a checked profile's `[job]`; none of one without."""
    if "job" not in data:
        return []
    about = asked(question(data))
    return [f"{row.shown} ({row.said})" for row in alloys.cautions(about.alloy, about.existing)]


def question(data: "dict[str, Any]") -> Question:
    """The question that the `[job]` of a profile asks. A purpose that is none counts as preheat,
    whose limits are the tightest; so does `tune`."""
    purpose = data.get("purpose")
    return Question(purpose=purpose if purpose in ("reflow", "bake") else "preheat", **data["job"])


def _tightest(own: "Any", limits: Stack) -> "list[dict[str, Any]]":
    """One row for each role that has a limit; of equal ones the profile's own."""
    found = []
    for role in PROCESS_ROLES:
        rows = [dict(row) for row in own if row["role"] == role]
        row = limits.tightest("max_c", role)
        if row is not None:
            rows.append({"role": role, "max_c": row.high, "source": short(row.said)})
        if rows:
            found.append(min(rows, key=lambda row: row["max_c"]))
    return found


def short(said: str) -> str:
    """A source as a profile may hold it: cut to its length, the mark of an unverified one kept."""
    if len(said) <= _SOURCE_MOST:
        return said
    tail = f"… ({MARK})" if said.endswith(f"({MARK})") else "…"
    return said[: _SOURCE_MOST - len(tail)] + tail


def _stages(data: "dict[str, Any]", limits: Stack) -> "list[Problem]":
    """Targets and ramps of the stages that the tables do not allow, whoever wrote the rest."""
    found = []
    hot, ramp = limits.tightest("max_c", "board"), limits.tightest("ramp_c_s")
    for i, stage in fields.rows_of(data, "stages"):
        for key, row, least in (("target_c", hot, "below"), ("ramp_c_s", ramp, "at most")):
            value = stage.get(key)
            if row is None or row.high is None or not fields.is_number(value):
                continue
            assert isinstance(value, (int, float))  # is_number tells no type checker
            if value > row.high or (least == "below" and value == row.high):
                want = f"{least} {row.high:g} {row.unit} ({row.said})"
                found.append(Problem(f"stages[{i}].{key}", value, want, "lower it"))
    return found + _melts(data, limits)


def _melts(data: "dict[str, Any]", limits: Stack) -> "list[Problem]":
    """A reflow whose hottest stage does not get above the liquidus: of the alloy itself, which
    may lie 10 °C above that of the family, the only one a unit knows."""
    stages = fields.rows_of(data, "stages")
    known = [
        (value, -i) for i, stage in stages
        if isinstance(value := stage.get("target_c"), (int, float)) and fields.is_number(value)
    ]  # fmt: skip
    if data.get("purpose") != "reflow" or not known or len(known) < len(stages):
        return []
    hottest_c, i = max(known)
    liquidus_c = limits.alloy.liquidus_c
    if hottest_c > liquidus_c:
        return []
    said = f"{liquidus_c.source}{'' if liquidus_c.verified else f', {MARK}'}"
    want = f"above {liquidus_c:g} °C, the liquidus of {limits.alloy.name} ({said})"
    fix = "raise this hottest stage, or say another alloy or purpose"
    return [Problem(f"stages[{-i}].target_c", hottest_c, want, fix)]
