"""Names of solders as people and files write them: what they are made of, and their group.

A group is told by the elements: tin with lead, with bismuth, or with silver or copper alone.
Words such as "lead-free" tell one too; they can contradict an alloy, never name one.
"""

import re

_ELEMENT = r"(sn|pb|ag|cu|bi|in|ni|ge|sb|zn)"
_PERCENT = r"(\d+(?:\.\d+)?)"
_FREE = re.compile(r"(lead|pb)[\s_-]*free|no[\s_-]*lead|unleaded|rohs|\bsac\d*", re.I)
_LEADED = re.compile(r"\blead(ed)?\b|sn\s*-?\s*pb|sn6[023](?!\d)|6[03]/[34][07]", re.I)
_BISMUTH = re.compile(r"bismuth|sn\s*-?\s*bi|sn42|bi5[78]|138\s*°?c\b", re.I)


def percents(name: str) -> "dict[str, float] | None":
    """Percents by element of a name such as "Sn63/Pb37" or "96.5Sn3.5Ag"; None where a part of
    it is no element with its percent.
    """
    plain = _plain(name)
    if re.fullmatch(rf"(?:{_ELEMENT}{_PERCENT})+", plain):
        return {what: float(share) for what, share in re.findall(_ELEMENT + _PERCENT, plain)}
    if re.fullmatch(rf"(?:{_PERCENT}{_ELEMENT})+", plain):
        return {what: float(share) for share, what in re.findall(_PERCENT + _ELEMENT, plain)}
    return None


def group(name: str) -> "str | None":
    """The unit's alloy for elements without percents, such as "SnPb" or "Sn/Ag/Cu"; None where
    the name is of none of the three, leaded bismuth and indium among them.
    """
    plain = _plain(name)
    if not re.fullmatch(rf"{_ELEMENT}+", plain):
        return None
    found = set(re.findall(_ELEMENT, plain))
    if "sn" not in found or len(found) < 2 or found & {"in", "zn", "sb"}:
        return None
    if "bi" in found:
        return None if "pb" in found else "SnBi"
    return "SnPb" if "pb" in found else "SAC305"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.lower())


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
