"""A small, whole run log for tests, made by the real writer."""

from preheat_core import runlog
from preheat_core.faults import STATE_NAMES


def make_log(run_id, end, *, whole=True, by="tester", uid=None):
    """A small log: three records of one probe, two events, a summary."""
    writer = runlog.Writer(1)
    header = {
        "run": run_id, "profile": "hotplate-sac305", "alloy": "SAC305", "liquidus_c": 220,
        "probes": [["plate", "board"]], "stages": ["preheat"], "by": by,
    }
    header |= {"uid": uid} if uid else {}
    blocks = writer.header(header) + writer.event({"t_ms": 0, "ev": "start", "run": run_id})
    for t_ms, state, setpoint_c, temp_c in (
        (250, "ramp", 26.0, 25.0), (1250, "ramp", 27.0, 25.5), (2250, "cool", None, None),
    ):
        stage = None if setpoint_c is None else 0
        number = STATE_NAMES.index(state)
        writer.add_record(t_ms, number, stage, setpoint_c, 0.5, 0.25, 4, [(temp_c,) * 3])
    blocks += writer.event({"t_ms": 2300, "ev": "end", "run": run_id, "end": end})
    if whole:
        numbers = {"duration_s": 2.0, "peak_c": 25.5, "max_ramp_c_s": 0.5, "tal_s": 0.0,
                   "overshoot_c": 0.0, "tracking_rmse_c": 1.25, "slope_window_s": 10}
        faults = [["tc_open", "plate"]] if end.startswith("fault") else []
        blocks += writer.summary({"t_ms": 2300, "run": run_id, "end": end, "metrics": numbers,
                                  "peaks": [["plate", 25.5]], "faults": faults})
    return b"".join(blocks)
