"""From the log of a tuning run to a verdict: the data, the fit, the doubts, the table to store."""

import time
from typing import Any, NamedTuple

from preheat.errors import Refused
from preheat.tuning import figures, judge, recipe
from preheat.tuning.data import Data, from_log
from preheat.tuning.fit import Fitted, fit
from preheat.tuning.judge import Doubt
from preheat_core import runlog, settings
from preheat_core.faults import HEATING_STATES

DIGITS = 5


class Tuned(NamedTuple):
    """The verdict on one run. `fitted` is None when the log itself speaks against it."""

    data: Data
    fitted: "Fitted | None"
    doubts: list[Doubt]

    @property
    def minutes(self) -> float:
        """How long the test took."""
        return self.data.duration_s / 60

    def model(self, source: str = "") -> dict[str, Any]:
        """The table `model` of the settings, with today's date and where it comes from.

        ValueError without a fit.
        """
        if self.fitted is None:
            raise ValueError("there is no fit")
        table = dict(self.fitted.model)
        table["fit_c"] = self.fitted.fit_c
        found: dict[str, Any] = {}
        for field in settings.MODEL_FIELDS:
            if field.key == "tuned":
                found["tuned"] = f"{time.strftime('%Y-%m-%d')} {source}".strip()[: field.high]
            elif isinstance(table[field.key], bool):
                found[field.key] = table[field.key]
            else:
                value = min(field.high, max(field.low, table[field.key]))
                found[field.key] = float(f"{value:.{DIGITS}g}")
        return found

    def as_dict(self, source: str = "") -> dict[str, Any]:
        """The verdict as plain JSON values, without the curves; `source` as for `model`."""
        found: dict[str, Any] = {
            "minutes": round(self.minutes, 2),
            "doubts": [doubt._asdict() for doubt in self.doubts],
        }
        if self.fitted is not None:
            fitted = self.fitted
            numbers = figures.parameters(fitted), figures.derived(fitted, self.data.power_w)
            found.update(
                model=self.model(source), fit_c=round(fitted.fit_c, 3),
                heater_fit_c=fitted.heater_fit_c and round(fitted.heater_fit_c, 3),
                quality=figures.quality(fitted.fit_c),
                parameters=[row._asdict() for row in numbers[0]],
                figures=[row._asdict() for row in numbers[1]],
            )
        return found


def evaluate(log: runlog.Log, board: dict[str, Any]) -> Tuned:
    """Judge and fit the log of a tuning run, closed or still open after the heat.

    board: the unit's checked board file. Refused when there is nothing in the log to fit.
    """
    ran = (log.header or {}).get("profile")
    if ran != recipe.NAME:
        raise Refused(f"this is the log of {ran or 'an unknown profile'}, not of a tuning run",
                      "choose another, or run `preheat tune`")
    try:
        data = from_log(log, board)
    except (ValueError, IndexError) as error:
        raise Refused(f"not tuned, {error}", "run `preheat tune` again") from error
    ends = [event.get("end") for event in log.events if event.get("ev") == "end"]
    end = log.end or (ends[-1] if ends else None) or "cut off"
    external = any(
        row[6] & runlog.FLAG_EXTERNAL for row in log.records if row[1] in HEATING_STATES
    )
    doubts = judge.log_doubts(end, external, data)
    if doubts:
        return Tuned(data, None, doubts)
    fitted = fit(data, board["zones"][0]["heater_kind"])
    return Tuned(data, fitted, judge.fit_doubts(data, fitted))
