"""Calibration rows: their fields, the one formula, how large settings and log headers may get."""

from expect import near
from preheat_core import check, logread, protocol, runlog, settings, thermocouple
from preheat_fw.max31855 import reading

FULL = {
    "probe": "board", "offset_c": -0.625, "gain": 1.0, "date": "2026-03-01", "due": "2027-03-01",
    "operator": "bench 3", "instrument": "ice; barometer B12", "certificate": "K-2231",
    "residual_c": 0.25, "points": "ice 0.00: 0.62; boiling 99.97: 100.29",
}  # fmt: skip
TEXTS = ("date", "due", "operator", "instrument", "certificate", "points")


def longest(filling):
    """Settings with every text as long as it may be, with a model and six calibrated probes."""
    d = settings.default("n" * 24)
    d["model"] = {
        field.key: "x" * 40 if field.kind == "text" else field.kind == "flag" or -0.123456789012345
        for field in settings.MODEL_FIELDS
    }
    most = {field.key: field.high for field in settings.CALIBRATION_FIELDS}
    row = {key: filling * most[key] for key in TEXTS}
    row.update({"offset_c": -4.12345678901234, "gain": 1.01234567890123, "residual_c": 0.12345678})
    d["calibration"] = [dict(row, probe="p" * 15 + str(i)) for i in range(6)]
    return d


def test_a_full_row_and_a_row_of_before_are_good():
    for row in (FULL, {"probe": "board"}, {"probe": "board", "offset_c": 1, "gain": 0.99}):
        d = settings.default("x")
        d["calibration"] = [row]
        assert settings.check(d) == []
        assert settings.normalise(settings.normalise(d)) == settings.normalise(d)
    d = settings.normalise({"schema": 1, "name": "x", "calibration": [FULL]})
    assert d["calibration"] == [FULL]


def test_what_is_too_long_or_of_another_kind_is_refused():
    for key, bad in (
        ("date", "2026-03-01T08"), ("due", 2027), ("operator", "x" * 25), ("operator", ""),
        ("instrument", "x" * 33), ("certificate", "x" * 25), ("points", "x" * 101),
        ("residual_c", -0.1), ("offset_c", 5.01), ("offset_c", -5.01), ("gain", 1.0201),
        ("gain", 0.9799), ("colour", "red"),
    ):  # fmt: skip
        d = settings.default("x")
        d["calibration"] = [dict(FULL, **{key: bad})]
        assert [p.path for p in settings.check(d)] == ["calibration[0]." + key], (key, bad)


def test_the_driver_corrects_by_the_one_formula_after_it_has_linearised():
    word = 245 * 4 << 18 | 25 * 16 << 4
    linear_c = thermocouple.correct(245.0, 25.0)
    near(thermocouple.calibrated(200.0, -1.5, 1.01), 200.5, 1e-4)
    near(reading(word, -1.5, 1.01).temp_c, thermocouple.calibrated(linear_c, -1.5, 1.01), 1e-4)


def test_the_longest_settings_fit_an_upload():
    for filling in ("x", "\u00e9", "\U0001f525", '"'):
        d = longest(filling)
        assert [p.path for p in settings.check(d) if "calibration" in p.path] == []
        size = len(check.canonical(settings.normalise(d)))
        assert size <= protocol.MAX_PUT_BYTES, (filling, size)


def test_a_header_with_six_calibrated_probes_goes_over_several_blocks_and_reads():
    for filling, at_least in (("x", 1), ("\u00e9", 4)):
        rows = [
            [row.get(key) for key in settings.CALIBRATION_LOGGED]
            for row in longest(filling)["calibration"]
        ]
        blocks = runlog.Writer(1).header({"run": "r000001", "calibration": rows})
        assert len(blocks) >= at_least
        assert all(len(block) <= 1024 + 14 for block in blocks)
        log = logread.read(b"".join(blocks))
        assert log.blocks == len(blocks)
        assert log.header is not None
        assert [row[3:] for row in log.header["calibration"]] == [row[3:] for row in rows]


def test_no_text_makes_a_header_that_a_small_memory_cannot_hold():
    rows = [
        [row.get(key) for key in settings.CALIBRATION_LOGGED]
        for row in longest("\U0001f525")["calibration"]
    ]
    assert len(protocol.dump_json({"calibration": rows})) < 6144
