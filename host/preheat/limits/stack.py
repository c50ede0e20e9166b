"""All limits that bear on one job, side by side, and which of them binds."""

from collections.abc import Iterable
from dataclasses import dataclass

from preheat.limits import alloys, bodies, parts, rules
from preheat.limits.numbers import Number
from preheat.limits.question import Asked, Question, asked
from preheat.limits.row import AIM, FACT, LIMIT, Row, of_number
from preheat_core.board import PROCESS_ROLES
from preheat_core.limits import SOLIDUS_MARGIN_C


@dataclass(frozen=True)
class Bound:
    """What holds for one quantity: `low` and `high` (either may be None) with the rows they are
    from. Of what is recommended the widest, since sources differ; of what is forbidden the
    tightest."""

    low: "Row | None"
    high: "Row | None"

    @property
    def verified(self) -> bool:
        return all(row.verified for row in (self.low, self.high) if row is not None)

    @property
    def source(self) -> str:
        """Who says so; both, where the ends are from two rows."""
        said = [row.said for row in (self.low, self.high) if row is not None]
        return "; ".join(dict.fromkeys(said))


@dataclass(frozen=True)
class Stack:
    """`rows`: every Row that fits the question, alloy first, then parts, board material, work."""

    asked: Asked
    rows: "tuple[Row, ...]"

    @property
    def question(self) -> Question:
        return self.asked.question

    @property
    def alloy(self) -> "alloys.AlloyRow":
        return self.asked.alloy

    def of(self, what: str, role: str = "") -> "tuple[Row, ...]":
        """The rows of a quantity, for probes of a role or, with "", for none in particular."""
        return tuple(row for row in self.rows if (row.what, row.role) == (what, role))

    def tightest(self, what: str, role: str = "") -> "Row | None":
        """The lowest upper limit among rows that must not be passed; the first of equal ones."""
        return min(_ends(self.of(what, role), LIMIT), key=_high, default=None)

    def binding(self, what: str, role: str = "") -> Bound:
        """The window of a quantity; empty where nothing is known."""
        return bound(self.of(what, role), self.tightest(what, role))

    def peak(self, role: str) -> Bound:
        """The window of the joint's peak as a probe of a role sees it: from what is recommended,
        or from the liquidus where that does not fit below the limit, up to the limit."""
        limit = self.tightest("max_c", role)
        found = bound(self.of("joint_c"), limit)
        if found.low is None:
            melted = of_number("joint_c", self.alloy.liquidus_c, None, AIM, why="liquidus")
            found = bound([melted], found.high)
        return found

    @property
    def body(self) -> "Row | None":
        """The tightest of the limits of the part's body by J-STD-020, from which its time near the
        limit counts: no joint's, and no rule's of some work. None where there is no such body."""
        return min(_bodies(self.asked), key=_high, default=None)

    def above(self) -> "list[tuple[float, Bound]]":
        """Time above liquidus: each °C that it is counted from, with what holds for it. What is
        recommended counts from the alloy's own, a limit from what its source names (J-STD-020:
        217 °C whatever lead-free alloy)."""
        own_c = float(self.alloy.liquidus_c)
        limit = self.tightest("tal_s")
        from_c = own_c if limit is None else self.counted_from(limit) or own_c
        if from_c == own_c:
            found = [(own_c, self.binding("tal_s"))]
        else:
            found = [(own_c, bound(self.of("tal_s"), None)), (from_c, Bound(None, limit))]
        return [(at_c, held) for at_c, held in found if held.source]

    def counted_from(self, row: Row) -> "float | None":
        """The °C from which the source of a limit of time above liquidus counts it; None where it
        says none: the alloy's liquidus."""
        said = [fact.low for fact in self.of("tal_from_c") if fact.source == row.source]
        return said[0] if said else None


def bound(rows: "Iterable[Row]", limit: "Row | None") -> Bound:
    """The Bound of recommended rows (their widest) cut by a limit; a low end that is not below
    the high one is left out."""
    aims = [row for row in rows if row.kind == AIM]
    high = max(_ends(aims, AIM), key=_high, default=None)
    if any(row.high is None for row in aims):
        high = None
    if limit is not None and (high is None or _high(limit) <= _high(high)):
        high = limit
    lows = [row for row in aims if row.low is not None]
    low = min(lows, key=_low) if lows and len(lows) == len(aims) else None
    if low is not None and high is not None and not _low(low) < _high(high):
        low = None
    return Bound(low, high)


def stack(question: Question) -> Stack:
    """The limits for a question. Refused (check), with every problem, as question.asked."""
    about = asked(question)
    found = [*_solder(about), *_parts(about), *_laminate(about),
             *alloys.cautions(about.alloy, about.existing)]  # fmt: skip
    if question.purpose == "bake":  # no joint melts in it, whatever heats the board
        found = [row for row in found if row.what != "joint_c"]
    return Stack(about, tuple(found))


def _solder(about: Asked) -> "list[Row]":
    """Melting range, peak, and for bottom heat the solidus of every solder on the board."""
    metal, purpose = about.alloy, about.question.purpose
    found = [Row("melting_c", metal.solidus_c, metal.liquidus_c, "°C", "",
                 metal.liquidus_c.source, metal.liquidus_c.confidence, FACT, metal.name)]
    found.append(of_number("joint_c", metal.peak_low_c, metal.peak_high_c, AIM, why=metal.name))
    if purpose != "reflow":
        for row in dict.fromkeys(row for row in (metal, about.existing) if row is not None):
            found.append(_below_solidus(row))
    hottest = _hottest(about)
    why = f"{metal.name}, hottest recommended peak"
    for role in PROCESS_ROLES:
        if role != "board" or purpose == "reflow":
            found.append(of_number("max_c", None, hottest, LIMIT, role, why))
    if purpose == "reflow":
        for what, span in (("soak_c", metal.soak_c), ("soak_s", metal.soak_s),
                           ("tal_s", metal.tal)):
            if span.low is not None or span.high is not None:
                found.append(of_number(what, span.low, span.high, AIM, why=metal.name))
    for what, span, kind in (("ramp_c_s", metal.ramp, AIM), ("ramp_c_s", metal.ramp_max, LIMIT),
                             ("cool_c_s", metal.cool, AIM)):
        if span.high is not None:
            found.append(of_number(what, span.low, span.high, kind, why=metal.name))
    return found


def _below_solidus(row: "alloys.AlloyRow") -> Row:
    """Bottom heat stays SOLIDUS_MARGIN_C below the solidus: parts on the underside would fall."""
    why = f"{row.name} solidus {row.solidus_c:g} less {SOLIDUS_MARGIN_C}, bottom heat"
    return Row("max_c", None, row.solidus_c - SOLIDUS_MARGIN_C, "°C", "board",
               row.solidus_c.source, row.solidus_c.confidence, LIMIT, why)


def _hottest(about: Asked) -> Number:
    """The highest end of all windows that are recommended for this very alloy."""
    best = about.alloy.peak_high_c
    for row in rules.of_alloy("joint_c", about.alloy.name):
        if row.high is not None and row.high > best:
            best = Number(row.high, row.source, row.confidence)
    return best


def _parts(about: Asked) -> "list[Row]":
    return rules.rows(about) + _bodies(about)


def _bodies(about: Asked) -> "list[Row]":
    if "smd" not in about.classes:
        return []
    size = about.question
    return bodies.rows(about.alloy.process, size.thickness_mm, size.volume_mm3)


def _laminate(about: Asked) -> "list[Row]":
    """Tg and Td, and for the bottom heat of a preheat the distance that it keeps from Tg."""
    board = about.laminate
    if board is None:
        return []
    found = [
        of_number(what, span.low, span.high, FACT, why=board.name)
        for what, span in (("tg_c", board.tg_c), ("td_c", board.td_c),
                           ("t260_min", board.t260_min), ("t288_min", board.t288_min))
        if span.low is not None
    ]
    if about.question.purpose == "preheat" and board.tg_c.low is not None:
        less = parts.constant("below_tg_c")
        tg_c = board.tg_c.low
        sure = less if tg_c.verified else tg_c
        why = f"{board.name} Tg {tg_c:g} less {less:g} ({tg_c.source})"
        found.append(Row("max_c", None, tg_c - less, "°C", "board", less.source,
                         sure.confidence, LIMIT, why))
    return found


def _ends(rows: "Iterable[Row]", kind: str) -> "list[Row]":
    return [row for row in rows if row.kind == kind and row.high is not None]


def _high(row: Row) -> float:
    assert row.high is not None
    return row.high


def _low(row: Row) -> float:
    assert row.low is not None
    return row.low
