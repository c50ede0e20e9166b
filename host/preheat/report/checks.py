"""Every number of a run that has a limit, beside that limit: rows of the page's table. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from preheat.analysis.measure import OF_RUN, Measures
from preheat.analysis.pwi import Rating, Window, rate, unrated
from preheat.limits.numbers import MARK
from preheat.report import words
from preheat.report.header import Header

# What people call a statistic, in the order of the table.
NAMES = {
    "peak_c": "peak",
    "melt_c": "joint melts",
    "over_c": "unit's own count",
    "max_ramp_c_s": "steepest rise",
    "max_cool_c_s": "steepest fall",
    "soak_s": "soak",
    "tal_s": "time above",
    "tal_longest_s": "at a stretch above",
    "near_body_s": "time near body limit",
    "to_peak_s": "25 °C to peak",
    "spread_at_peak_c": "spread at peak",
    "overshoot_c": "overshoot",
    "tracking_rmse_c": "tracking",
    "energy_wh": "energy",
    "heat_s": "heat",
    "duration_s": "duration",
}
NONE_OTHER: "Mapping[float, Measures]" = {}
OF_JOINT = ("peak_c", "tal_s", "tal_longest_s")  # what a joint's own window is about


@dataclass(frozen=True)
class Check:
    """One measured number and its limits. probe: "" for the whole run.

    value: None where it was not measured. low, high: None where there is no such limit. inside:
    None where that cannot be said. margin: to the nearer limit, negative outside. rating: as in
    analysis.pwi, None where the row is not from there. level: of a time above a temperature or
    between two, which, in words.
    """

    statistic: str
    probe: str
    value: "float | None"
    low: "float | None"
    high: "float | None"
    unit: str
    source: str
    verified: bool = True
    inside: "bool | None" = None
    margin: "float | None" = None
    rating: "Rating | None" = None
    level: str = ""

    @property
    def percent(self) -> "float | None":
        return None if self.rating is None else self.rating.percent

    @property
    def name(self) -> str:
        return f"{NAMES.get(self.statistic, self.statistic)} {self.level}".rstrip()


def unit_windows(header: Header) -> list[Window]:
    """The limits that the unit itself held in this run, as its log names them."""
    ours = [
        Window("peak_c", None, row.trip_c, "°C", f"unit, {row.source}", roles=(row.role,))
        for row in header.limits
    ]
    said = "unit: tightest of board and profile"
    if header.tal_max_s is not None:
        ours.append(
            Window("tal_s", None, header.tal_max_s, "s", said, from_c=header.liquidus_c)
        )
    for statistic, high, unit in (
        ("max_ramp_c_s", header.ramp_max_c_s, "°C/s"),
        ("spread_at_peak_c", header.spread_max_c, "°C"),
    ):
        if high is not None:
            ours.append(Window(statistic, None, high, unit, said))
    return ours


def checks(
    measures: Measures,
    windows: Sequence[Window],
    joints: Iterable[str] = (),
    joint_windows: Sequence[Window] = (),
    from_other: "Mapping[float, Measures]" = NONE_OTHER,
) -> list[Check]:
    """A row for every probe and window, the loosest of those that say less left out.

    joints: names of probes on joints; joint_windows are for them alone. A window for roles
    without a probe has no row. from_other: the run measured from other temperatures than its
    liquidus, by these, for windows that count from them.
    """
    found = _rows(measures, windows, from_other)
    if joint_windows:
        wanted = set(joints)
        of_joints = {c: _of(wanted, other) for c, other in from_other.items()}
        found += _rows(_of(wanted, measures), joint_windows, of_joints)
    order = list(NAMES)
    return sorted(_tightest(found), key=lambda row: order.index(row.statistic))


def melting(measures: Measures, joints: Iterable[str], liquidus_c: float) -> list[Check]:
    """That each joint's probe reached the liquidus: a peak window says it too, but not always."""
    rows = []
    verified = getattr(liquidus_c, "verified", True)
    said = "liquidus of the alloy" if verified else f"liquidus of the alloy ({MARK})"
    for name in joints:
        peak_c = measures.probe(name).peak_c
        rows.append(
            Check("melt_c", name, peak_c, liquidus_c, None, "°C", said, verified,
                  inside=None if peak_c is None else peak_c >= liquidus_c,
                  margin=None if peak_c is None else peak_c - liquidus_c)
        )  # fmt: skip
    return rows


def heat(heat_s: "float | None", header: Header) -> list[Check]:
    """The time under heat against the longest that was allowed."""
    most_s = header.run_max_s
    if most_s is None:
        return []
    known = heat_s is not None
    return [
        Check("heat_s", "", heat_s, None, most_s, "s", "unit: tightest of board and profile",
              inside=heat_s <= most_s if known else None,
              margin=most_s - heat_s if known else None)
    ]  # fmt: skip


def _of(names: "set[str]", measures: Measures) -> Measures:
    """The numbers of these probes alone."""
    probes = tuple(probe for probe in measures.probes if probe.name in names)
    return replace(measures, probes=probes)


def _rows(
    run: Measures, windows: Sequence[Window], from_other: "Mapping[float, Measures]"
) -> list[Check]:
    known, unknown = [], []
    for window in windows:
        measures = from_other.get(window.from_c, run) if window.from_c is not None else run
        level = _level(window.statistic, measures, measures is run)
        known += [_rated(rating, level) for rating in rate(measures, [window])]
        unknown += [
            Check(window.statistic, probe or "", None, window.low, window.high, window.unit,
                  window.source, window.verified, level=level)
            for probe, window in unrated(measures, [window])
            if probe is not None or window.statistic in OF_RUN
        ]  # fmt: skip
    return known + unknown


def _level(statistic: str, measures: Measures, own: bool) -> str:
    """Above or between which temperatures a time was counted, in words. own: above the liquidus
    of the run, not a temperature of whoever set the limit."""
    if statistic in OF_JOINT and statistic != "peak_c":
        above_c = measures.liquidus_c
        level = "" if above_c is None else words.celsius(above_c)
        return f"liquidus {level}".rstrip() if own else level
    if statistic == "near_body_s" and measures.body_max_c is not None:
        return f"{measures.body_max_c:g} °C"
    if statistic == "soak_s" and measures.soak_c is not None:
        return f"{measures.soak_c[0]:g} to {measures.soak_c[1]:g} °C"
    return ""


def _rated(rating: Rating, level: str) -> Check:
    window = rating.window
    return Check(
        window.statistic, rating.probe or "", rating.value, window.low, window.high, window.unit,
        window.source, window.verified, rating.inside, rating.margin, rating, level,
    )  # fmt: skip


def _tightest(rows: Iterable[Check]) -> list[Check]:
    """Of rows about one number with an upper limit alone, the tightest; of equal ones the first.

    A window that also has a lower limit always stays; so do the one-sided rows that it does not
    make looser.
    """
    kept: list[Check] = []
    for row in rows:
        same = [k for k in kept if _number(k) == _number(row)]
        if any(_says_all(k, row) for k in same):
            continue
        kept = [k for k in kept if k not in same or not _says_all(row, k)]
        kept.append(row)
    return kept


def _says_all(one: Check, other: Check) -> bool:
    """Whether whatever is inside `one` is inside `other` too."""
    low = other.low is None or (one.low is not None and one.low >= other.low)
    high = other.high is None or (one.high is not None and one.high <= other.high)
    return low and high


def _number(row: Check) -> "tuple[str, str, str]":
    """What a row measured: times above two temperatures are two numbers."""
    return row.statistic, row.probe, row.level
