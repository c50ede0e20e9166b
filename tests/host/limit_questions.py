"""Questions for the limits, any that can be asked; and a stand-in for the windows of a rating."""

import sys
import types
from dataclasses import dataclass

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
questions = st.builds(Question, purpose=st.sampled_from(PURPOSES), **named, **sizes)


def meet(question):
    """Whether lead and bismuth would come together."""
    names = (question.alloy, question.existing or "")
    return any("Pb" in name for name in names) and any("Bi" in name for name in names)


@dataclass(frozen=True)
class Window:
    """The fields of preheat.analysis.pwi.Window, for where that is not there."""

    statistic: str
    low: "float | None"
    high: "float | None"
    unit: str
    source: str
    verified: bool = True
    roles: "tuple[str, ...]" = ()


def windows_of(stack, *, reflow):
    """preheat.limits.windows.windows, with the stand-in where the real Window is missing."""
    from preheat.limits.windows import windows

    name = "preheat.analysis.pwi"
    try:
        __import__(name)
    except ModuleNotFoundError:
        double = types.ModuleType(name)
        double.Window = Window
        sys.modules[name] = double
        try:
            return windows(stack, reflow=reflow)
        finally:
            del sys.modules[name]
    return windows(stack, reflow=reflow)
