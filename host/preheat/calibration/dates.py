"""The dates in calibration rows: which cannot be, and which calibrations are overdue.

This computer's date decides: a unit's clock may never have been set.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from preheat_core import check


def today() -> datetime.date:
    """This computer's date."""
    return datetime.date.today()


def parse(text: Any) -> "datetime.date | None":
    """A date written YYYY-MM-DD; None for anything else."""
    try:
        found = datetime.date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.isoformat() == text else None  # not 20260101, not a week


def problems(values: Any) -> list[check.Problem]:
    """What is wrong with the dates in a settings dict: not a date, in the future, the wrong order.

    A unit without a clock cannot judge them, so only the laptop does.
    """
    found = []
    for i, row in check.rows_of(values, "calibration"):
        where = f"calibration[{i}]."
        dates = {key: parse(row[key]) for key in ("date", "due") if key in row}
        found += [
            check.Problem(where + key, row[key], "a date as YYYY-MM-DD")
            for key, date in dates.items()
            if date is None
        ]
        made, due = dates.get("date"), dates.get("due")
        if made is not None and made > today():
            fix = "correct it, or this computer's clock"
            found.append(check.Problem(where + "date", row["date"], "today or earlier", fix))
        if made is not None and due is not None and due < made:
            found.append(check.Problem(where + "due", row["due"], "not before `date`"))
    return found


def overdue(rows: "Iterable[dict[str, Any]]") -> list[str]:
    """A sentence for each calibration that was due before today."""
    found = []
    for row in rows:
        due = parse(row.get("due"))
        if due is not None and due < today():
            found.append(
                f"the calibration of {row['probe']} expired: it was due on {due} "
                f"({days((today() - due).days)} ago)"
            )
    return found


def days(count: int) -> str:
    """A number of days in words."""
    return "1 day" if count == 1 else f"{count} days"
