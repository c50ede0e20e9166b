"""For every gate a job at the command line that breaks it, and as few others as can be."""

from collections.abc import Callable
from typing import Any, NamedTuple

from host.record_shell import TODAY, said
from preheat import paths
from preheat.record.store import Store

ORDERLY = ("serial=SN1", "class=2", "type=R", "activity=rework", "existing=SAC305",
           "procedure=bga-removal", "site=U7:BGA")  # fmt: skip
CALIBRATED = {"probe": "plate", "date": TODAY.isoformat(), "due": TODAY.isoformat()}
OWN = """
schema = 1
namespace = "acme"
source = "ours"
[[procedures]]
id = "rw-7"
title = "For ceramic boards"
board_types = "C"
"""


class Breach(NamedTuple):
    """How a gate comes to be broken on an orderly bench.

    `says`: of what the gate finds. `job`: words of the opening that differ. `verbs`: what is done
    before and after it; `behind`: what no verb does. `also`: gates that cannot but be broken too.
    """

    says: str
    job: tuple[str, ...] = ()
    before: "tuple[tuple[str, ...], ...]" = ()
    after: "tuple[tuple[str, ...], ...]" = ()
    behind: "Callable[[], Any] | None" = None
    by: str = "Ada"
    profile: str = "hotplate-sac305"
    calibration: "dict[str, str] | None" = CALIBRATED
    also: tuple[str, ...] = ()


def a_procedure_of_the_house():
    (paths.procedures_dir() / "own.toml").write_text(OWN, encoding="utf-8")


def a_procedure_that_is_gone():
    with Store() as store:
        store.append("Ada", "job.added", "job/1", {"procedures": ["acme:gone"]})


def an_entry_from_a_clock_ahead():
    with Store(clock=lambda: "2099-01-01T00:00:00.000Z") as ahead:
        ahead.append("Ada", "job.added", "job/1", {"notes": [{"text": "x"}]})


def added(*words):
    return (("job", "add", "1", *words),)


def material(*words):
    return added("material", *words)


REPAIR = ("activity=repair", "approval=A-1")
BREACHES = {
    "job-open": Breach("the job is closed", after=(("job", "close", "1"),)),
    "operator": Breach("does not know who does this", by="Zoe"),
    "certificate": Breach(
        "was revoked: lost", before=(("operator", "revoke", "Ada", "C-1", "--reason", "lost"),),
        also=("module",),
    ),
    "module": Breach("Ada lacks module 5", job=("procedure=chip-removal",)),
    "lecture-only": Breach("only by lecture", by="Ben"),
    "skill": Breach("asks for E; Ada showed A", before=(("operator", "skill", "Ada", "A"),)),
    "procedure-none": Breach("names no procedure", job=("procedure=",)),
    "procedure-unknown": Breach("known of procedure acme:gone", behind=a_procedure_that_is_gone),
    "activity": Breach("article:jumper is a modification", job=("procedure=jumper",)),
    "board-type": Breach("acme:rw-7 is for C", after=added("procedure", "rw-7")),
    "repair-approval": Breach("without a reference", job=("activity=repair",)),
    "change-order": Breach("without a change order", job=("activity=modification",)),
    "class3-low": Breach(
        "article:splice-mesh of Low", job=("class=3", "procedure=splice-mesh", *REPAIR)
    ),
    "class3-below-high": Breach(
        "article:land-bonding is M-H", job=("class=3", "procedure=land-bonding", *REPAIR)
    ),
    "coating": Breach("acrylic coating is not", job=("coating.kind=acrylic",)),
    "coating-method": Breach(
        "parylene was removed by solvent",
        job=("coating.kind=parylene", "coating.removed_by=solvent"),
    ),
    "lead-bismuth": Breach(
        "lead cannot be ruled out", job=("existing=", "new=SnBi"), profile="hotplate-snbi"
    ),
    "alloys-mixed": Breach("SAC305 comes on joints of SnPb", job=("existing=SnPb", "new=SAC305")),
    "profile-alloy": Breach("is for SnPb, the job for SAC305", profile="hotplate-sn63"),
    "flux-alloy": Breach(
        "the joint is SAC305", after=material("flux", "RMA-1", "F2", "alloy=Sn63Pb37")
    ),
    "flux-unstated": Breach("nobody said which", after=material("flux", "x", "1", "alloy=")),
    "solder-alloy": Breach(
        "the job's new alloy SAC305", job=("new=SAC305",),
        after=material("paste", "old", "P9", "alloy=Sn63Pb37"),
    ),
    "material-expired": Breach(
        "ended on 2020-01-01", after=material("epoxy", "e", "1", "expires=2020-01-01")
    ),
    "cycles-contract": Breach("U7 had 0 cycles of 0", job=("limit=0",)),
    "cycles-many": Breach(
        "U8 had 2 cycles", after=added("site", "U8", "BGA", "cycles_before=2")
    ),
    "bake-due": Breach("nobody said since when", job=("bake.msl=3",)),
    "clock": Breach("an entry of the record is of 2099", behind=an_entry_from_a_clock_ahead),
    "calibration-expired": Breach(
        "plate was due on 2021-01-01", calibration={**CALIBRATED, "due": "2021-01-01"}
    ),
    "calibration-unknown": Breach("plate: not said when calibrated", calibration=None),
}  # fmt: skip


def staff(preheat):
    """Ada is an expert in all of it; Ben has heard of it all."""
    for name, number, practised in (("Ada", "C-1", "8"), ("Ben", "C-2", "")):
        said(preheat, "operator", "add", name, "--skill", "E")
        said(preheat, "operator", "certify", name, "--level", "CIS", "--modules", "1,2,8,10",
             "--practised", practised, "--number", number, "--issued",
             TODAY.isoformat())  # fmt: skip


def broken(preheat, unit, breach):
    """The bench on which `breach` is; its job is number 1."""
    a_procedure_of_the_house()
    staff(preheat)
    for words in breach.before:
        said(preheat, *words)
    changed = {word.partition("=")[0] for word in breach.job}
    kept = [word for word in ORDERLY if word.partition("=")[0] not in changed]
    said(preheat, "job", "open", *kept, *breach.job)
    for words in breach.after:
        said(preheat, *words)
    if breach.behind is not None:
        breach.behind()
    unit.settings["calibration"] = [breach.calibration] if breach.calibration else []


def heat(preheat, unit, breach, *options, by=None):
    """The run that the gate is to judge."""
    who = breach.by if by is None else by
    return preheat("run", breach.profile, "--yes", "--job", "1", "--by", who, "--port", unit.port,
                   "--json", *options)  # fmt: skip
