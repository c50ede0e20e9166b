"""Latched faults: kept with what was measured until a person clears them, over any reset."""

from preheat_core.faults import ALWAYS, CODES, COOL_AND_GONE, clears, worst


class Latch:
    """The faults of a unit in the order they came, each (code, detail)."""

    __slots__ = ("rows",)

    def __init__(self, rows=()):
        self.rows = [(row[0], str(row[1])) for row in rows if row[0] in CODES]

    def add(self, code: str, detail: str) -> bool:
        """Latch a fault; False when that code is latched already."""
        if code in self.codes:
            return False
        self.rows.append((code, detail))
        return True

    @property
    def codes(self):
        """The latched codes in the order they came."""
        return [row[0] for row in self.rows]

    @property
    def worst(self) -> "str | None":
        """The code to show first: the highest severity, the first of equals."""
        return worst(self.codes)

    def detail(self) -> str:
        """What was measured for the worst fault; empty without one."""
        code = self.worst
        for row in self.rows:
            if row[0] == code:
                return row[1]
        return ""

    def keeps(self, present: dict, hot: "str | None") -> "str | None":
        """Why the faults cannot be cleared; None if they can.

        `present`: what is still measured, by code. `hot`: what is too hot to touch, if anything.
        """
        for code in self.codes:
            how = clears(code)
            if how == ALWAYS:
                continue
            if code in present:
                return f"{code} is still there: {present[code]}"
            if how == COOL_AND_GONE and hot is not None:
                return f"{code}: {hot}; wait until every probe reads below 50 C"
        return None

    def clear(self) -> None:
        """Let go of all faults, once nothing keeps them."""
        self.rows = []
