"""What binds of several rows: of what is recommended the widest, of what is forbidden the
tightest; and from which rows the limit of a body comes."""

import pytest

from preheat.limits.question import Question
from preheat.limits.row import AIM, FACT, LIMIT, Row
from preheat.limits.stack import bound, stack
from preheat.limits.windows import measured_with, windows


def row(low, high, kind=AIM):
    return Row("tal_s", low, high, "s", "", f"{low} to {high}", "primary", kind)


def limit(high):
    return row(None, high, LIMIT)


def ends(found):
    return (found.low and found.low.low, found.high and found.high.high)


@pytest.mark.parametrize(
    ("rows", "most", "wanted"),
    [
        ([], None, (None, None)),
        ([row(60, 90)], None, (60, 90)),
        ([row(60, 90), row(40, 70), row(50, 100)], None, (40, 100)),  # the widest
        ([row(60, 90)], limit(80), (60, 80)),  # cut
        ([row(60, 90)], limit(120), (60, 90)),  # no cut
        ([], limit(80), (None, 80)),
        ([row(60, None)], None, (60, None)),
        ([row(60, 90), row(40, None)], None, (40, None)),  # one of them knows no upper end
        ([row(60, 90), row(40, None)], limit(150), (40, 150)),
        ([row(60, 90), row(None, 70)], None, (None, 90)),  # one of them knows no lower end
        ([row(60, 90)], limit(60), (None, 60)),  # no window of no width
        ([row(60, 90)], limit(50), (None, 50)),
        ([row(10, 20, FACT), row(10, 20, LIMIT)], None, (None, None)),  # neither is an aim
    ],
)  # fmt: skip
def test_the_window_of_several_rows(rows, most, wanted):
    assert ends(bound(rows, most)) == wanted


def test_of_an_equal_limit_and_recommendation_the_limit_is_named():
    most = limit(90)
    assert bound([row(60, 90)], most).high is most
    first = row(40, 90)
    found = bound([first, row(40, 90)], None)
    assert found.low is first and found.high is first


def body_c(*arguments, **more):
    found = stack(Question(*arguments, purpose="reflow", **more))
    assert measured_with(found)["body_max_c"] == (found.body and found.body.high)
    return found.body and found.body.high


def test_the_body_limit_is_from_the_rows_of_bodies_alone():
    assert body_c("SAC305") is None
    assert body_c("SAC305", package="through-hole") is None
    assert body_c("SAC305", package="qfn", thickness_mm=1, volume_mm3=100) == 260  # joints: 250
    assert body_c("SAC305", package="qfn") == 245  # the worst row
    assert body_c("SAC305", procedure="bga-installation") == 245
    assert body_c("SAC305", thickness_mm=2, volume_mm3=400) == 250
    assert body_c("SnPb", package="qfp", thickness_mm=1, volume_mm3=100) == 235  # of two editions


def test_time_near_the_body_limit_is_for_probes_on_the_part():
    found = stack(Question("SnPb", package="qfp", purpose="reflow"))
    (near,) = [w for w in windows(found, reflow=True) if w.statistic == "near_body_s"]
    assert near.roles == ("component",) and not near.verified  # 220 is remembered only
    bare = stack(Question("SnPb", purpose="reflow"))
    assert "near_body_s" not in {window.statistic for window in windows(bare, reflow=True)}


def test_a_limit_counts_from_what_its_own_source_says():
    found = stack(Question("SN100C", package="qfp", purpose="reflow"))
    assert found.counted_from(found.tightest("tal_s")) == 217
    assert found.counted_from(row(40, 90)) is None
    lead = stack(Question("Sn60Pb40", package="qfp", purpose="reflow"))
    assert lead.counted_from(lead.tightest("tal_s")) == 183
