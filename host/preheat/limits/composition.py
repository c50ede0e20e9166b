"""What an alloy's name says it is made of: elements, with or without their percents."""

import re

_ELEMENT = r"(sn|pb|ag|cu|bi|in|ni|ge|sb|zn)"
_PERCENT = r"(\d+(?:\.\d+)?)"


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


def elements(name: str) -> "frozenset[str]":
    """Elements of a name without percents, such as "Sn/Ag/Cu"; empty for any other name."""
    plain = _plain(name)
    if not re.fullmatch(rf"{_ELEMENT}+", plain):
        return frozenset()
    return frozenset(re.findall(_ELEMENT, plain))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.lower())
