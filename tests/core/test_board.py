"""The board checker: what may be soldered where, and every contradiction named."""

from preheat_core import board


def good():
    return {
        "schema": 1,
        "name": "bench-1",
        "title": "Bench",
        "mcu": "rp2040",
        "micropython": "RPI_PICO",
        "mains_hz": 50,
        "window_ticks": 4,
        "ssr_kind": "zero_cross",
        "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16},
        "zones": [
            {
                "name": "bottom",
                "probe": "pcb",
                "ssr": 15,
                "power_w": 600,
                "coast_s": 20,
                "heater_kind": "quartz",
            }
        ],
        "probes": [
            {"name": "pcb", "role": "board", "cs": 5},
            {"name": "emitter", "role": "heater", "cs": 6},
        ],
        "limits": {
            "board_max_c": 260,
            "heater_max_c": 700,
            "ramp_max_c_s": 3.0,
            "run_max_s": 7200,
        },
    }


def paths(d):
    return [problem.path for problem in board.check(d)]


def test_a_good_board_has_no_problems():
    assert paths(good()) == []
    assert board.normalise(good()) == good()


def test_a_second_zone_is_refused_with_a_reason():
    d = good()
    d["zones"] = d["zones"] + [dict(d["zones"][0])]
    d["zones"][1]["ssr"] = 14
    found = board.check(d)
    assert [p.path for p in found] == ["zones"]
    assert "exactly 1 row" in str(found[0]) and "second zone" in str(found[0])
    d["zones"] = []
    assert paths(d) == ["zones"]


def test_a_pin_has_one_use():
    d = good()
    d["probes"][1]["cs"] = 15
    found = board.check(d)
    assert [p.path for p in found] == ["probes[1].cs"]
    assert "zones[0].ssr" in str(found[0])
    d["pins"]["lamp"] = 2
    assert paths(d) == ["pins.lamp", "probes[1].cs"]


def test_the_number_of_the_bus_is_no_pin():
    d = good()
    d["pins"]["spi_id"] = 1
    d["pins"]["buzzer"] = 1
    assert paths(d) == []


def test_an_ssr_outside_a_zone_is_refused_with_a_reason():
    d = good()
    d["pins"]["ssr"] = 9
    d["probes"][0]["ssr"] = 10
    found = board.check(d)
    assert [p.path for p in found] == ["pins.ssr", "probes[0].ssr"]
    assert "[[zones]]" in str(found[0])


def test_the_control_probe_exists_and_has_role_board():
    for name in ("emitter", "nobody"):
        d = good()
        d["zones"][0]["probe"] = name
        assert paths(d) == ["zones[0].probe"]
    d = good()
    d["probes"][0]["role"] = "component"
    assert paths(d) == ["probes", "zones[0].probe"]


def test_probe_names_are_unique():
    d = good()
    d["probes"][1]["name"] = "pcb"
    assert paths(d) == ["probes[1].name"]


def test_ceilings_cannot_be_raised_beyond_the_absolute_ones():
    for key, bad in (
        ("board_max_c", 301),
        ("heater_max_c", 901),
        ("ramp_max_c_s", 4.5),
        ("run_max_s", 172801),
        ("run_max_s", 3600.0),
        ("board_max_c", True),
    ):
        d = good()
        d["limits"][key] = bad
        assert paths(d) == ["limits." + key]


def test_facts_outside_their_lists():
    for key, bad in (
        ("mcu", "avr"),
        ("mains_hz", 55),
        ("mains_hz", 50.0),
        ("window_ticks", 9),
        ("ssr_kind", "random"),
        ("schema", 2),
        ("name", "Bench"),
    ):
        d = good()
        d[key] = bad
        assert paths(d) == [key]


def test_malformed_boards_give_problems_and_never_raise():
    for bad in (None, 5, [], "x", {}):
        assert board.check(bad)
    for key in good():
        for value in (None, True, "\x00", [], {}, [None], [[]], [{}], {"name": []}):
            d = good()
            d[key] = value
            assert board.check(d), key
