"""What came of one case of the campaign, as plain figures."""

from typing import Any


def outcome(played: Any, bad_logs: list[str]) -> dict[str, Any]:
    """`played` is a finished campaign_play.Play; `unsafe` and `false` are lists of sentences."""
    case, judge, host = played.case, played.judge, played.host
    truth = judge.truth
    alone = len(case.faults) == 1
    started = played.again.cleared  # on a cause that may be there still
    return {
        "label": case.label, "healthy": case.healthy, "unit": str(case.unit),
        "sensors": case.unit.sensors, "tune": case.unit.tune,
        "kinds": [row["kind"] for row in case.faults], "codes": judge.said,
        "refused": None if started else host.refused, "runs": host.begun,
        "unsafe": judge.unsafe + bad_logs, "false": judge.false, "limited": judge.limited,
        "unplug": judge.unplug,
        "faults": [tracker.result(alone) for tracker in judge.past or judge.trackers],
        "again": [tracker.result(alone) for tracker in judge.trackers] if judge.past else [],
        "again_refused": host.refused if started else None,
        "excess_c": round(truth.excess_c, 2), "over_c": round(truth.over_c, 2),
        "bench_s": round(played.now_s, 1), "ticks": played.ticks,
    }
