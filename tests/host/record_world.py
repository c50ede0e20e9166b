"""A bench where every gate is content, and small changes to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from preheat.record.model import (
    Bake,
    Certificate,
    Job,
    Material,
    Operator,
    ProbeCalibration,
    RunRef,
    Site,
)  # fmt: skip
from preheat.record.procedurefile import Procedure
from preheat.record.question import Question

# Noon at the bench, wherever the tests run: its calendar day is the same in UTC's neighbours.
NOW = datetime(2026, 6, 15, 12).astimezone(UTC)
TODAY = date(2026, 6, 15)
FLUX = Material("flux", "NC-559", "F1", alloy="SAC305, SnPb")
PASTE = Material("paste", "SAC paste", "P1", alloy="SAC305", expires=date(2026, 12, 1))


def paper(**changes) -> Certificate:
    """A certificate that counts, with module 8 practised."""
    whole = {
        "level": "CIS", "modules": (1, 2, 8, 10), "issued": date(2025, 9, 1), "number": "C-1",
    }  # fmt: skip
    return Certificate(**{**whole, **changes})


def person(**changes) -> Operator:
    """An expert with one certificate."""
    return replace(Operator("Ada", (paper(),), "E", date(2026, 1, 1)), **changes)


def procedure(**changes) -> Procedure:
    """A BGA procedure that asks for much, and reaches High."""
    whole = Procedure(
        "house:bga", "house", "Take off a BGA", "rework", "E", ("H", "H"), ("R", "F"), "BGA", 8,
        ("focused IR",), "the house", True,
    )  # fmt: skip
    return replace(whole, **changes)


def job(**changes) -> Job:
    """A class 3 rework of a BGA with everything said that a gate may ask."""
    whole = Job(
        number=17, board_serial="SN1", product_class=3, board_type="R", activity="rework",
        procedures=("house:bga",), sites=(Site("U7", "BGA"),), existing_alloy="SAC305",
        new_alloy="SAC305", materials=(FLUX, PASTE), bake=dry(), opened_at=NOW, opened_by="Ada",
    )  # fmt: skip
    return replace(whole, **changes)


def dry(**changes) -> Bake:
    """A level 3 part that was opened an hour ago."""
    return replace(Bake("3", 1.2, NOW - timedelta(hours=1)), **changes)


def run(hours_ago: float = 1, **changes) -> RunRef:
    """A run at U7 that counts as a heat cycle."""
    started = NOW - timedelta(hours=hours_ago)
    whole = RunRef(run_id="r1", log_sha256="0" * 64, started_at=started, sites=("U7",))
    return replace(whole, **changes)


def probe(**changes) -> ProbeCalibration:
    """A probe whose calibration ends today."""
    return replace(ProbeCalibration("plate", date(2026, 1, 1), TODAY), **changes)


def question(*, of_job=None, **changes) -> Question:
    """A question that every gate answers with nothing; `of_job`: changes to its job."""
    whole = Question(
        job=job(**of_job or {}), operator=person(), procedures=(procedure(),),
        profile={"name": "bga-sac305", "alloy": "SAC305", "purpose": "preheat"},
        calibration=(probe(),), now=NOW,
    )  # fmt: skip
    return replace(whole, **changes)


def works(**of_job) -> Question:
    """The same question with changes to its job."""
    return question(of_job=of_job)
