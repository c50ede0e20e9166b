"""Which reading moves when a tip is warmed: the roles of the probes as they are really wired.

Never changes a board file; it says which lines, or which plugs, to swap.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

from preheat.selftest.result import FAIL, OK, Result

RISE_C = 2.0  # fingers bring 5 °C and more; noise and draughts less
SHARE = 0.5  # no other reading may have risen by so much of that
SECONDS = 60.0
STILL_LOOKS = 12  # some 4 s: a tip with a lag of 15 s rises by less than 2 °C more
STILL_C = 0.5  # two steps of an amplifier


def moved(start_c: "Sequence[float | None]", now_c: "Sequence[float | None]") -> "int | None":
    """Index of the one reading that rose; None while none, or more than one, did."""
    rises = [
        (now - then, index)
        for index, (then, now) in enumerate(zip(start_c, now_c, strict=True))
        if then is not None and now is not None
    ]
    if not rises:
        return None
    rises.sort(reverse=True)
    most_c, index = rises[0]
    alone = len(rises) < 2 or rises[1][0] <= SHARE * most_c
    return index if most_c >= RISE_C and alone else None


class Turn:
    """One tip's turn: which reading has risen since its lowest in this turn.

    start_c: the readings as it begins, None where there is none. warm: index of the tip that was
    warmed before; in a slow hand it is rising still, so it counts only once it has fallen.
    """

    def __init__(self, start_c: "Sequence[float | None]", warm: "int | None" = None) -> None:
        self._lowest_c = list(start_c)
        self._warm = warm
        self._highest_c: float | None = None if warm is None else start_c[warm]

    def look(self, now_c: "Sequence[float | None]") -> "int | None":
        """Index of the reading that rose, as `moved`; to be told every reading in turn."""
        seen_c = list(now_c)
        if self._warm is not None:
            warm_c = seen_c[self._warm]
            seen_c[self._warm] = self._lowest_c[self._warm] = None
            self._let_go(warm_c)
        for index, temp_c in enumerate(seen_c):
            low_c = self._lowest_c[index]
            if temp_c is not None and (low_c is None or temp_c < low_c):
                self._lowest_c[index] = temp_c
        return moved(self._lowest_c, seen_c)

    def _let_go(self, warm_c: "float | None") -> None:
        if warm_c is None:
            return
        if self._highest_c is None or warm_c > self._highest_c:
            self._highest_c = warm_c
        elif warm_c <= self._highest_c - RISE_C:
            self._warm = None


class Rest:
    """Whether the readings have stopped rising; to be told every one of them in turn."""

    def __init__(self) -> None:
        self._rows: deque[list[float | None]] = deque(maxlen=STILL_LOOKS)

    def look(self, now_c: "Sequence[float | None]") -> bool:
        """True once none has risen by STILL_C within STILL_LOOKS looks."""
        self._rows.append(list(now_c))
        if len(self._rows) < STILL_LOOKS:
            return False
        pairs = zip(self._rows[0], now_c, strict=True)
        return all(then is None or now is None or now - then < STILL_C for then, now in pairs)


def judge(board: dict[str, Any], found: "Sequence[int | None]") -> list[Result]:
    """A Result per probe of the board file, `found` being what moved when it was to be warmed."""
    rows = board["probes"]
    names = [row["name"] for row in rows]
    remedy = _remedy(rows, found)
    results = []
    for name, index in zip(names, found, strict=True):
        check = f"tip-{name}"
        if index is None:
            results.append(Result(
                check, FAIL, f"no single reading rose by {RISE_C:g} °C in {SECONDS:g} s",
                f"It is not known where the tip of {name} is wired.",
                "Look for its plug; warm this tip alone, and long enough.",
            ))  # fmt: skip
        elif names[index] == name:
            results.append(Result(check, OK, f"{name} rose"))
        else:
            other = names[index]
            results.append(Result(
                check, FAIL, f"{other} rose",
                f"The tip called {name} is wired as {other} (cs = {rows[index]['cs']}).", remedy,
            ))  # fmt: skip
            remedy = remedy if remedy.startswith("See ") else f"See {check}."
    return results


def _remedy(rows: "Sequence[dict[str, Any]]", found: "Sequence[int | None]") -> str:
    """What to do about tips that moved another's reading."""
    known = [index for index in found if index is not None]
    if len(set(known)) < len(rows):
        return "First find out about every tip, each once; then swap plugs or chip selects."
    pairs = []
    for here, there in enumerate(known):
        if here < there and found[there] == here:
            pairs.append(f"{rows[here]['name']} and {rows[there]['name']}")
    plugs = f"Swap the plugs of {', '.join(pairs)}" if pairs else "Move the plugs"
    return (
        f"{plugs}; or correct the board file to what follows, and install it with "
        f"`preheat deploy --board FILE`:\n{corrected(rows, known)}"
    )


def corrected(rows: "Sequence[dict[str, Any]]", found: "Sequence[int]") -> str:
    """The board file's [[probes]] with each name and role at the chip select that moved."""
    return "\n".join(
        f'[[probes]]\nname = "{row["name"]}"\nrole = "{row["role"]}"\ncs = {rows[index]["cs"]}'
        for row, index in zip(rows, found, strict=True)
    )
