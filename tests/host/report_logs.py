"""Whole run logs for the tests of the report: made by the real writer, with curves by formula."""

from preheat.report.intent import NOTHING
from preheat.report.judged import judged
from preheat.report.runs import load
from preheat_core import runlog
from preheat_core.faults import STATE_NAMES

START_C, FLOOR_C = 25.0, 50.0
PREHEAT_S, SOAK_S = 130, 200  # a reflow's stages end there
SAC_LIMITS = [
    ["board", 250, 246, "SAC305, 217 to 220; usual peak 240 to 250"],
    ["board_top", 250, 246, "SAC305, 217 to 220; usual peak 240 to 250"],
    ["component", 245, 241, "BGA body: J-STD-020 lead-free table, worst row"],
    ["heater", 400, 380, "board bench"],
]
BOTTOM_LIMITS = [["board", 212, 208, "SAC305 solidus 217 less 5: bottom heat stays below it"],
                 *SAC_LIMITS[1:]]  # fmt: skip


def header(**changes):
    """A header with every field; `changes` replaces some of them."""
    return {
        "run": "r000012", "by": "kim", "detached": False, "profile": "hotplate-sac305",
        "profile_hash": "632970d5ffabc1df", "alloy": "SAC305", "liquidus_c": 220,
        "unit": "bench-a", "uid": "e660583883724a32", "boot_id": "c9631962",
        "fw_hash": "59b1fad76d690026", "board": "bench", "board_hash": "e6edf35133ae39d1",
        "settings_hash": "f001655e84539ce5",
        "calibration": [["plate", -0.5, 1.001, "2026-01-10", "2027-01-10", "Fluke 724", "C-118"]],
        "epoch_s": 1789000000, "tick_ms": 250, "probes": [["plate", "board"]],
        "stages": ["preheat", "soak", "reflow"], "limits": SAC_LIMITS, "ramp_max_c_s": 3.0,
        "run_max_s": 1800, "spread_max_c": None, "tal_max_s": 150, **changes,
    }  # fmt: skip


def judge_in(folder):
    """A function that judges the bytes of a log, as from a file in this folder."""

    def judge(data, ask=NOTHING):
        path = folder / "r000012.plog"
        path.write_bytes(data)
        return judged(load(str(path)), ask)

    return judge


def reflow_c(peak_c, at_s):
    """°C of a reflow at a second: 1 °C/s to 150, a soak to 190, up to the peak, 0.8 °C/s down."""
    points = [(0, START_C), (PREHEAT_S, 155), (SOAK_S + 20, 190), (SOAK_S + 80, peak_c),
              (SOAK_S + 95, peak_c)]  # fmt: skip
    for (a_s, a_c), (b_s, b_c) in zip(points, points[1:]):
        if at_s <= b_s:
            return a_c + (b_c - a_c) * (at_s - a_s) / (b_s - a_s)
    return max(FLOOR_C, peak_c - 0.8 * (at_s - points[-1][0]))


def bottom_c(target_c, at_s):
    """°C of bottom heat at a second: 1 °C/s to the target, held to 600 s, 0.8 °C/s down."""
    if at_s > 600:
        return max(FLOOR_C, target_c - 0.8 * (at_s - 600))
    return min(START_C + at_s, target_c)


def record_log(
    head=None,
    curves=(lambda at_s: reflow_c(242.0, at_s),),
    *,
    end="done",
    heat_s=295,
    length_s=560,
    setpoint=None,
    stage=None,
    events=(),
    summary=True,
    external=(),
    spike=None,
    faults=(),
    over=(),
    noise=(),
):
    """The bytes of a log, a record a second.

    curves: for each probe of the header a function of the second, °C or None. end: as in the
    summary. heat_s: when the heat ended. setpoint: a function of the second; the first curve where
    None. events: more of them. summary: whether the log is closed. external: (from, to) s.
    spike: (s, probe, °C) that is only in a record's highest.
    """
    head = header() if head is None else head
    writer = runlog.Writer(len(curves))
    blocks = writer.header(head)
    own = [{"t_ms": 0, "ev": "start", "run": head.get("run")}]
    own += [{"t_ms": 1000 * s, "ev": kind, "i": i}
            for i, (from_s, to_s) in enumerate(zip((0, PREHEAT_S, SOAK_S), (130, 200, 280)))
            for kind, s in (("stage", from_s), ("reached", to_s))
            if s <= heat_s and i < len(head.get("stages", ()))]  # fmt: skip
    if end is not None:
        own.append({"t_ms": 1000 * heat_s, "ev": "end", "run": head.get("run"), "end": end})
    waiting = sorted([*own, *events], key=lambda event: event["t_ms"])
    for at_s in range(length_s):
        while waiting and waiting[0]["t_ms"] <= 1000 * at_s:
            blocks += writer.event(waiting.pop(0))
        heating = at_s < heat_s
        temps = [(c, c, c) for c in (curve(at_s) for curve in curves)]
        if spike and spike[0] == at_s:
            last, low, _ = temps[spike[1]]
            temps[spike[1]] = (last, low, spike[2])
        asked = (setpoint or curves[0])(at_s) if heating else None
        number = (stage or _stage)(at_s) if heating else None
        flags = runlog.FLAG_EXTERNAL if external and external[0] <= at_s < external[1] else 0
        state = STATE_NAMES.index("ramp" if heating else "cool")
        duty = 0.5 * heating
        t_ms = 1000 * at_s + 250
        block = writer.add_record(t_ms, state, number, asked, duty, duty, flags, temps)
        blocks += [block] if block else []
    blocks += [writer.flush()] if summary is False else []
    if summary:
        blocks += writer.summary({
            "run": head.get("run"), "end": end, "faults": list(faults), "metrics": {},
            "peaks": [], "over": list(over), "noise": list(noise),
        })  # fmt: skip
    return b"".join(block for block in blocks if block)


def _stage(at_s):
    return 0 if at_s < PREHEAT_S else 1 if at_s < SOAK_S else 2


def rework(at_joint_c=238.0, **changes):
    """Bottom heat to 130 °C with hot air from above on one joint: four probes, E pressed."""
    head = header(
        run="r000031", profile="preheat-sac305", stages=["warm", "rework"], limits=BOTTOM_LIMITS,
        probes=[["board", "board"], ["joint", "board_top"], ["bga", "component"],
                ["element", "heater"]],
        calibration=[], tal_max_s=None,
    )  # fmt: skip

    def joint(at_s):
        base = bottom_c(130.0, at_s)
        up = min(max(at_s - 300, 0), max(550 - at_s, 0), 100) / 100
        return base + (at_joint_c - 130) * up

    curves = (
        lambda s: bottom_c(130.0, s), joint, lambda s: joint(s) - 4,
        lambda s: 60 + 1.8 * bottom_c(130.0, s),
    )  # fmt: skip
    events = [{"t_ms": 290000, "ev": "external", "on": True},
              {"t_ms": 560000, "ev": "external", "on": False}]  # fmt: skip
    known = {"heat_s": 600, "length_s": 720, "external": (290, 560), "events": events,
             "stage": lambda s: 0 if s < 105 else 1}  # fmt: skip
    return record_log(head, curves, **{**known, **changes})
