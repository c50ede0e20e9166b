"""The plateau of something that melts: where a rising reading stands still, and then rises on.

Only melting counts. A small drop of solder freezes late, some degrees or some tens below.
"""

from typing import NamedTuple

from preheat.calibration import steady

FLAT_C_S = 0.05  # the reading stands: least-squares slope over WINDOW_S
RISE_C_S = 0.1  # it rises: the same, in the WINDOW_S before and after
WINDOW_S = 10.0  # and the shortest plateau
GAP_S = 3.0  # without a reading, what comes after is another story
LEAST = 6  # readings in a window

Sample = tuple[float, "float | None"]  # seconds; °C, or None where it does not count


class Plateau(NamedTuple):
    """A stretch that stood, in seconds; the mean of its middle half and its spread, in °C.

    melting: it lies between two rises.
    """

    from_s: float
    to_s: float
    stood_c: float
    std_c: float
    melting: bool


def stretches(samples: "list[Sample]") -> list[Plateau]:
    """Every stretch of WINDOW_S or more in which the reading stood, in the order of time."""
    return [found for part in _parts(samples) for found in _flats(part)]


def find(samples: "list[Sample]", low_c: float, high_c: float) -> "Plateau | None":
    """The longest melting plateau between low_c and high_c; None if there is none."""
    fits = [p for p in stretches(samples) if p.melting and low_c <= p.stood_c <= high_c]
    return max(fits, key=lambda p: p.to_s - p.from_s, default=None)


def missing(samples: "list[Sample]", low_c: float, high_c: float) -> str:
    """Why `find` found nothing, as a sentence."""
    flats = stretches(samples)
    near = [p for p in flats if low_c <= p.stood_c <= high_c]
    if near:
        p = near[-1]
        return (
            f"it stood at {p.stood_c:.1f} °C for {p.to_s - p.from_s:.0f} s, but did not rise "
            f"by {RISE_C_S} °C/s both before and after it"
        )
    if flats:
        where = ", ".join(f"{p.stood_c:.0f}" for p in flats[-4:])
        return f"it stood only at {where} °C, not between {low_c:.0f} and {high_c:.0f} °C"
    return (
        f"it stood nowhere for {WINDOW_S:.0f} s ({FLAT_C_S} °C/s at most): more alloy around the "
        "tip, or slower"
    )


def _parts(samples: "list[Sample]") -> "list[list[steady.Sample]]":
    """The samples cut where one does not count, a gap is, or time goes back."""
    parts: list[list[steady.Sample]] = [[]]
    for t_s, temp_c in samples:
        part = parts[-1]
        if part and not 0 < t_s - part[-1][0] <= GAP_S:
            parts.append([])
        if temp_c is None:
            parts.append([])
        else:
            parts[-1].append((t_s, temp_c))
    return [part for part in parts if part]


def _flats(part: "list[steady.Sample]") -> list[Plateau]:
    found = []
    begin = end = -1
    for i in range(len(part)):
        stop = _window(part, i)
        if stop is not None and abs(steady.slope_c_s(part[i:stop])) <= FLAT_C_S:
            begin = i if begin < 0 else begin
            end = stop
        elif begin >= 0 and i >= end:
            found.append(_plateau(part, begin, end))
            begin = -1
    if begin >= 0:
        found.append(_plateau(part, begin, end))
    return found


def _window(part: "list[steady.Sample]", start: int) -> "int | None":
    """The index after the window that begins at `start`; None where it is not filled."""
    stop = start
    while stop < len(part) and part[stop][0] - part[start][0] < WINDOW_S:
        stop += 1
    if stop == len(part) or stop + 1 - start < LEAST:
        return None
    return stop + 1


def _plateau(part: "list[steady.Sample]", begin: int, end: int) -> Plateau:
    inside = part[begin:end]
    before = [s for s in part[: begin + 1] if s[0] >= inside[0][0] - WINDOW_S]
    after = [s for s in part[end - 1 :] if s[0] <= inside[-1][0] + WINDOW_S]
    temps = sorted(c for _, c in inside)
    # The ends already rise, and single steps are 0.25 °C: neither a mean of all nor a median.
    quarter = len(temps) // 4
    middle = temps[quarter : len(temps) - quarter]
    return Plateau(
        inside[0][0], inside[-1][0], sum(middle) / len(middle), steady.measure(inside).std_c,
        _rises(before) and _rises(after),
    )  # fmt: skip


def _rises(samples: "list[steady.Sample]") -> bool:
    span_s = samples[-1][0] - samples[0][0] if samples else 0.0
    long_enough = len(samples) >= LEAST and span_s >= WINDOW_S - GAP_S
    return long_enough and steady.slope_c_s(samples) >= RISE_C_S
