"""Questions for the limits, any that can be asked."""

from hypothesis import strategies as st

from preheat.limits import alloys, parts
from preheat.limits.question import Question
from preheat.limits.units import PURPOSES


def maybe(strategy):
    return st.none() | strategy


sizes = {
    "thickness_mm": maybe(st.sampled_from([0.5, 1.6, 2.5, 4.0])),
    "volume_mm3": maybe(st.sampled_from([10.0, 350.0, 2000.0, 9000.0])),
}
named = {
    "alloy": st.sampled_from(alloys.names()),
    "existing": maybe(st.sampled_from(alloys.names())),
    "package": maybe(st.sampled_from([row.name for row in parts.packages()])),
    "laminate": maybe(st.sampled_from([row.name for row in parts.laminates()])),
    "procedure": maybe(st.sampled_from([row.name for row in parts.procedures()])),
}


def agree(package, procedure):
    """Whether a kind of work may be on such a part: a BGA's is for parts with balls."""
    balls = package in (None, "bga", "csp", "amd-versal")
    return balls or procedure not in ("bga-removal", "bga-installation")


def melting_bake(procedure, purpose):
    """Whether it contradicts itself: in a bake no solder melts."""
    return procedure == "drying" and purpose == "reflow"


questions = st.builds(Question, purpose=st.sampled_from(PURPOSES), **named, **sizes).filter(
    lambda question: agree(question.package, question.procedure)
    and not melting_bake(question.procedure, question.purpose)
)


def meet(question):
    """Whether lead and bismuth would come together."""
    names = (question.alloy, question.existing or "")
    return any("Pb" in name for name in names) and any("Bi" in name for name in names)


def cannot_be(purpose, job):
    """Whether a job is refused: for its alloys, or as a bake that melts solder."""
    bake = melting_bake(job.get("procedure"), purpose)
    return bake or meet(Question(job["alloy"], job.get("existing")))
