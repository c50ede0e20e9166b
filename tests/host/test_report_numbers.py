"""How a number is told beside its limit: never as the same number, and marked if nobody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.report_logs import header, record_log, reflow_c
from preheat import tomlfiles
from preheat.boardimage import BoardImage
from preheat.limits.numbers import Number
from preheat.report import document, page, words
from preheat.report.checks import Check, melting
from preheat.report.content import content
from preheat.report.intent import Ask
from preheat.report.judged import judged
from preheat.report.runs import load
from preheat.report.verdict import OUTSIDE, WITHIN, judge


def outside(value, low, high, verified=True):
    return Check("tal_s", "p", value, low, high, "s", "who", verified, False)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (outside(90.004, None, 90), "90.004 s, over 90"),
        (outside(59.99999, 60, 90), "59.99999 s, below 60"),
        (outside(95.123456, 60, 90), "95.12 s, over 90"),
        (outside(90, 60, 90), "90 s, on the limit: inside is below it"),
        (outside(60, 60, 90), "60 s, on the limit: inside is above it"),
        (outside(250.0626, None, 250.0625), "250.1 s, over 250.0625"),
        (outside(95, None, 90, verified=False), "95 s, over 90 (unverified)"),
    ],
)  # fmt: skip
def test_a_reason_has_the_digits_that_tell_value_and_limit_apart(check, said):
    assert words.broken(check) == said


limits = st.floats(0.1, 500).map(lambda number: round(number, 2))


@given(limits, st.floats(1e-6, 100))
def test_no_number_outside_looks_like_its_limit(limit, over):
    said = words.broken(outside(limit + over, None, limit))
    value, _, high = said.partition(" s, over ")
    assert float(value) > float(high)
    shown = words.measured(outside(limit + over, None, limit)).removesuffix(" s")
    assert float(shown) != limit


def test_margins_and_indices_are_not_rounded_into_what_they_are_not():
    check = Check("tal_s", "p", 90.004, None, 90, "s", "who", True, False, -0.004)
    assert (words.measured(check), words.margin(check)) == ("90.004 s", "−0.004 s")
    assert words.percent(99.96) == "99.96 %" and words.percent(100.0) == "100 %"
    assert words.percent(73.2) == "73 %"


def test_the_page_of_a_run_a_little_over_says_how_little(tmp_path):
    path = tmp_path / "r000012.plog"
    path.write_bytes(record_log(header(tal_max_s=None), (lambda s: reflow_c(250.0625, s),)))
    found = judged(load(str(path)))
    assert found.verdict.word == OUTSIDE
    assert "peak of plate 250.1 °C, over 250" in found.verdict.sentence
    row = next(row for row in content(found, "2026-11-28").rows if row.state == "OUTSIDE")
    assert (row.measured, row.margin) == ("250.1 °C", "−0.1 °C")


def test_a_liquidus_that_nobody_verified_is_marked_wherever_it_is_told(tmp_path):
    path = tmp_path / "r000012.plog"
    path.write_bytes(record_log(curves=(lambda s: reflow_c(170, s),)))
    from preheat.limits.question import Question

    found = judged(load(str(path)), Ask(Question("Sn42Bi57.6Ag0.4", purpose="reflow")))
    assert found.melts == "its setpoint reached the liquidus of 140 °C (unverified)"
    row = next(check for check in found.checks if check.statistic == "melt_c")
    assert not row.verified and "unverified" in row.source
    assert melting(found.measures, ["plate"], Number(138, "x", "primary"))[0].verified


@pytest.mark.parametrize(
    ("event", "said"), [("plate", True), ("other", True), (None, False)]
)  # fmt: skip
def test_what_the_unit_counted_as_over_is_told_once(tmp_path, event, said):
    events = [{"t_ms": 9000, "ev": "over", "probe": event}] if event else []
    path = tmp_path / "r000012.plog"
    path.write_bytes(record_log(events=events * 2))
    run = load(str(path))
    found = judged(run)
    assert found.verdict.word == (OUTSIDE if said else WITHIN)
    assert found.verdict.reasons == ((f"the unit saw {event} over its limit",) if said else ())
    peak = Check("peak_c", "plate", 252.0, None, 250.0, "°C", "unit", True, False)
    told = judge(run, [peak]).reasons
    assert any("the unit saw other" in reason for reason in told) == (event == "other")
    assert not any("the unit saw plate" in reason for reason in told)


@pytest.fixture
def run(tmp_path):
    def of(head=None, **changes):
        path = tmp_path / "r000012.plog"
        path.write_bytes(record_log(head, **changes))
        return load(str(path))

    return of


def of_board(name, sha=None):
    """A header that names a board file, and its hash."""
    return header(board=name, board_hash=sha or BoardImage(tomlfiles.load_board(name)).sha)


def test_the_page_tells_the_energy_by_the_board_file_that_the_log_names(run):
    """295 s of heat at half of the rated power."""
    found = judged(run(of_board("virtual-hotplate")))
    rated_w = tomlfiles.load_board("virtual-hotplate")["zones"][0]["power_w"]
    wh = 0.5 * rated_w * 295 / 3600
    assert found.measures.energy_wh == pytest.approx(wh, rel=0.01)
    assert document.document(found)["energy_wh"] == pytest.approx(wh, rel=0.01)
    assert f"energy {found.measures.energy_wh:.1f} Wh" in page.page([found], "2026-11-28")


@pytest.mark.parametrize(("board", "sha"), [
    ("virtual-hotplate", "0" * 16), ("bench", None), ("../virtual-hotplate", None), ("", None),
])  # fmt: skip
def test_no_energy_is_told_where_the_heater_s_power_is_not_known_for_sure(run, board, sha):
    """Another board, one changed since, or a name that would lead out of the folder of boards."""
    known = BoardImage(tomlfiles.load_board("virtual-hotplate")).sha
    found = judged(run(of_board(board, sha or known)))
    assert found.measures.energy_wh is None
    assert "energy" not in page.page([found], "2026-11-28").partition("<svg")[2]


def test_the_page_tells_how_often_probes_failed_or_jumped(run):
    rows = [["plate", "tc_open", 12, 4.0], ["plate", "spike", 1, 0.33],
            ["top", "bus_zero", 7, None]]  # fmt: skip
    found = judged(run(noise=rows))
    told = page.page([found], "2026-11-28")
    assert "plate: 4 open a minute (12 in all): a loose plug" in told
    assert "plate: 0.33 spikes a minute (1 in all);" in told
    assert "top: 7 all-zero frames and no valid reading between them" in told
    assert document.document(found)["noise"] == rows
    quiet = page.page([judged(run())], "2026-11-28")
    assert "Faults and spikes of the probes while it heated: none." in quiet


@pytest.mark.parametrize("noise", [7, "x", [7], [["plate"]], [["plate", "spike", "many", 1]]])
def test_a_count_of_faults_that_does_not_read_is_left_out(run, noise):
    kept = run()
    kept.summary["noise"] = noise
    assert not kept.noise
    assert page.page([judged(kept)], "2026-11-28")
    unclosed = run(summary=False)
    assert unclosed.noise is None
    assert "Faults and spikes" not in page.page([judged(unclosed)], "2026-11-28")
