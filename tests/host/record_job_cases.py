"""Gates on papers, coating, materials, alloys: where each fires, saying what, and where not."""

from datetime import timedelta

from host.record_world import TODAY, question, works
from preheat.record.model import Coating, Material

FLUX_SNPB = Material("flux", "RMA-1", "F2", alloy="Sn63Pb37")
PASTE_SNPB = Material("paste", "old paste", "P9", alloy="Sn63Pb37")
YESTERDAY = TODAY - timedelta(days=1)


def heats(name, purpose="preheat", **of_job):
    """A profile of this alloy, and the job changed."""
    profile = {"name": "p", "alloy": name, "purpose": purpose}
    return question(of_job=of_job, profile=profile)


def alloys(existing, new, *materials):
    return works(existing_alloy=existing, new_alloy=new, materials=materials)


CASES = {
    "job-open": ({"is closed": works(status="closed")}, {"open": works(status="open")}),
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
    "coating": (
        {
            "acrylic coating is not": works(coating=Coating("acrylic")),
            "unknown coating is not": works(coating=Coating("unknown", removed_by=" ")),
            "acrylic coating was replaced: it is on again": works(
                coating=Coating("acrylic", "solvent", replaced_by="spray")
            ),
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
                "SnPb", None, Material("wire", "low", "1", alloy="SnBi")
            ),
        },
        {
            "no lead": alloys("SAC305", "SnBi"),
            "the same": alloys("SnBi", "Sn42Bi57Ag1"),
            "no bismuth": alloys("SnPb", "SnPb", PASTE_SNPB),
            "nothing put on": alloys("SnPb", None),
            "removed only": alloys(None, None),
            "indium, which a unit treats as SnBi": alloys("SnPb", "In52Sn48"),
        },
    ),
    "alloys-mixed": (
        {
            "SAC305 comes on joints of SnPb": alloys("SnPb", "SAC305"),
            "In52Sn48 comes on joints of SnBi": alloys("SnBi", "In52Sn48"),
            "a comes on joints of b": alloys("b", "a"),
            "SAC305 comes on joints of b": alloys("b", "SAC305"),
        },
        {
            "one family": alloys("SnPb", "Sn63Pb37"),
            "the same unknown": alloys("House-Blend", "house blend"),
            "removed only": alloys("SnPb", None),
        },
    ),
    "profile-alloy": (
        {
            "p is for SnPb, the job for SAC305$": heats("SnPb"),
            "job for house blend": heats("SnPb", existing_alloy="house blend", new_alloy=None),
            "the job states no alloy": heats("SnPb", existing_alloy=None, new_alloy=None),
            "joints of SnPb melt below": heats("SAC305", existing_alloy="SnPb"),
        },
        {
            "the unit's word for it": heats("SnBi", existing_alloy="In52Sn48", new_alloy=None),
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
            "fits the new on the old": alloys("SAC305", "SnPb", FLUX_SNPB),
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
}
