"""Ranges as the body tables print them: "<1.6", "1.6-2.5" (both ends in), ">=2.5", ">0"."""

import re

_ONE = re.compile(r"(<|>=|>)([0-9]+(?:\.[0-9]+)?)", re.ASCII)
_TWO = re.compile(r"([0-9]+(?:\.[0-9]+)?)-([0-9]+(?:\.[0-9]+)?)", re.ASCII)


def within(text: str, value: float) -> bool:
    """Whether `value` lies in the range; ValueError for a text that is no range."""
    one = _ONE.fullmatch(text)
    if one:
        end = float(one[2])
        return {"<": value < end, ">": value > end, ">=": value >= end}[one[1]]
    two = _TWO.fullmatch(text)
    if two is None or not float(two[1]) < float(two[2]):
        raise ValueError(text)
    return float(two[1]) <= value <= float(two[2])


def is_range(text: str) -> bool:
    """Whether `within` can read it."""
    try:
        within(text, 0.0)
    except ValueError:
        return False
    return True
