"""Latched faults: kept with what was measured until a person clears them, over any reset."""

from preheat_core.faults import ALWAYS, CODES, COOL_AND_GONE, fault, worst


class Latch:
    """The faults of a unit in the order they came, each (code, detail); acknowledged or not."""

    __slots__ = ("acked", "rows")

    def __init__(self, rows=()):
        self.rows = [(code, str(detail)) for code, detail in rows if code in CODES]
        self.acked = False

    def add(self, code: str, detail: str) -> bool:
        """Latch a fault; False when that code is latched already. A new fault sounds again."""
        if code in self.codes:
            return False
        self.rows.append((code, detail))
        self.acked = False
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

    def keeps(self, present, cool: bool) -> "str | None":
        """Why the faults cannot be cleared; None if they can. `present`: codes still measured."""
        for code in self.codes:
            how = fault(code).clears
            if how == ALWAYS:
                continue
            if code in present:
                return f"{code}: {fault(code).sentence} {fault(code).action}"
            if how == COOL_AND_GONE and not cool:
                return f"{code}: wait until every probe reads below 50 C"
        return None

    def clear(self) -> None:
        """Let go of all faults, once nothing keeps them."""
        self.rows = []
        self.acked = False
