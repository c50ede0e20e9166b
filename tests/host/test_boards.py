"""Boards of one's own beside the stock ones, and what `board list` and `board show` say."""

import pytest

from host.cli_helpers import Shell
from preheat import boardfacts, headers, paths, tomlfiles, wiring
from preheat.bench import plantfile
from preheat.bench.supervisor import VirtualUnit
from preheat.errors import Refused, UsageError

REAL = [name for name in tomlfiles.stock_boards() if not name.startswith("virtual")]


@pytest.fixture
def preheat(capsys, monkeypatch, tmp_path):
    return Shell(capsys, monkeypatch, tmp_path)


def own(name, like="raspberrypi-pico", calls_itself=None, change=("", "")):
    """A file in the user's folder, made from a stock one."""
    text = tomlfiles.find_board(like).read_text(encoding="utf-8")
    text = text.replace(f'name = "{like}"', f'name = "{calls_itself or name}"').replace(*change)
    path = paths.boards_dir() / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_there_are_six_real_boards():
    assert REAL == [
        "espressif-esp32-c3-devkitm", "espressif-esp32-devkitc", "espressif-esp32-s3-devkitc",
        "raspberrypi-pico", "raspberrypi-pico-w", "raspberrypi-pico2",
    ]
    said = {name: tomlfiles.load_board(name)["micropython"] for name in REAL}
    assert list(said.values()) == [
        "ESP32_GENERIC_C3", "ESP32_GENERIC", "ESP32_GENERIC_S3",
        "RPI_PICO", "RPI_PICO_W", "RPI_PICO2",
    ]


@pytest.mark.parametrize("name", REAL)
def test_a_real_board_has_what_the_laptop_needs_and_a_place_on_its_header_for_every_wire(name):
    facts = tomlfiles.load_host_facts(name)
    oldest = (1, 26) if name.startswith("raspberrypi") else (1, 23)
    assert facts.micropython_min == oldest
    assert facts.usb and facts.usb_boot
    board = tomlfiles.load_board(name)
    assert {"contactor", "interlock", "lamp", "buzzer"} <= set(board["pins"])
    assert {probe["role"] for probe in board["probes"]} == {"board", "heater"}
    wires = wiring.rows(board, facts.header)
    assert all(wire.pin for wire in wires)
    assert len({wire.pin for wire in wires}) == len(wires)


def test_a_board_of_ones_own_is_found_by_name_and_listed(preheat):
    path = own("bench-a")
    assert tomlfiles.find_board("bench-a") == path
    assert tomlfiles.load_board("bench-a")["name"] == "bench-a"
    (row,) = [row for row in preheat("board", "list", "--json").document
              if row["name"] == "bench-a"]
    assert (row["from"], row["mcu"], row["file"]) == ("yours", "rp2040", str(path))
    assert preheat("board", "check", "bench-a").code == 0
    assert "GP15, pin 20" in preheat("board", "show", "bench-a").out
    with pytest.raises(UsageError, match="raspberrypi-pico2.*bench-a"):
        tomlfiles.find_board("bench-b")


def test_a_file_of_ones_own_never_stands_in_for_a_stock_board(preheat):
    own("raspberrypi-pico", change=("ssr = 15", "ssr = 22"))
    assert tomlfiles.load_board("raspberrypi-pico")["zones"][0]["ssr"] == 15
    rows = [row for row in preheat("board", "list", "--json").document
            if row["name"] == "raspberrypi-pico"]
    assert [row["problem"] is None for row in rows] == [True, False]
    assert "rename the file" in rows[1]["problem"]
    own("mine", calls_itself="raspberrypi-pico")
    with pytest.raises(Refused, match='must be "mine", like its file'):
        tomlfiles.load_board("mine")
    assert preheat("board", "check", "mine").code == 4


def test_a_broken_file_does_not_break_the_list(preheat):
    own("good")
    own("strap", like="espressif-esp32-devkitc", change=("ssr = 25", "ssr = 0"))
    (paths.boards_dir() / "torn.toml").write_bytes(b"schema = \n")
    ran = preheat("board", "list")
    assert ran.code == 0
    assert "torn.toml cannot be used" in ran.out and "line 1" in ran.out
    assert "strap.toml cannot be used" in ran.out and "boot mode" in ran.out
    rows = {row["name"]: row for row in preheat("board", "list", "--json").document}
    assert rows["good"]["problem"] is None
    assert rows["torn"]["mcu"] is None and rows["strap"]["title"] is None
    assert set(tomlfiles.stock_boards()) < set(rows)


def test_the_wiring_names_signal_gpio_pin_and_parts(preheat):
    document = preheat("board", "show", "raspberrypi-pico", "--json").document
    assert document["board"] == tomlfiles.load_board("raspberrypi-pico")
    assert document["host"]["usb"] == "2e8a:0005"
    assert document["wiring"][0] == {
        "signal": "SSR of bottom", "gpio": 15, "pin": "GP15, pin 20",
        "wire_to": "driver Q1, SSR input", "note": "4.7 kΩ from pin to GND",
    }
    people = preheat("board", "show", "raspberrypi-pico").out
    assert "GP15, pin 20" in people and "fails ON" in people
    assert preheat("board", "show", "virtual-quartz", "--json").document["host"] is None


def test_every_pull_down_of_a_pico_2_names_the_erratum():
    board = tomlfiles.load_board("raspberrypi-pico2")
    for wire in wiring.rows(board):
        assert ("8.2" in wire.note) is ("from pin to GND" in wire.note), wire


@pytest.mark.parametrize("name", headers.HEADERS)
def test_a_header_has_each_gpio_once_and_as_many_pins_as_the_board(name):
    carried = [pin for row in headers.HEADERS[name].rows.values() for pin in row.split()]
    numbers = [pin for pin in carried if pin.isdigit()]
    assert len(numbers) == len(set(numbers))
    assert len(carried) == {"pico": 40, "esp32-devkitc": 38, "esp32-s3-devkitc-1": 44,
                            "esp32-c3-devkitm-1": 30}[name]
    assert headers.label(name, 99) == "" == headers.label("another", 4)


def test_a_few_pins_of_each_header():
    assert headers.label("pico", 28) == "GP28, pin 34"
    assert headers.label("esp32-devkitc", 25) == "IO25, J2 pin 9"
    assert headers.label("esp32-s3-devkitc-1", 15) == "15, J1 pin 8"
    assert headers.label("esp32-c3-devkitm-1", 10) == "IO10, J1 pin 11"
    assert headers.supply("pico", "3V3") == ("pin 36",)
    assert headers.supply("esp32-c3-devkitm-1", "3V3") == ("J1 pin 2", "J1 pin 3")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("micropython_min", "new"), ("micropython_min", "1"), ("micropython_min", "-1.26"),
        ("usb", "2e8a-0005"), ("usb", "2e8a:5"), ("usb_boot", "+e8a:0003"), ("header", "arduino"),
        ("baud", 9600),
    ],
)
def test_the_laptops_table_is_checked(key, value):
    found = boardfacts.check({"micropython_min": "1.26", key: value})
    assert [problem.path for problem in found] == [f"host.{key}"]


def test_the_laptops_table_as_facts():
    facts = boardfacts.facts({"micropython_min": "1.26.1", "usb": "2e8a:0005 10C4:ea60"})
    assert facts.micropython_min == (1, 26)
    assert facts.usb == ((0x2E8A, 5), (0x10C4, 0xEA60)) and facts.usb_boot == ()
    assert boardfacts.facts(None) == boardfacts.HostFacts()
    assert [p.path for p in boardfacts.check({})] == ["host.micropython_min"]


@pytest.mark.parametrize("name", REAL)
def test_a_virtual_unit_takes_no_real_board(name):
    with pytest.raises(UsageError, match="not for a virtual unit: name one of virtual-ceramic"):
        VirtualUnit(board=name)


def test_a_virtual_unit_is_offered_virtual_boards_only(preheat):
    own("bench-a")
    with pytest.raises(UsageError) as caught:
        VirtualUnit(board="nothing")
    assert "virtual-quartz" in caught.value.fix
    assert "raspberrypi" not in caught.value.fix and "bench-a" not in caught.value.fix
    with pytest.raises(UsageError, match="not for a virtual unit"):
        VirtualUnit({**plantfile.load_plant("hotplate"), "board": "raspberrypi-pico"})
