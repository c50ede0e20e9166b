"""What stands on the page, and that nothing from a log can be anything but text there."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host.report_logs import header, record_log, reflow_c, rework
from preheat.report import header as headers
from preheat.report.content import content
from preheat.report.intent import Ask
from preheat.report.judged import judged
from preheat.report.page import page, section, style
from preheat.report.runs import load
from preheat.report.verdict import DECIDES

NOTHING = Ask()
TODAY = "2026-11-28"
EVIL = "<script>alert(1)</script>\"'&$x^2$"


class Outline(HTMLParser):
    """The tags of a page, each attribute, and the text of everything that is no style."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.said = [], [], []
        self._open = []
        self.feed(text)
        self.close()
        self.text = re.sub(r"\s+", " ", " ".join(self.said))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self._open:
            self.said.append(data)


@pytest.fixture
def look(tmp_path):
    """The page of logs given as bytes, as an Outline (`.html` is the page itself)."""

    def at(*logs, golden=None, ask=NOTHING, name="r000012.plog"):
        runs = []
        for i, data in enumerate([*logs, *([golden] if golden else [])]):
            path = tmp_path / f"{i}{name}"
            path.write_bytes(data)
            runs.append(judged(load(str(path)), ask))
        twin = runs.pop() if golden else None
        html = page(runs, TODAY, twin)
        found = Outline(html)
        found.html = html
        return found

    return at


def test_the_page_says_what_an_auditor_asks(look):
    found = look(record_log())
    for words in (
        "Run r000012", "within limits", DECIDES, "kim", "bench-a", "hotplate-sac305", "SAC305",
        "2026-09-10 00:26 UTC", "done: the profile ran to its end", "Measured against limits",
        "235 to 250 °C", "liquidus of the alloy", "Process window index", "Fluke 724", "C-118",
        "heat is withheld from 246 °C", "59b1fad76d690026", "e6edf35133ae39d1",
        "f001655e84539ce5", "632970d5ffabc1df", "SHA-256", "reached: reflow",
    ):  # fmt: skip
        assert words in found.text, words
    assert found.tags.count("svg") == 1
    assert not re.search(r"\baccepted\b|\bpassed\b", found.text, re.I)


def test_the_hash_is_that_of_the_file(look):
    import hashlib

    data = record_log()
    assert hashlib.sha256(data).hexdigest() in look(data).text


def test_a_clock_that_was_never_set_and_expired_calibrations_are_said(look):
    rows = [["plate", 0.5, 1.0, "2024-01-01", "2025-01-01", None, None]]
    found = look(record_log(header(calibration=rows)))
    assert "EXPIRED on the day of the run" in found.text
    found = look(record_log(header(calibration=rows, epoch_s=None)))
    assert "the unit's clock was never set" in found.text
    assert "EXPIRED on the day of this report" in found.text
    found = look(record_log(header(calibration=[])))
    assert "Not calibrated" in found.text


@pytest.mark.parametrize(("due", "expired"), [("2026-09-09", True), ("2026-09-10", False)])
def test_a_calibration_holds_to_the_end_of_the_day_it_is_due(look, due, expired):
    rows = [["plate", 0.5, 1.0, "2026-01-01", due, None, None]]
    noon_s = 1789041600  # 2026-09-10, 12:00 UTC
    found = look(record_log(header(calibration=rows, epoch_s=noon_s)))
    assert ("EXPIRED" in found.text) == expired


def test_a_fault_has_its_sentence_and_its_action(look):
    found = look(record_log(end="fault:stuck_on", faults=[["stuck_on", "plate 231"]]))
    assert "the relay is stuck on" in found.text
    assert "UNPLUG THE HEATER NOW" in found.text


def test_a_damaged_log_says_what_is_missing(look):
    found = look(record_log(summary=False, end=None))
    assert "no verdict" in found.text
    assert "there is no summary: the run was cut off" in found.text


def test_the_golden_run_is_drawn_and_its_differences_are_named(look):
    other = record_log(header(run="r000003"), (lambda s: reflow_c(240, s),))
    found = look(record_log(), golden=other)
    assert "Beside the golden run r000003" in found.text
    assert "242.0 °C (+2.0)" in found.text
    assert "golden: plate" in found.text


def test_several_runs_stand_side_by_side(look):
    hot = record_log(header(run="r000013"), (lambda s: reflow_c(252, s),))
    found = look(record_log(), hot)
    assert "r000012: within limits" in found.text
    assert "r000013: outside limits: peak of plate 252 °C, over 250" in found.text
    assert found.tags.count("svg") == 1 and "r000013: plate" in found.text


def hostile():
    """A log of which every text is markup."""
    head = header(
        run=EVIL, by=EVIL, profile=EVIL, alloy="SAC305", unit=EVIL, uid=EVIL, fw_hash=EVIL,
        probes=[[EVIL, "board"], [EVIL + "2", "heater"]], stages=[EVIL, EVIL, EVIL],
        limits=[["board", 250, 246, EVIL], ["heater", 400, 380, EVIL]],
        calibration=[[EVIL, 0, 1, EVIL, EVIL, EVIL, EVIL]],
    )  # fmt: skip
    events = [{"t_ms": 1000, "ev": "operator", "name": EVIL},
              {"t_ms": 2000, "ev": "approach", "role": EVIL, "temp_c": EVIL, "limit_c": []},
              {"t_ms": 3000, "ev": "fault", "code": EVIL, "detail": EVIL},
              {"t_ms": 4000, "ev": "over", "probe": EVIL}]  # fmt: skip
    curves = (lambda s: reflow_c(242, s), lambda s: 1.5 * reflow_c(242, s))
    return record_log(head, curves, end=EVIL, events=events, faults=[[EVIL, EVIL]])


def test_markup_in_a_log_is_text_on_the_page_and_in_the_picture(look):
    found = look(hostile(), golden=hostile())
    assert "script" not in found.tags
    assert "<script" not in found.html.lower()
    svg = found.html[found.html.index("<svg") : found.html.index("</svg>")]
    assert svg.count("&lt;script&gt;") >= 3  # legend, description, stages
    assert "alert(1)" in found.text and "$x^2$" in found.text
    assert not [name for name, _ in found.attributes if name.startswith("on")]


def test_control_signs_of_a_log_stand_nowhere_on_the_page(look):
    name = "pla\x1b[2Jte\x07\u202e"
    head = header(run="r\x0012", probes=[[name, "board"], ["b\x9b" + "o" * 90, "board_top"]])
    data = record_log(head, (lambda s: reflow_c(242, s), lambda s: reflow_c(240, s)))
    for found in (look(data, golden=data), look(data, data)):
        strange = {sign for sign in found.html if not sign.isprintable()}
        assert strange <= {"\n"}, strange
        assert "peaks at 242.0 °C" in found.text


def test_the_page_asks_for_nothing_outside(look):
    for found in (look(record_log(), golden=rework()), look(record_log(), rework())):
        assert not {"script", "link", "img", "iframe", "object", "image"} & set(found.tags)
        for name, value in found.attributes:
            if name in ("href", "src", "xlink:href", "data", "action"):
                assert value.startswith("#"), (name, value)
        assert "@import" not in found.html
        assert not re.search(r"url\((?!#)", found.html)


def test_two_pictures_of_one_page_share_no_name(tmp_path):
    (tmp_path / "a.plog").write_bytes(record_log())
    run = judged(load(str(tmp_path / "a.plog")))
    shown = content(run, TODAY)
    both = section(shown, run, key="a") + section(shown, run, key="b")
    ids = [value for name, value in Outline(both).attributes if name == "id"]
    assert len(ids) > 20 and len(ids) == len(set(ids))
    assert set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', both)) <= set(ids)
    assert "<style" not in both and ".verdict" in style()


def picture(found):
    """The words in the picture of a page."""
    svg = found.html[found.html.index("<svg") : found.html.index("</svg>")]
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_events_that_are_close_share_a_number_in_the_picture(look):
    over = {"ev": "over", "probe": "plate", "limit_c": 250, "alloy": "SAC305", "source": "peak"}
    events = [{"t_ms": 1000 * s, **over} for s in range(280, 290, 2)]
    said = picture(look(record_log(events=events)))
    assert "4–10" in said and "1" in said and "2" in said
    assert not {"5", "7", "9"} & set(said)


def test_a_log_without_duty_has_no_empty_panel_for_it(look):
    text = "time (s),probe (°C)\n" + "".join(f"{s},{reflow_c(242, s):.2f}\n" for s in range(560))
    assert "duty %" not in picture(look(text.encode(), name=".csv"))
    assert "minutes since the start" in picture(look(text.encode(), name=".csv"))
    assert "duty %" in picture(look(record_log()))


def test_the_words_of_close_limits_stand_on_both_sides_of_them(look):
    probes = [["plate", "board"], ["part", "component"]]
    found = look(record_log(header(probes=probes), (lambda s: reflow_c(242, s),) * 2))
    svg = found.html[found.html.index("<svg") : found.html.index("</svg>")]
    places = {words: (float(x), float(y)) for x, y, words in re.findall(
        r'x="([\d.]+)" y="([\d.]+)"[^>]*>((?:limit|liquidus) [^<]*)<', svg)}  # fmt: skip
    upper, lower = places["limit board 250 °C"], places["limit component 245 °C"]
    assert upper[0] == lower[0] and lower[1] - upper[1] > 8  # a line of its height lies between


def test_the_picture_can_be_read_aloud(look):
    found = look(rework())
    attributes = dict(found.attributes)
    assert attributes["role"] == "img"
    named = attributes["aria-labelledby"].split()
    ids = [value for name, value in found.attributes if name == "id"]
    assert set(named) <= set(ids)
    assert "joint peaks at 238.0 °C" in found.text


def test_the_same_log_makes_the_same_page(look):
    assert look(record_log()).html == look(record_log()).html


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from([*headers.TEXTS, *headers.NUMBERS, "limits", "calibration", "stages",
                          "detached", "probes"])  # fmt: skip


@given(st.dictionaries(FIELDS, json_values) | json_values)
def test_a_header_may_say_anything(raw):
    found = headers.read(raw)
    assert all(isinstance(text, str) for text in found.said.values())
    assert all(row.trip_c == row.trip_c for row in found.limits)
    assert all(c.isprintable() for c in "".join([*found.said.values(), *found.stages]))
