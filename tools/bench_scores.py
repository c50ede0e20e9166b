"""What a benchmark run looked like, tick by tick, and the figures made of it.

Everything is scored on the *true* board temperature: what a probe reads late is no excuse.
"""

import math
from dataclasses import dataclass, field

from preheat_core.clock import TICK_MS
from preheat_core.faults import RAMP

TICK_S = TICK_MS / 1000
NEAR_C = 1.0  # this close to the last target counts as having reached it
SETTLE_S = 60.0  # a hold counts as settled after this long, or its first two thirds if shorter
SHORTEST_HOLD_S, LONG_HOLD_S = 10.0, 90.0
AWAY_C = 2.0  # further from the setpoint than this the board is away


@dataclass
class Trace:
    """One row per tick while heating, as columns of equal length.

    t_s from the start; true_c, heater_c of the plant at the moment of the step; read_c: the
    filtered reading (None: none valid); setpoint_c after the step; duty 0 to 1; stage index and
    state (ramp, hold, wait).
    """

    t_s: list[float] = field(default_factory=list)
    true_c: list[float] = field(default_factory=list)
    read_c: list["float | None"] = field(default_factory=list)
    heater_c: list[float] = field(default_factory=list)
    setpoint_c: list[float] = field(default_factory=list)
    duty: list[float] = field(default_factory=list)
    stage: list[int] = field(default_factory=list)
    state: list[str] = field(default_factory=list)


@dataclass
class Result:
    """A run: how it ended, its faults (codes), its trace and its scores.

    rmse_c, overshoot_c: true against working setpoint over all heating; stages that expect heat
    from above count too, for none comes here. reach_s: when the truth first was within 1 °C of
    the last target; None if never. planned_s: when the setpoint would have been there had nothing
    waited. late_s: reach_s less planned_s. hold_dev_c: largest |true - target| in settled holds,
    None without one; long_hold_dev_c: the same in holds of 90 s and longer. away_s: the longest
    stretch further than 2 °C from the setpoint; back: each such stretch was over before heat
    ended and lasted no longer than the stage it began in.
    """

    end: str
    faults: list[str]
    trace: Trace
    rmse_c: float
    overshoot_c: float
    reach_s: "float | None"
    planned_s: float
    late_s: "float | None"
    hold_dev_c: "float | None"
    long_hold_dev_c: "float | None"
    away_s: float
    back: bool

    def figures(self) -> dict:
        """All but the trace, rounded, fit for JSON."""
        return {
            key: round(value, 3) if isinstance(value, float) else value
            for key, value in vars(self).items()
            if key != "trace"
        }


def score(trace: Trace, targets_c: list[float], planned_s: float, end: str, faults) -> Result:
    """The Result of a trace. targets_c: one target per stage. ValueError if the trace is empty."""
    if not trace.t_s:
        raise ValueError("no tick was heating")
    errors = [true - wanted for true, wanted in zip(trace.true_c, trace.setpoint_c)]
    reach_s = None
    for at_s, true_c in zip(trace.t_s, trace.true_c):
        if true_c >= targets_c[-1] - NEAR_C:
            reach_s = at_s
            break
    away_s, back = _away(trace, errors)
    spans = _holds(trace, targets_c)
    return Result(
        end=end, faults=list(faults), trace=trace,
        rmse_c=math.sqrt(sum(x * x for x in errors) / len(errors)),
        overshoot_c=max(0.0, *errors),
        reach_s=reach_s, planned_s=planned_s,
        late_s=None if reach_s is None else reach_s - planned_s,
        hold_dev_c=_deviation_c(spans, SHORTEST_HOLD_S),
        long_hold_dev_c=_deviation_c(spans, LONG_HOLD_S), away_s=away_s, back=back,
    )


def _holds(trace: Trace, targets_c: list[float]) -> list[tuple[float, list[float]]]:
    """(target, true °C tick by tick) of every span that holds one target."""
    spans: list[tuple[float, list[float]]] = []
    held_c = None  # the target of the span that is open
    for i, true_c in enumerate(trace.true_c):
        target_c = targets_c[trace.stage[i]]
        # A stage at the target of the one before passes through its ramp in a tick: one hold.
        stands = target_c == held_c and trace.setpoint_c[i] == target_c
        if trace.state[i] == RAMP and not stands:
            held_c = None
            continue
        if target_c != held_c:
            spans.append((target_c, []))
            held_c = target_c
        spans[-1][1].append(true_c)
    return spans


def _deviation_c(spans, shortest_s: float) -> "float | None":
    """Largest |true - target| once settled, over spans of at least that length."""
    worst = None
    for target_c, true_c in spans:
        seconds = len(true_c) * TICK_S
        if seconds >= shortest_s:
            settled = int(min(SETTLE_S, seconds * 2 / 3) / TICK_S)
            off_c = max(abs(at_c - target_c) for at_c in true_c[settled:])
            worst = off_c if worst is None else max(worst, off_c)
    return worst


def _away(trace: Trace, errors: list[float]) -> tuple[float, bool]:
    """Seconds of the longest stretch away from the setpoint, and whether all came back in time."""
    ticks_of = {index: trace.stage.count(index) for index in set(trace.stage)}
    longest = 0
    back = True
    begin = None
    for i, error in enumerate([*errors, 0.0]):
        if abs(error) > AWAY_C:
            begin = i if begin is None else begin
        elif begin is not None:
            longest = max(longest, i - begin)
            if i == len(errors) or i - begin > ticks_of[trace.stage[begin]]:
                back = False
            begin = None
    return longest * TICK_S, back
