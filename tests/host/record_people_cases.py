"""Gates on people and procedures: where each fires, saying what, and where not."""

from datetime import date, timedelta

from host.record_world import TODAY, paper, person, procedure, question, works

YESTERDAY = TODAY - timedelta(days=1)
LOW, MEDIUM_HIGH, LOW_HIGH = ("L", "L"), ("M", "H"), ("L", "H")


def follows(*changes, **of_job):
    """A job that follows procedures with these changes, each known."""
    rows = tuple(procedure(id=f"house:{i}", **change) for i, change in enumerate(changes))
    of_job = {"procedures": tuple(row.id for row in rows), **of_job}
    return question(of_job=of_job, procedures=rows)


def by(**changes):
    """The operator, changed."""
    return question(operator=person(**changes))


CASES = {
    "operator": (
        {"does not know": question(operator=None), "Ada is no longer": by(active=False)},
        {"active": question()},
    ),
    "certificate": (
        {
            "has no certificate": by(certificates=()),
            "C-1 expired on 2026-06-14": by(certificates=(paper(expires=YESTERDAY),)),
            "C-2 expired on 2026-06-14": by(certificates=(
                paper(expires=date(2026, 6, 1)), paper(expires=YESTERDAY, number="C-2"),
                paper(expires=date(2026, 6, 2)),
            )),
            "C-1 was revoked: lost": by(certificates=(paper(revoked="lost"),)),
            "revoked: sold": by(certificates=(paper(revoked="sold", revoked_at=TODAY),)),
            "still to come": by(certificates=(paper(issued=date(2026, 6, 16)),)),
        },
        {
            "revoked from tomorrow on": by(
                certificates=(paper(revoked="lost", revoked_at=TODAY + timedelta(days=1)),)
            ),
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
}
