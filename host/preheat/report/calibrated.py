"""What the page says of the readings' worth: calibration in the run, and the declared error."""

import datetime
from dataclasses import dataclass

from preheat.calibration import dates
from preheat.report.header import Calibrated, Header, text
from preheat.report.runs import Run
from preheat.report.words import DASH
from preheat_core.board import PROCESS_ROLES
from preheat_core.limits import HEATER_MARGIN_C

UNSAID = "not said"


@dataclass(frozen=True)
class Given:
    """One probe's calibration as text. expired: it was over on the day that counts."""

    probe: str
    offset: str
    gain: str
    date: str
    due: str
    instrument: str
    certificate: str
    expired: bool
    remark: str


def given(run: Run, today: str) -> "tuple[Given, ...]":
    """A row for each calibrated probe. The day of the run counts; today where its unit had no
    clock. Temperatures in the log have the correction in them already."""
    day, which = _day(run.header, today)
    return tuple(_row(row, day, which) for row in run.header.calibration)


def uncalibrated(run: Run) -> "tuple[str, ...]":
    """The probes of the run that were not calibrated, as their names."""
    named = {row.probe for row in run.header.calibration}
    names = [text(trace.name, 30) for trace in run.series.traces if text(trace.name) not in named]
    return () if run.foreign else tuple(names)


def about_error(header: Header) -> "list[str]":
    """How the level at which heat is withheld follows from the declared error of the sensors."""
    said = []
    by_level: dict[tuple[float, float], list[str]] = {}
    for row in header.limits:
        if row.approach_c is not None:
            by_level.setdefault((row.trip_c, row.approach_c), []).append(row.role)
    for (trip_c, approach_c), roles in by_level.items():
        who = ", ".join(role.replace("_", " ") for role in roles)
        less_c = f"{trip_c - approach_c:g} °C"
        why = ("the unit's declared sensor error" if any(role in PROCESS_ROLES for role in roles)
               else f"a fixed distance of {HEATER_MARGIN_C} °C")  # fmt: skip
        said.append(f"{who}: the run trips at {trip_c:g} °C, heat is withheld from "
                    f"{approach_c:g} °C on, that is {less_c} less ({why}).")  # fmt: skip
    if said:
        said.append("The error is declared in the unit's settings, not measured in this run. "
                    "Readings are compared with limits as they are: it is neither added nor taken "
                    "off; a margin smaller than it is no certainty.")  # fmt: skip
    return said


def _day(header: Header, today: str) -> "tuple[datetime.date, str]":
    found = dates.parse(today) or dates.today()
    if header.epoch_s is not None:
        try:
            return datetime.datetime.fromtimestamp(header.epoch_s, datetime.UTC).date(), "the run"
        except (OverflowError, OSError, ValueError):
            pass
    return found, "this report (the run has no date)"


def _row(row: Calibrated, day: datetime.date, which: str) -> Given:
    due = dates.parse(row.due)
    expired = due is not None and due < day
    remark = f"EXPIRED on the day of {which}" if expired else ""
    if row.due is not None and due is None:
        remark = "its due date does not read"
    return Given(
        row.probe,
        DASH if row.offset_c is None else f"{row.offset_c:+.2f} °C".replace("-", "−"),
        DASH if row.gain is None else f"{row.gain:.4f}",
        row.date or UNSAID,
        row.due or UNSAID,
        row.instrument or UNSAID,
        row.certificate or UNSAID,
        expired,
        remark,
    )
