"""For every gate: questions where it fires, by the words it must say, and where it is silent.

A silent case is as near to a firing one as can be, so that a gate which always or never fires
is found.
"""

from datetime import date, timedelta

from preheat.record.model import Coating, Material, Site
from record_world import (
    NOW, TODAY, dry, paper, person, probe, procedure, question, run,
)  # fmt: skip

YESTERDAY = TODAY - timedelta(days=1)
LOW, MEDIUM_HIGH, LOW_HIGH = ("L", "L"), ("M", "H"), ("L", "H")
BAKE = {"name": "bake-125", "alloy": "SAC305", "purpose": "bake"}


def follows(*changes, **of_job):
    """A job that follows procedures with these changes, each known."""
    rows = tuple(procedure(id=f"house:{i}", **change) for i, change in enumerate(changes))
    return question(of_job={"procedures": tuple(row.id for row in rows), **of_job}, procedures=rows)


def by(**changes):
    """The operator, changed."""
    return question(operator=person(**changes))


def works(**of_job):
    """The job, changed."""
    return question(of_job=of_job)


def heats(name, purpose="preheat", **of_job):
    """A profile of this alloy, and the job changed."""
    profile = {"name": "p", "alloy": name, "purpose": purpose}
    return question(of_job=of_job, profile=profile)


def alloys(existing, new, *materials):
    return works(existing_alloy=existing, new_alloy=new, materials=materials)


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


FLUX_SNPB = Material("flux", "RMA-1", "F2", alloy="Sn63Pb37")
PASTE_SNPB = Material("paste", "old paste", "P9", alloy="Sn63Pb37")
TWICE = {"sites": (Site("U7", "BGA", 1), Site("U8", "QFN")), "runs": (run(),)}

CASES = {
    "operator": (
        {"does not know": question(operator=None), "Ada is no longer": by(active=False)},
        {"active": question()},
    ),
    "certificate": (
        {
            "has no certificate": by(certificates=()),
            "C-1 expired on 2026-06-14": by(certificates=(paper(expires=YESTERDAY),)),
            "C-1 was revoked: lost": by(certificates=(paper(revoked="lost"),)),
            "still to come": by(certificates=(paper(issued=date(2026, 6, 16)),)),
        },
        {
            "its last day": by(certificates=(paper(expires=TODAY),)),
            "its first day": by(certificates=(paper(issued=TODAY),)),
            "one of two": by(certificates=(paper(expires=YESTERDAY), paper())),
            "nobody: another gate's": question(operator=None),
        },
    ),
    "module": (
        {
            r"lacks module 8 \(Ball": by(certificates=(paper(modules=(1, 2)),)),
            r"lacks module 1 \(General": by(certificates=(paper(modules=(8,)),)),
            r"lacks modules 1 .*, 8 ": by(certificates=(paper(expires=YESTERDAY),)),
        },
        {
            "on two papers": by(certificates=(paper(modules=(1,)), paper(modules=(8,)))),
            "lecture: another gate's": by(certificates=(paper(lecture_only=(8,)),)),
            "nobody: another gate's": question(operator=None),
        },
    ),
    "lecture-only": (
        {r"module 8 .* only by lecture": by(certificates=(paper(lecture_only=(8,)),))},
        {
            "practised": question(),
            "practised on another": by(certificates=(paper(lecture_only=(8,)), paper())),
            "not needed": question(
                operator=person(certificates=(paper(lecture_only=(8,)),)),
                procedures=(procedure(module=2),),
            ),
            "nobody: another gate's": question(operator=None),
        },
    ),
    "skill": (
        {
            "asks for E; Ada showed A": by(skill="A"),
            "asks for E; Ada showed none": by(skill=None),
            "asks for I; Ada showed none": question(
                operator=person(skill=None), procedures=(procedure(skill="I"),)
            ),
        },
        {
            "enough": question(),
            "more than enough": follows({"skill": "I"}),
            "no skill in the source": question(
                operator=person(skill=None), procedures=(procedure(skill=None),)
            ),
            "nobody: another gate's": question(operator=None),
        },
    ),
    "procedure-none": ({"names no procedure": follows()}, {"one": question()}),
    "procedure-unknown": (
        {"known of procedure house:9": works(procedures=("house:bga", "house:9"))},
        {"known": question(), "none": follows()},
    ),
    "activity": (
        {
            "job is a rework, but house:0 is a repair": follows({"activity": "repair"}),
            "but house:1 is a modification": follows(
                {}, {"activity": "modification"}, activity="repair"
            ),
        },
        {
            "rework inside a repair": follows({}, {"activity": "repair"}, activity="repair"),
            "open": follows({"activity": None}),
        },
    ),
    "board-type": (
        {"type C, but house:bga is for R, F": works(board_type="C")},
        {"one of two": works(board_type="F"), "open": follows({"board_types": ()})},
    ),
    "repair-approval": (
        {
            "without a reference": works(activity="repair"),
            "its approval": works(activity="repair", approval_ref=" "),
        },
        {
            "approved": works(activity="repair", approval_ref="A-1"),
            "rework": works(activity="rework"),
        },
    ),
    "change-order": (
        {
            "without a change order": works(activity="modification"),
            "modification": works(activity="modification", approval_ref="A-1"),
        },
        {
            "ordered": works(activity="modification", change_order="ECO-1"),
            "rework": works(activity="rework"),
        },
    ),
    "class3-low": (
        {"class 3, house:0 of Low": follows({"conformance": LOW})},
        {
            "class 2": follows({"conformance": LOW}, product_class=2),
            "may reach High": follows({"conformance": LOW_HIGH}),
            "not said": follows({"conformance": None}),
        },
    ),
    "class3-below-high": (
        {
            "class 3, but house:0 is M-H": follows({"conformance": MEDIUM_HIGH}),
            "house:0 is L-H, house:1 is M": follows(
                {"conformance": LOW_HIGH}, {"conformance": ("M", "M")}
            ),
        },
        {
            "High": question(),
            "class 2": follows({"conformance": MEDIUM_HIGH}, product_class=2),
            "Low: another gate's": follows({"conformance": LOW}),
        },
    ),
    "coating": (
        {
            "acrylic coating is not": works(coating=Coating("acrylic")),
            "unknown coating is not": works(coating=Coating("unknown", removed_by=" ")),
        },
        {"none": question(), "removed": works(coating=Coating("acrylic", "solvent"))},
    ),
    "coating-method": (
        {
            "parylene was removed by solvent; micro": works(
                coating=Coating("parylene", "solvent")
            ),
            "without being identified": works(coating=Coating("unknown", "peeling")),
        },
        {
            "fits": works(coating=Coating("parylene", "Laser ")),
            "still on: another gate's": works(coating=Coating("parylene")),
            "none": question(),
        },
    ),
    "lead-bismuth": (
        {
            "SnBi is to go on a board soldered with Sn63Pb37": alloys("Sn63Pb37", "SnBi"),
            "Sn60Pb40 is to go on a board soldered with SnBi": alloys("SnBi", "Sn60Pb40"),
            "Sn42Bi58 is .* an alloy not stated": alloys(None, "Sn42Bi58"),
            "house blend, an alloy not known": alloys("house blend", "SnBi"),
            "uses SnBi and Sn63Pb37": alloys("SAC305", "SnBi", PASTE_SNPB),
            "SnBi is to go on a board soldered with SnPb": alloys(
                "SnPb", "SnPb", Material("wire", "low", "1", alloy="SnBi")
            ),
        },
        {
            "no lead": alloys("SAC305", "SnBi"),
            "the same": alloys("SnBi", "Sn42Bi57Ag1"),
            "no bismuth": alloys("SnPb", "SnPb", PASTE_SNPB),
            "nothing put on": alloys("SnPb", None),
            "removed only": alloys(None, None),
        },
    ),
    "alloys-mixed": (
        {"SAC305 comes on joints of SnPb": alloys("SnPb", "SAC305")},
        {
            "one family": alloys("SnPb", "Sn63Pb37"),
            "the same unknown": alloys("House-Blend", "house blend"),
            "removed only": alloys("SnPb", None),
        },
    ),
    "profile-alloy": (
        {
            "p is for SnPb, the job for SAC305$": heats("SnPb"),
            "the job states no alloy": heats("SnPb", existing_alloy=None, new_alloy=None),
            "joints of SnPb melt at 183 °C": heats("SAC305", existing_alloy="SnPb"),
        },
        {
            "the board's": heats("SnPb", existing_alloy="Sn63Pb37"),
            "a reflow of the new": heats("SAC305", "reflow", existing_alloy="SnPb"),
            "cooler than the board's": heats("SnBi", new_alloy="SnBi"),
            "not chosen": question(profile=None),
        },
    ),
    "flux-alloy": (
        {r"RMA-1 \(lot F2\) is for Sn63Pb37, the joint is SAC305": works(materials=(FLUX_SNPB,))},
        {
            "fits": question(),
            "fits the old": alloys("SnPb", None, FLUX_SNPB),
            "not said": works(materials=(Material("flux", "x", "1"),)),
            "no joint": alloys(None, None, FLUX_SNPB),
        },
    ),
    "flux-unstated": (
        {r"which alloys flux x \(lot 1\)": works(materials=(Material("flux", "x", "1"),))},
        {"said": question(), "no flux": works(materials=(Material("cleaner", "IPA", "1"),))},
    ),
    "solder-alloy": (
        {r"old paste \(lot P9\) is Sn63Pb37": alloys("SAC305", "SAC305", PASTE_SNPB)},
        {
            "of the job": question(),
            "no new alloy": alloys("SAC305", None, PASTE_SNPB),
            "a flux: another gate's": works(materials=(FLUX_SNPB,)),
        },
    ),
    "material-expired": (
        {
            r"epoxy e \(lot 1\) ended on 2026-06-14": works(
                materials=(Material("epoxy", "e", "1", expires=YESTERDAY),)
            )
        },
        {"fresh": question(), "no date": works(materials=(Material("epoxy", "e", "1"),))},
    ),
    "cycles-contract": (
        {
            "board had 1 cycle of 1": works(cycle_limit_board=1, runs=(run(),)),
            "board had 3 cycles of 3": works(cycle_limit_board=3, cycles_before=3),
            "board had 0 cycles of 0": works(cycle_limit_board=0),
            "^U7 had 2 cycles of 2$": works(cycle_limit_site=2, **TWICE),
        },
        {
            "one left": works(cycle_limit_board=2, runs=(run(),)),
            "it did not count": works(cycle_limit_board=1, runs=(run(heat_cycle=False),)),
            "no limit": works(cycles_before=9),
            "another site": question(
                of_job={"cycle_limit_site": 2, **TWICE}, sites=("U8",)
            ),
            "counts not": question(of_job={"cycle_limit_board": 0}, heat_cycle=False),
            "bakes": question(of_job={"cycle_limit_board": 0}, profile=BAKE),
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
            "bag 401 h": wet(opened_h=401, done_at=ago(-1), temp_c=125.0, hours=9.0),
        },
        {
            "within": wet("3", 167.9),
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
        {"known": question(), "expired: another gate's": question(calibration=(probe(due=YESTERDAY),))},
    ),
}
