"""Names of solders as people and files write them, to the group that a unit knows.

A group is told by the elements: tin with lead, with bismuth, or with silver or copper alone.
Words such as "lead-free" tell one too; they can contradict an alloy, never name one.
"""

import re

from preheat.limits.composition import elements

_FREE = re.compile(r"(lead|pb)[\s_-]*free|no[\s_-]*lead|unleaded|rohs|\bsac\d*", re.I)
_LEADED = re.compile(r"\blead(ed)?\b|sn\s*-?\s*pb|sn6[023](?!\d)|6[03]/[34][07]", re.I)
_BISMUTH = re.compile(r"bismuth|sn\s*-?\s*bi|sn42|bi5[78]|138\s*°?c\b", re.I)


def group(name: str) -> "str | None":
    """The unit's alloy for elements without percents, such as "SnPb" or "Sn/Ag/Cu"; None where
    the name is of none of the three, leaded bismuth and indium among them.
    """
    found = elements(name)
    if "sn" not in found or len(found) < 2 or found & {"in", "zn", "sb"}:
        return None
    if "bi" in found:
        return None if "pb" in found else "SnBi"
    return "SnPb" if "pb" in found else "SAC305"


def told(text: str) -> "str | None":
    """The alloy that the words of a title point at; None where they point at none or at two."""
    text = text.replace("_", " ")
    free = bool(_FREE.search(text))
    leaded = bool(_LEADED.search(_FREE.sub(" ", text)))
    bismuth = bool(_BISMUTH.search(text))
    if bismuth:
        return None if leaded else "SnBi"
    if free == leaded:
        return None
    return "SAC305" if free else "SnPb"


def contradicts(text: str, alloy: str) -> bool:
    """Whether the words of a title are of another group than `alloy`: lead-free covers SnBi."""
    points_at = told(text)
    if points_at is None or points_at == alloy:
        return False
    return not (points_at == "SAC305" and alloy == "SnBi" and not re.search(r"sac", text, re.I))
