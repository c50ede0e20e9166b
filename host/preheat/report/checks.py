"""Every number of a run that has a limit, beside that limit: rows of the page's table. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from preheat.analysis.measure import OF_RUN, Measures
from preheat.analysis.pwi import Rating, Window, rate, unrated
from preheat.report.header import Header

# What people call a statistic, in the order of the table.
NAMES = {
    "peak_c": "peak",
    "melt_c": "joint melts",
    "over_c": "unit's own count",
    "max_ramp_c_s": "steepest rise",
    "max_cool_c_s": "steepest fall",
    "soak_s": "soak",
    "tal_s": "above liquidus",
    "tal_longest_s": "above liquidus at a stretch",
    "near_body_s": "near the body limit",
    "to_peak_s": "25 °C to peak",
    "spread_at_peak_c": "spread at peak",
    "overshoot_c": "overshoot",
    "tracking_rmse_c": "tracking",
    "energy_wh": "energy",
    "heat_s": "heat",
    "duration_s": "duration",
}
OF_JOINT = ("peak_c", "tal_s", "tal_longest_s")  # what a joint's own window is about


@dataclass(frozen=True)
class Check:
    """One measured number and its limits. probe: "" for the whole run.

    value: None where it was not measured. low, high: None where there is no such limit. inside:
    None where that cannot be said. margin: to the nearer limit, negative outside. rating: as in
    analysis.pwi, None where the row is not from there.
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

    @property
    def percent(self) -> "float | None":
        return None if self.rating is None else self.rating.percent

    @property
    def name(self) -> str:
        return NAMES.get(self.statistic, self.statistic)


def unit_windows(header: Header) -> list[Window]:
    """The limits that the unit itself held in this run, as its log names them."""
    ours = [
        Window("peak_c", None, row.trip_c, "°C", f"unit, {row.source}", roles=(row.role,))
        for row in header.limits
    ]
    said = "unit: tightest of board and profile"
    for statistic, high, unit in (
        ("max_ramp_c_s", header.ramp_max_c_s, "°C/s"),
        ("tal_s", header.tal_max_s, "s"),
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
) -> list[Check]:
    """A row for every probe and window, the loosest of those that say less left out.

    joints: names of probes on joints; joint_windows are for them alone. A window for roles
    without a probe has no row.
    """
    found = _rows(measures, windows)
    if joint_windows:
        wanted = set(joints)
        probes = tuple(probe for probe in measures.probes if probe.name in wanted)
        found += _rows(replace(measures, probes=probes), joint_windows)
    order = list(NAMES)
    return sorted(_tightest(found), key=lambda row: order.index(row.statistic))


def melting(measures: Measures, joints: Iterable[str], liquidus_c: float) -> list[Check]:
    """That each joint's probe reached the liquidus: a peak window says it too, but not always."""
    rows = []
    for name in joints:
        peak_c = measures.probe(name).peak_c
        rows.append(
            Check("melt_c", name, peak_c, liquidus_c, None, "°C", "liquidus of the alloy",
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


def _rows(measures: Measures, windows: Sequence[Window]) -> list[Check]:
    known = [_rated(rating) for rating in rate(measures, windows)]
    unknown = [
        Check(window.statistic, probe or "", None, window.low, window.high, window.unit,
              window.source, window.verified)
        for probe, window in unrated(measures, windows)
        if probe is not None or window.statistic in OF_RUN
    ]  # fmt: skip
    return known + unknown


def _rated(rating: Rating) -> Check:
    window = rating.window
    return Check(
        window.statistic, rating.probe or "", rating.value, window.low, window.high, window.unit,
        window.source, window.verified, rating.inside, rating.margin, rating,
    )  # fmt: skip


def _tightest(rows: Iterable[Check]) -> list[Check]:
    """Of rows about one number with an upper limit alone, the tightest; of equal ones the first.

    A window that also has a lower limit always stays; so do the one-sided rows that it does not
    make looser.
    """
    kept: list[Check] = []
    for row in rows:
        same = [k for k in kept if (k.statistic, k.probe) == (row.statistic, row.probe)]
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
