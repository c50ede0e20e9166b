"""Gates on heat cycles, moisture and calibration: where each fires, saying what, and where not."""

from datetime import timedelta

from host.record_world import NOW, TODAY, dry, probe, question, run, works
from preheat.record.model import Site

YESTERDAY = TODAY - timedelta(days=1)
BAKE = {"name": "bake-125", "alloy": "SAC305", "purpose": "bake", "stages": [{"target_c": 125}]}
HOT_BAKE = {**BAKE, "stages": [{"target_c": 126}]}
AIR_BAKE = {**BAKE, "stages": [{"target_c": 100, "external_heat": True}]}
TWICE = {"sites": (Site("U7", "BGA", 1), Site("U8", "QFN")), "runs": (run(),)}


def ago(hours):
    return NOW - timedelta(hours=hours)


def wet(msl="3", opened_h=200.0, **changes):
    """A part that has been out of its bag for so many hours."""
    return works(bake=dry(msl=msl, out_of_bag_at=ago(opened_h), **changes))


def baked(hours, temp_c=125.0, msl="3", done_h=1.0, thickness_mm=1.2):
    """A part that was out too long, then baked, so many hours ago."""
    return wet(
        msl, 5000, thickness_mm=thickness_mm, done_at=ago(done_h), temp_c=temp_c, hours=hours
    )


CASES = {
    "cycles-contract": (
        {
            "board had 1 cycle of 1": works(cycle_limit_board=1, runs=(run(),)),
            "board had 3 cycles of 3": works(cycle_limit_board=3, cycles_before=3),
            "board had 0 cycles of 0": works(cycle_limit_board=0),
            "^U7 had 2 cycles of 2$": works(cycle_limit_site=2, **TWICE),
            "board had 4 cycles of 3": question(of_job={"cycle_limit_board": 3}, board_cycles=4),
            "a site 2 cycles, but the job names no site": works(cycle_limit_site=2, sites=()),
            "board had 1 cycle of 1$": question(
                of_job={"cycle_limit_board": 1, "runs": (run(),)}, profile=HOT_BAKE
            ),
            "^U7 had 5 cycles of 5$": question(
                of_job={"cycle_limit_site": 5}, site_cycles={"U7": 5}
            ),
        },
        {
            "one left": works(cycle_limit_board=2, runs=(run(),)),
            "it did not count": works(cycle_limit_board=1, runs=(run(heat_cycle=False),)),
            "no limit": works(cycles_before=9),
            "other sites of the board": question(
                of_job={"cycle_limit_site": 2}, site_cycles={"U8": 5}
            ),
            "another site": question(
                of_job={"cycle_limit_site": 2, **TWICE}, sites=("U8",)
            ),
            "counts not": question(of_job={"cycle_limit_board": 0}, heat_cycle=False),
            "bakes": question(of_job={"cycle_limit_board": 0}, profile=BAKE),
            "no limit of sites, no site": works(sites=()),
        },
    ),
    "cycles-many": (
        {"^U7 had 2 cycles$": works(**TWICE)},
        {
            "once": works(runs=(run(),)),
            "another site": question(of_job=TWICE, sites=("U8",)),
            "a contract says": works(cycle_limit_site=5, **TWICE),
            "bakes": question(of_job=TWICE, profile=BAKE),
        },
    ),
    "bake-due": (
        {
            "level 3 was taken out of its bag 169 h ago, 168 h": wet("3", 169),
            "level 5a was taken out of its bag 25 h ago": wet("5a", 25),
            "level 6 is baked before every use": wet("6", 0.5),
            "6 is baked before every use": wet("6", 0),
            "6 is baked before .* no bake": wet("6", -1),
            "nobody said since when": works(bake=dry(out_of_bag_at=None)),
            "baked 8 h at 125 °C; level 3 and 1.2 mm take 9 h": baked(8),
            "level 3 and a body take 48 h": baked(9, thickness_mm=None),
            "level 4 and 2 mm take 34 h": baked(30, msl="4", thickness_mm=2.0),
            "9 h at 90 °C; level 3 and 1.2 mm take 33 h": baked(9, 90),
            "9 h at 110 °C; level 3 and 1.2 mm take 33 h": baked(9, 110),
            "without its temperature": baked(9, None),
            "was baked 200 h ago, 168 h": baked(9, done_h=200),
            "level 6 was baked 25 h ago": baked(9, msl="6", done_h=25),
            "out of its bag 400 h": wet(
                opened_h=400, done_at=ago(500), temp_c=125.0, hours=9.0
            ),
            "level 3 was taken": question(
                of_job={"bake": dry(out_of_bag_at=ago(300))}, profile=AIR_BAKE
            ),
            "bag 401 h": wet(opened_h=401, done_at=ago(-1), temp_c=125.0, hours=9.0),
        },
        {
            "within": wet("3", 168),
            "baked to this moment": baked(9, done_h=0),
            "baked as long ago as allowed": baked(9, done_h=168),
            "level 6, baked as it was opened": wet(
                "6", 1, done_at=ago(1), temp_c=125.0, hours=9.0
            ),
            "level 1 never": wet("1", 99999),
            "level 2 for a year": wet("2", 8759),
            "baked": baked(9),
            "baked hotter": baked(9, 130),
            "baked before its use": baked(9, msl="6"),
            "baked, bag unknown": works(
                bake=dry(out_of_bag_at=None, done_at=ago(1), temp_c=125.0, hours=9.0)
            ),
            "no part that minds": works(bake=None),
            "being baked": question(of_job={"bake": dry(out_of_bag_at=ago(300))}, profile=BAKE),
        },
    ),
    "clock": (
        {"says 2026-06-15 .* of 2026-06-15": question(newest=ago(-1.1))},
        {
            "nobody looked": question(),
            "ahead of the record": question(newest=ago(9)),
            "another computer's": question(newest=ago(-1)),
        },
    ),
    "calibration-expired": (
        {"^plate was due on 2026-06-14$": question(calibration=(probe(due=YESTERDAY),))},
        {
            "its last day": question(),
            "no end: another gate's": question(calibration=(probe(due=None),)),
            "not asked: another gate's": question(calibration=None),
        },
    ),
    "calibration-unknown": (
        {
            "is not known": question(calibration=None),
            "no probe of the unit": question(calibration=()),
            "^plate: not said": question(calibration=(probe(due=None), probe(probe="top"))),
            "top: not said": question(calibration=(probe(probe="top", made=None),)),
        },
        {
            "known": question(),
            "expired: another gate's": question(calibration=(probe(due=YESTERDAY),)),
        },
    ),
}
