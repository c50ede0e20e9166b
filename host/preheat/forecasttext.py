"""A forecast in words: the table and lines of `profile check`, the few lines before a run."""

from typing import Any

from preheat.forecast import Forecast, Stage

NOT_TUNED = "not tuned: slow; ramps may take many times as long or time out: run `preheat tune`"
HEADS = ("stage", "ramp", "needs", "at", "could do", "holds with", "heater", "stretched by")
MOST_STAGES = 2  # named one by one before a run


def table(found: Forecast) -> "list[tuple[Any, ...]]":
    """Rows for HEADS."""
    return [
        (
            stage.name, f"{stage.ramp_c_s:g} °C/s" if stage.ramp_c_s else None,
            _percent(stage.needed), f"{stage.needed_at_c:.0f} °C",
            f"{stage.most_c_s:.2f} °C/s", _percent(stage.hold),
            None if stage.heater_c is None else f"{stage.heater_c:.0f} °C",
            None if stage.stretched_s is None else f"{stage.stretched_s:.0f} s",
        )
        for stage in found.stages
    ]


def lines(found: Forecast) -> list[str]:
    """The verdict and its numbers, to stand under the table."""
    text = [verdict(found)]
    text += [_stretched(stage) for stage in found.stretched]
    if found.curve:
        text.append(
            f"predicted {_outcome(found)}, {found.overshoot_c or 0:.1f} °C over the setpoint at "
            f"most; planned {_minutes(found.planned_s)}; operator waits not counted"
        )
    text.append(_board(found))
    return text


def card_lines(found: "Forecast | None") -> list[str]:
    """At most three lines for the card before a run; None stands for a unit that is not tuned."""
    if found is None:
        return [NOT_TUNED]
    waits = sorted(found.stretched, key=lambda stage: -(stage.stretched_s or 0))
    text = [_stretched(stage) for stage in waits[:MOST_STAGES]]
    more = waits[MOST_STAGES - 1 :]
    if len(more) > 1:
        seconds = sum(stage.stretched_s or 0 for stage in more)
        text[-1] = f"{len(more)} more stages are stretched by about {seconds:.0f} s in all"
    last = _outcome(found) if waits and found.end == "done" else verdict(found)
    if found.end == "done" and not waits:
        last += f"; {_outcome(found)}"
    return [*text, f"{last} ({_board(found)})"]


def verdict(found: Forecast) -> str:
    """Whether the unit can follow the profile, in one sentence."""
    after = _minutes(found.seconds)
    if found.problems:
        return "this unit cannot follow it"
    if found.end == "refused":
        return f"this unit would refuse it: {found.detail}"
    if found.end == "":
        return f"too long to be looked at to its end; {after} by the plan"
    if found.end != "done":
        return f"it would end in {found.end} after {after} ({found.detail})"
    if found.stretched:
        seconds = sum(stage.stretched_s or 0 for stage in found.stretched)
        return f"this unit can follow it, stretched by {seconds:.0f} s in all"
    if found.lagging:
        seconds = sum(stage.held_s or 0 for stage in found.lagging)
        lag_c = max(stage.lag_c or 0 for stage in found.lagging)
        return f"this unit lags by up to {lag_c:.0f} °C and takes about {seconds:.0f} s longer"
    return "this unit can follow it"


def _outcome(found: Forecast) -> str:
    peak = "" if found.peak_c is None else f", peak {found.peak_c:.1f} °C"
    return _minutes(found.seconds) + peak


def _board(found: Forecast) -> str:
    if found.board_j_k == found.tuned_j_k:
        return f"board as tuned, {found.board_j_k:.0f} J/K"
    return f"board of {found.board_j_k:.0f} J/K; tuned with {found.tuned_j_k:.0f} J/K"


def _stretched(stage: Stage) -> str:
    by = f"stretched by about {stage.stretched_s:.0f} s"
    if stage.needed > 1:
        return f"stage {stage.name!r} needs {_percent(stage.needed)} of the power: {by}"
    return f"stage {stage.name!r} is {by}: the heater must get hot enough first"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds < 600 else f"{seconds / 60:.0f} min"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0 else "none"
