"""Names of solders as people and files write them, to the alloy that a unit knows.

An alloy is told by its elements: tin with lead, with bismuth, or with silver or copper alone.
Words such as "lead-free" tell a group; they can contradict an alloy, never name one.
"""

import re

_SPOKEN = {
    "snpb": "SnPb", "sac": "SAC305", "sac305": "SAC305", "sac387": "SAC305", "sac405": "SAC305",
    "sn100c": "SAC305", "snbi": "SnBi", "snagcu": "SAC305",
}  # fmt: skip
_ELEMENTS = re.compile(r"(sn|pb|ag|cu|bi|in|ni|ge|sb|zn)(\d+(?:\.\d+)?)?")
_FREE = re.compile(r"(lead|pb)[\s_-]*free|no[\s_-]*lead|unleaded|rohs|\bsac\d*", re.I)
_LEADED = re.compile(r"\blead(ed)?\b|sn\s*-?\s*pb|sn6[023](?!\d)|6[03]/[34][07]", re.I)
_BISMUTH = re.compile(r"bismuth|sn\s*-?\s*bi|sn42|bi5[78]|138\s*°?c\b", re.I)


def family(name: str) -> "str | None":
    """The unit's alloy for a name such as "Sn63/Pb37", "SAC405" or "Sn42Bi57Ag1"; None where the
    name is of none of the three, leaded bismuth and indium among them.
    """
    plain = re.sub(r"[^a-z0-9.]", "", name.lower())
    if plain in _SPOKEN:
        return _SPOKEN[plain]
    # Percents before their elements (96.5Sn3.5Ag) read as well: only the elements count.
    plain = re.sub(r"^\d+(\.\d+)?(?=[a-z])", "", plain)
    if not re.fullmatch(rf"(?:{_ELEMENTS.pattern})+", plain):
        return None
    found = {match.group(1) for match in _ELEMENTS.finditer(plain)}
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
