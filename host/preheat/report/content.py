"""What the page says about one run, in words and numbers, ready to be set. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from preheat import faulttexts
from preheat.analysis.measure import ProbeMeasures
from preheat.hints import noise_lines
from preheat.limits.numbers import MARK
from preheat.report import words
from preheat.report.calibrated import Given, about_error, given, uncalibrated
from preheat.report.chart import Course
from preheat.report.checks import Check
from preheat.report.header import text
from preheat.report.judged import Judged
from preheat.report.runs import Run
from preheat_core.board import PROCESS_ROLES

MOST_EVENTS = 14  # listed and numbered; what matters most stays when there are more
# Events that the page can do without where there is no room, the first to go first.
_DISPENSABLE = ("alarm", "closed", "incident", "ack", "clear", "inhibit", "approach")
# Numbers of each probe that are shown whether or not they are limited: (field, head, unit).
SHOWN = (
    ("peak_c", "peak", "°C"), ("peak_at_s", "at", "s"), ("max_ramp_c_s", "steepest rise", "°C/s"),
    ("max_cool_c_s", "steepest fall", "°C/s"), ("tal_s", "above liquidus", "s"),
    ("tal_longest_s", "at a stretch", "s"), ("soak_s", "soak", "s"),
    ("to_peak_s", "25 °C to peak", "s"),
)  # fmt: skip
_OF_BOARD = ("tal_s", "tal_longest_s", "soak_s", "to_peak_s")


@dataclass(frozen=True)
class Row:
    """One line of the table of limits, as text. state: "inside", "OUTSIDE" or "unknown"."""

    what: str
    probe: str
    measured: str
    limit: str
    margin: str
    state: str
    source: str
    marked: bool


@dataclass(frozen=True)
class Fault:
    code: str
    detail: str
    sentence: str
    action: str


@dataclass(frozen=True)
class Content:
    """One run's part of the page. facts, hashes: (label, text). heads, numbers: the table of
    what was measured. noise: faults and spikes of the probes. events: (number, time, words),
    `left_out` more were not listed."""

    name: str
    word: str
    sentence: str
    reasons: "tuple[str, ...]"
    notes: "tuple[str, ...]"
    facts: "tuple[tuple[str, str], ...]"
    rows: "tuple[Row, ...]"
    pwi: str
    basis: "tuple[str, ...]"
    heads: "tuple[str, ...]"
    numbers: "tuple[tuple[str, ...], ...]"
    whole: "tuple[tuple[str, str], ...]"
    noise: "tuple[str, ...]"
    events: "tuple[tuple[int, str, str], ...]"
    left_out: int
    faults: "tuple[Fault, ...]"
    calibration: "tuple[Given, ...]"
    uncalibrated: "tuple[str, ...]"
    error: "tuple[str, ...]"
    hashes: "tuple[tuple[str, str], ...]"
    course: Course


def content(found: Judged, today: str) -> Content:
    """What the page says of a judged run. today: YYYY-MM-DD, for calibrations where the run has
    no date of its own."""
    run = found.run
    events, left_out = _events(run)
    return Content(
        run.name,
        found.verdict.word,
        found.verdict.sentence,
        found.verdict.reasons,
        found.verdict.notes,
        tuple(_facts(run)),
        tuple(_rows(found.checks)),
        _pwi(found),
        tuple(_basis(found)),
        *_numbers(found.measures.probes),
        tuple(_whole(found)),
        tuple(_noise(run)),
        tuple((number, words.clock(at_s), said) for number, at_s, said in events),
        left_out,
        tuple(_fault(*row) for row in run.faults),
        given(run, today),
        uncalibrated(run),
        tuple(about_error(run.header)),
        tuple(_hashes(run)),
        course(found, events),
    )


def course(found: Judged, events: "Sequence[tuple[int, float, str]]" = ()) -> Course:
    """The run as its chart wants it."""
    header = found.run.header
    return Course(
        found.run.name,
        found.run.series,
        header.stages,
        tuple((row.role, row.trip_c) for row in header.limits),
        found.measures.liquidus_c,
        tuple(events),
    )


def _facts(run: Run) -> "list[tuple[str, str]]":
    said, header = run.header.said, run.header
    if run.foreign:
        return [("read as", run.foreign), ("file", run.file), *(("note", n) for n in run.notes)]
    unit = said.get("unit") or "without a name"
    by = said.get("by")
    detached = " (detached: it needed no laptop)" if header.detached else ""
    found = [
        ("run", run.name),
        ("started", words.moment(header.epoch_s)),
        ("by", f"{by or 'nobody named'}{detached}"),
        ("unit", f"{unit}, chip {said.get('uid', words.DASH)}"),
        ("board file", said.get("board", words.DASH)),
        ("profile", _profile(run)),
        ("alloy", said.get("alloy", words.DASH)),
        ("ended", _ended(run)),
    ]
    if run.damage:
        found.append(("damage", run.damage))
    return found


def _profile(run: Run) -> str:
    name, purpose = run.header.said.get("profile", words.DASH), run.header.purpose
    return name if purpose is None else f"{name} ({purpose})"


def _ended(run: Run) -> str:
    ends = {
        "done": "done: the profile ran to its end", "aborted": "stopped by a person",
        "reset": "cut off: the unit restarted", None: "unknown: the log has no end",
    }  # fmt: skip
    said = ends.get(run.end) or str(run.end)
    return said if run.heat_s is None else f"{said}, heat for {words.clock(run.heat_s)}"


def _rows(found: "Sequence[Check]") -> "list[Row]":
    """A line for each number that is not inside, and one for all that are inside the same limits:
    that of the probe nearest to them. Every probe's numbers are in the other table."""
    alike: dict[tuple, list[Check]] = {}
    for check in found:
        own = check.probe if check.inside is not True else None
        key = (check.statistic, check.low, check.high, check.source, check.inside, own)
        alike.setdefault(key, []).append(check)
    return [_row(min(group, key=lambda c: c.margin or 0.0), len(group))
            for group in alike.values()]  # fmt: skip


def _row(check: Check, of: int) -> Row:
    probe = text(check.probe, 30) + (f" (nearest of {of})" if of > 1 else "")
    state = {True: "inside", False: "OUTSIDE", None: "unknown"}[check.inside]
    return Row(check.name, probe, words.measured(check),
               words.limit(check), words.margin(check), state, text(check.source, 200),
               not check.verified)  # fmt: skip


def _pwi(found: Judged) -> str:
    if found.pwi is None:
        return "none: no number of this run has a window with two limits"
    percent, rating = found.pwi
    signed = rating.percent or 0.0
    check = next(check for check in found.checks if check.rating is rating)
    where = f" of {text(rating.probe)}" if rating.probe else ""
    marked = "" if check.verified else f" ({MARK})"
    side = "above" if signed > 0 else "below"
    name = check.name[:1].upper() + check.name[1:]
    return (
        f"{words.percent(percent)} (100 % and more is out). "
        f"{name}{where} binds: {words.measured(check)} in {words.limit(check)}"
        f"{marked}, {side} the middle"
    )


def _basis(found: Judged) -> "list[str]":
    """What the verdict rests on."""
    said = []
    if found.run.header.limits:
        said.append("the limits that the unit held in this run, as its log names them")
    if found.stack is not None:
        question = found.stack.question
        more = [question.package, question.laminate, question.procedure]
        parts = ", ".join(str(part) for part in [found.stack.alloy.name, *more] if part)
        said.append(f"the tables' limits for {parts}")
    if found.melts:
        said.append(f"solder was to melt, for {found.melts}; probes that had to reach the "
                    f"liquidus: {', '.join(found.joints) or 'none'}")  # fmt: skip
    else:
        said.append("solder was not to melt by this run alone")
    said.append(f"slopes by least squares over {found.measures.slope_window_s:g} s")
    return [text(line, 300) for line in said]


def _numbers(
    probes: "Sequence[ProbeMeasures]",
) -> "tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]":
    """Heads and rows of all that was measured; columns that nobody has are left out."""
    shown = [row for row in SHOWN if any(getattr(p, row[0]) is not None for p in probes)]
    table = []
    for probe in probes:
        cells = []
        for field, _, unit in shown:
            amount = getattr(probe, field)
            if field in _OF_BOARD and probe.role not in PROCESS_ROLES:
                amount = None  # of a heater or the room it would mean nothing
            if amount is not None and field == "peak_at_s":
                cells.append(words.clock(amount))
            else:
                cells.append(words.value(amount, unit))
        table.append((text(probe.name, 30), probe.role.replace("_", " "), *cells))
    return ("probe", "role", *(head for _, head, _ in shown)), tuple(table)


def _whole(found: Judged) -> "list[tuple[str, str]]":
    measures = found.measures
    long_s = measures.duration_s
    rows = [("recorded", None if long_s is None else words.clock(long_s))]
    for label, amount, unit in (
        ("spread at peak", measures.spread_at_peak_c, "°C"),
        ("overshoot over the setpoint", measures.overshoot_c, "°C"),
        ("tracking, rms", measures.tracking_rmse_c, "°C"),
        ("energy", measures.energy_wh, "Wh"),
    ):
        rows.append((label, None if amount is None else words.value(amount, unit)))
    return [(label, said) for label, said in rows if said is not None]


def _noise(run: Run) -> "list[str]":
    """Rates of faults and spikes; nothing of a log that has no such count."""
    if run.noise is None:
        return []
    return noise_lines(run.noise) or ["none"]


def _events(run: Run) -> "tuple[list[tuple[int, float, str]], int]":
    """The events worth a line, numbered in their order, and how many more there were."""
    told = [
        (words.event_s(event), words.event(event, run.header.stages), str(event.get("ev")))
        for event in run.events
    ]
    told = [row for row in told if row[1] and row[2] != "stage"]  # the chart shows those
    count = len(told)
    for kind in _DISPENSABLE:
        if len(told) <= MOST_EVENTS:
            break
        told = [row for row in told if row[2] != kind]
    told = told[: MOST_EVENTS - 1] + told[-1:] if len(told) > MOST_EVENTS else told
    numbered = [(i, at_s, said) for i, (at_s, said, _) in enumerate(told, 1)]
    return numbered, count - len(told)


def _fault(code: str, detail: str) -> Fault:
    found = faulttexts.find(code)
    if found is None:
        return Fault(code, detail, "A fault that this version does not know.", "")
    return Fault(code, detail, found.sentence, found.action)


def _hashes(run: Run) -> "list[tuple[str, str]]":
    rows = [(f"log file {run.file}, SHA-256", run.sha256)]
    if not run.foreign:
        rows += [(label, run.header.said.get(key, words.DASH)) for label, key in (
            ("firmware", "fw_hash"), ("board file", "board_hash"), ("settings", "settings_hash"),
            ("profile", "profile_hash"))]  # fmt: skip
    return rows
