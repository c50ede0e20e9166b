"""lab.toml: what is wrong in it is told all at once, before any port is opened."""

import io

import pytest

from host.image_files import uf2
from preheat.__main__ import main
from preheat.errors import Refused, UsageError
from preheat.flashing import ports
from preheat.provisioning import labfile, plan
from preheat_core import settings

PICO, ESP = "raspberrypi-pico", "espressif-esp32-devkitc"
PICO_USB = (0x2E8A, 0x0005)


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ports, "attached", lambda: [])

    def write(text):
        path = tmp_path / "lab.toml"
        path.write_text("schema = 1\n" + text, encoding="utf-8")
        return path

    return write


def problems(path):
    with pytest.raises(Refused) as caught:
        labfile.load(path)
    return caught.value.problems


def test_a_row_says_more_than_the_defaults(lab, tmp_path):
    (tmp_path / "slow.toml").write_text('schema = 1\nname = "any"\nsensor_error_c = 6\n')
    path = lab(f"""
        [defaults]
        board = "{PICO}"
        profiles = "bga-sac305 preheat-snpb"
        [[units]]
        name = "bench-1"
        port = "/dev/ttyACM0"
        [[units]]
        name = "bench-2"
        serial = "E6:60-5"
        board = "{ESP}"
        settings = "slow.toml"
        profiles = "bga-sac305"
    """)
    first, second = labfile.load(path)
    assert (first.name, first.port, first.board["name"]) == ("bench-1", "/dev/ttyACM0", PICO)
    assert first.settings is None
    assert [row["name"] for row in first.profiles] == ["bga-sac305", "preheat-snpb"]
    assert (second.port, second.serial, second.board["name"]) == (None, "E6:60-5", ESP)
    assert second.settings == {**settings.default("any"), "sensor_error_c": 6}
    assert len(second.profiles) == 1


def test_every_problem_is_told_at_once_the_files_included(lab, tmp_path):
    (tmp_path / "bad.toml").write_text('schema = 1\nname = "x"\nsensor_error_c = 99\n')
    (tmp_path / "web.uf2").write_text("<html>")
    found = problems(lab(f"""
        [defaults]
        board = "{PICO}"
        image = "web.uf2"
        settings = "bad.toml"
        [[units]]
        name = "bench-1"
        port = "COM3"
        [[units]]
        name = "bench-1"
        port = "COM3"
        serial = "1"
        [[units]]
        name = "bench-3"
        board = "no-such-board"
        profiles = "no-such-profile"
    """))
    for words in (
        'units[1].name = "bench-1": must be used once', 'units[1].port = "COM3": must be used',
        "units[1].port", "units[2].port = nothing: must be there, or else `serial`",
        'units[2].board = "no-such-board": must be usable, but no board is called',
        'units[2].profiles = "no-such-profile"', "sensor_error_c = 99", "a web page",
    ):
        assert any(words in line for line in found), (words, found)


def test_a_value_of_the_wrong_kind_hides_nothing_else(lab, tmp_path):
    (tmp_path / "web.uf2").write_text("<html>")
    found = problems(lab(f"""
        attached = "bench"
        speed = 3
        [defaults]
        board = "no-such-board"
        image = "gone.uf2"
        [[units]]
        name = 7
        board = ["x"]
        settings = "no-such-file.toml"
        [[units]]
        name = "bench-2"
        port = "COM3"
        board = "{PICO}"
        image = "web.uf2"
    """))
    for words in (
        "speed", "units[0].name = 7", "units[0].board", "units[0].port = nothing",
        'units[0].settings = "no-such-file.toml"', 'defaults.board = "no-such-board"',
        'defaults.image = "gone.uf2": must be usable, but ', "one {n}", "a web page",
    ):
        assert any(words in line for line in found), (words, found)
    assert len(found) == 9


def test_a_common_image_is_judged_for_the_board_of_each_row(lab, tmp_path):
    (tmp_path / "pico.uf2").write_bytes(uf2())
    found = problems(lab(f"""
        [defaults]
        image = "pico.uf2"
        [[units]]
        name = "bench-1"
        port = "COM3"
        board = "{PICO}"
        [[units]]
        name = "bench-2"
        port = "COM4"
        board = "{ESP}"
    """))
    assert len(found) == 1 and found[0].startswith("units[1].image") and "a UF2 file" in found[0]


def test_two_rows_for_one_port_are_refused_whatever_they_call_it(lab, tmp_path, monkeypatch):
    device = tmp_path / "ttyACM0"
    device.touch()
    link = tmp_path / "by-id"
    link.symlink_to(device)
    there = [ports.Port(str(device), PICO_USB, "e66")]
    monkeypatch.setattr(ports, "attached", lambda: there)
    rows = {"link": f'port = "{link}"', "device": f'port = "{device}"', "serial": 'serial = "E66"'}
    for one, other in (("link", "device"), ("serial", "link"), ("device", "serial")):
        found = problems(lab(f"""
            [defaults]
            board = "{PICO}"
            [[units]]
            name = "bench-1"
            {rows[one]}
            [[units]]
            name = "bench-2"
            {rows[other]}
        """))
        assert found == (f"bench-2: is at {device}, like bench-1",)
    plans = labfile.load(lab(f"""
        attached = "lab-{{n}}"
        [defaults]
        board = "{PICO}"
        [[units]]
        name = "bench-1"
        {rows["link"]}
    """))
    assert [row.name for row in plans] == ["bench-1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "units"),
        ('[[units]]\nname = "Bench 1"\nport = "COM3"', "units[0].name"),
        ('[[units]]\nname = "a"\nport = "COM3"', "units[0].board"),
        (f'attached = "bench"\n[defaults]\nboard = "{PICO}"', "one {n}"),
        (f'attached = "b{{n}}{{n}}"\n[defaults]\nboard = "{PICO}"', "one {n}"),
        ('attached = "bench-{n}"', "defaults.board"),
        (f'attached = "bench-{{n}}"\n[defaults]\nboard = "{ESP}"', "an adapter only"),
        (f'[defaults]\nboard = "{PICO}"\nprot = "x"', "defaults.prot"),
    ],
)
def test_what_cannot_be_done_is_refused(lab, text, words):
    assert any(words in line for line in problems(lab(text)))


def test_attached_boards_are_taken_by_their_own_usb_id_and_those_named_left_to_their_rows(
    lab, monkeypatch
):
    there = [
        ports.Port("/dev/ttyACM2", PICO_USB, "e6602"), ports.Port("/dev/ttyACM1", PICO_USB, "e66"),
        ports.Port("/dev/ttyACM0", PICO_USB, "e6600"), ports.Port("/dev/ttyACM3", PICO_USB, "e7"),
        ports.Port("/dev/ttyUSB0", (0x10C4, 0xEA60), "1"), ports.Port("/dev/ttyS0"),
    ]
    monkeypatch.setattr(ports, "attached", lambda: there)
    plans = labfile.load(lab(f"""
        attached = "lab-{{n}}"
        [defaults]
        board = "{PICO}"
        [[units]]
        name = "bench-1"
        serial = "E6:60:2"
        [[units]]
        name = "bench-2"
        port = "/dev/ttyACM3"
    """))
    assert [(row.name, row.port, row.serial) for row in plans[2:]] == [
        ("lab-{n}", "/dev/ttyACM1", "e66"), ("lab-{n}", "/dev/ttyACM0", "e6600")]
    assert plans[2].label == "/dev/ttyACM1" and plans[0].label == "bench-1"


def test_one_board_has_the_name_of_its_settings_or_the_next_free_one(lab, tmp_path):
    file = tmp_path / "hot.toml"
    file.write_text('schema = 1\nname = "hot-plate"\n')
    assert plan.make(PICO, port="COM3").name == plan.PATTERN
    assert plan.make(PICO, port="COM3", settings=file).name == "hot-plate"
    assert plan.make(PICO, "bench-9", "COM3", settings=file).name == "bench-9"
    with pytest.raises(UsageError, match="cannot be a unit's name"):
        plan.make(PICO, "Bench", "COM3")


def test_a_port_is_never_guessed_but_for_an_rp2_in_its_bootloader(lab, tmp_path):
    with pytest.raises(UsageError, match="no port was named"):
        plan.make(PICO)
    with pytest.raises(UsageError, match="no port was named"):
        plan.make(ESP)
    image = tmp_path / "pico.uf2"
    image.write_bytes(uf2())
    waits = plan.make(PICO, image=image)
    assert waits.port is None and waits.image is not None and waits.label == "the board"


def test_the_command_needs_a_board_or_a_table(lab):
    path = lab(f'[defaults]\nboard = "{PICO}"\n[[units]]\nname = "a"\nport = "COM3"\n')
    assert main(["provision"]) == 2
    assert main(["provision", "--batch", str(path), "--board", PICO]) == 2
    assert main(["provision", "--board", PICO]) == 2


def test_attached_boards_are_taken_when_somebody_says_so(lab, monkeypatch, capsys):
    """No port is opened before."""
    path = lab(f'attached = "bench-{{n}}"\n[defaults]\nboard = "{PICO}"\n')
    assert main(["provision", "--batch", str(path)]) == 2
    assert "no board of this kind is attached" in capsys.readouterr().err
    monkeypatch.setattr(ports, "attached", lambda: [ports.Port("/dev/none", PICO_USB, "e66")])
    for answer, code in (("n\n", 6), ("", 2)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert main(["provision", "--batch", str(path)]) == code
        err = capsys.readouterr().err
        assert "/dev/none  USB serial number e66" in err and "look" not in err
    assert main(["provision", "--batch", str(path), "--yes"]) == 3
    assert "no port /dev/none" in capsys.readouterr().err
