"""The doctor on the laptop's side: facts of three systems made up, and what is found in them."""

import os
import socket
from types import SimpleNamespace

import pytest

from host import doctor_facts as made
from preheat import owner, paths
from preheat.doctor import elsewhere, laptop, linux
from preheat.doctor.facts import Port, Usb
from preheat.doctor.finding import NOTE, PROBLEM, WARNING
from preheat.doctor.judging import judge

RULE = 'ATTRS{idVendor}=="2e8a", ENV{ID_MM_DEVICE_IGNORE}="1"\n'
PICO = Port("/dev/ttyACM0", 0x2E8A, 0x0005, "Board in FS mode", True, "dialout")
IOREG = """\
+-o Root  <class IORegistryEntry, id 0x1, retain 33>
  | {
  |   "IOKitBuildVersion" = "x"
  | }
  +-o CP2102N USB to UART@01100000  <class IOUSBHostDevice, id 0x1>
    | {
    |   "idProduct" = 60000
    |   "USB Product Name" = "CP2102N USB to UART"
    |   "idVendor" = 4292
    | }
  +-o Keyboard@02100000  <class IOUSBHostDevice>
      {
        "idProduct" = 597
        "idVendor" = 1452
      }
"""
PNPUTIL = """\
Instanz-ID:   USB\\VID_1A86&PID_7523\\5&2d3e&0&1
Instanz-ID:   USB\\ROOT_HUB30\\4&1
Instanz-ID:   USB\\VID_2E8A&PID_0003\\E0C9125B0D9B
"""


links = pytest.mark.skipif(os.name == "nt", reason="builds a tree with symbolic links")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))


def codes(**here):
    """{code: finding} of a laptop alone."""
    return found(made.facts(made.laptop(**here), why_no_unit="none is known"))


def found(facts):
    return {row.code: row for row in judge(facts)}


def info(device, vid=None, pid=None, product=None, description="n/a"):
    """As pyserial lists a port."""
    return SimpleNamespace(device=device, vid=vid, pid=pid, product=product,
                           description=description)


def test_without_a_unit_only_the_laptop_is_looked_at():
    rows = codes(ports=(PICO,))
    assert set(rows) == {"no_unit"}
    assert rows["no_unit"].severity == NOTE and "--port" in rows["no_unit"].next


def test_every_finding_says_what_was_seen_what_it_means_and_what_to_do():
    rows = codes(
        usb=(Usb(0x2E8A, 3), Usb(0x10C4, 0xEA60), Usb(0x1A86, 0x7523)), home_problem="no",
        registry_problem="bad", stale=("COM3",), programs=frozenset({"brltty", "ModemManager"}),
        ports=(Port("/dev/ttyACM0", 0x2E8A, 5, "", False, "dialout"),), user="mia",
    )
    assert {"home", "registry", "stale_note", "bootloader", "brltty", "modemmanager",
            "permission"} <= set(rows)  # fmt: skip
    for row in rows.values():
        assert row.seen and row.meaning and row.next and not row.seen.endswith(".")


@links
def test_linux_tells_devices_with_their_port_and_driver(tmp_path):
    made.usb_device(tmp_path, "1-1", "2e8a", "0005", "ttyACM0", "cdc_acm", "Board in FS mode")
    made.usb_device(tmp_path, "1-2.4", "1a86", "7523", "ttyUSB3", "ch341")
    made.usb_device(tmp_path, "1-3", "10c4", "ea60")
    assert linux.usb(tmp_path) == (
        Usb(0x2E8A, 5, "Board in FS mode", "/dev/ttyACM0", "cdc_acm"),
        Usb(0x1A86, 0x7523, "a device", "/dev/ttyUSB3", "ch341"),
        Usb(0x10C4, 0xEA60, "a device", "", ""),
    )
    assert linux.usb(tmp_path / "nothing") is None


@links
def test_linux_tells_who_holds_a_port(tmp_path):
    made.process(tmp_path, 71, "screen", "/dev/ttyACM0", "/dev/null")
    made.process(tmp_path, 72, "bash", "/dev/pts/1")
    made.process(tmp_path, os.getpid(), "python", "/dev/ttyACM0")
    (tmp_path / "proc/73").mkdir()
    assert linux.holders("/dev/ttyACM0", tmp_path) == ("screen (pid 71)",)
    assert linux.programs(tmp_path) >= {"screen", "bash"}


@links
def test_a_rule_in_etc_takes_the_place_of_the_systems_own(tmp_path):
    made.rule(tmp_path, "usr/lib/udev/rules.d", "85-brltty.rules", "1A86:7523")
    made.rule(tmp_path, "usr/lib/udev/rules.d", "60-other.rules", "nothing of ours")
    made.rule(tmp_path, "etc/udev/rules.d", "99-preheat.rules", RULE)
    assert set(linux.rules(tmp_path)) == {"85-brltty.rules", "99-preheat.rules"}
    (tmp_path / "etc/udev/rules.d/85-brltty.rules").symlink_to("/dev/null")
    assert linux.rules(tmp_path)["85-brltty.rules"] == ""


def test_macos_and_windows_tell_ids_and_pyserial_tells_ports():
    port = Port("/dev/cu.usbserial-1", 0x10C4, 0xEA60)
    found = elsewhere.macos_usb([], lambda command: IOREG)
    assert found == (Usb(0x10C4, 0xEA60, "CP2102N USB to UART"), Usb(0x05AC, 0x0255))
    with_port = elsewhere.macos_usb([port], lambda command: IOREG)
    assert with_port is not None and with_port[0].port == port.device
    assert elsewhere.windows_usb([], lambda command: PNPUTIL) == (
        Usb(0x1A86, 0x7523), Usb(0x2E8A, 0x0003),
    )  # fmt: skip
    for gather in (elsewhere.macos_usb, elsewhere.windows_usb):
        assert gather([], lambda command: "") is None
    lsof = "p71\ncscreen\np90\ncPython\n"
    assert elsewhere.macos_holders("/dev/cu.x", lambda command: lsof) == (
        "screen (pid 71)", "Python (pid 90)",
    )  # fmt: skip


def test_a_command_that_is_missing_or_fails_says_nothing():
    assert elsewhere.run(["preheat-no-such-command"]) == ""
    assert elsewhere.run(["false"]) == ""


@links
@pytest.mark.parametrize("system", ["Linux", "Darwin", "Windows"])
def test_all_of_it_is_gathered_on_every_system(system, tmp_path):
    made.usb_device(tmp_path, "1-1", "2e8a", "0005", "ttyACM0", "cdc_acm")
    made.process(tmp_path, 71, "ModemManager", "/dev/ttyACM0")
    (tmp_path / "media/mia/RPI-RP2").mkdir(parents=True)
    (tmp_path / "media/mia/RPI-RP2/INFO_UF2.TXT").touch()
    (tmp_path / "Volumes/RP2350").mkdir(parents=True)
    (tmp_path / "Volumes/RP2350/INFO_UF2.TXT").touch()
    ports = [info("/dev/ttyS0"), info("/dev/ttyACM0", 0x2E8A, 5, "Board in FS mode")]
    output = {"ioreg": IOREG, "pnputil": PNPUTIL, "lsof": "p1\ncx\n"}
    here = laptop.gather(system, lambda: ports, tmp_path, lambda command: output[command[0]])
    assert here.system == system and here.usb and here.home and not here.home_problem
    names = [port.device for port in here.ports]
    assert names == (["/dev/ttyACM0"] if system == "Linux" else ["/dev/ttyACM0", "/dev/ttyS0"])
    assert here.ports[0].title == "Board in FS mode"
    holder = {"Linux": ("ModemManager (pid 71)",), "Darwin": ("x (pid 1)",), "Windows": ()}
    assert here.ports[0].holders == holder[system]
    assert len(here.volumes) == (0 if system == "Windows" else 1)
    assert ("ModemManager" in here.programs) == (system == "Linux")


@pytest.mark.parametrize("ids", [(0x2E8A, 0x0003), (0x2E8A, 0x000F)])
def test_a_board_in_its_usb_bootloader(ids):
    row = codes(usb=(Usb(*ids),))["bootloader"]
    assert row.severity == PROBLEM and "reset" in row.next
    assert "no_port" not in codes(usb=(Usb(*ids),))
    assert codes(usb=None, volumes=("/media/mia/RPI-RP2",))["bootloader"]


@pytest.mark.parametrize(("system", "ids", "words"), [
    ("Linux", (0x1A86, 0x7523), "modprobe ch341"), ("Linux", (0x10C4, 0xEA60), "modprobe cp210x"),
    ("Linux", (0x2E8A, 0x0005), "modprobe cdc_acm"), ("Darwin", (0x10C4, 0xEA60), "Silicon Labs"),
    ("Windows", (0x1A86, 0x7523), "WCH"), ("Windows", (0x2E8A, 0x0005), "without a hub"),
])  # fmt: skip
def test_a_usb_id_without_a_port_wants_its_driver(system, ids, words):
    row = codes(system=system, usb=(Usb(*ids),))["driver"]
    assert row.severity == PROBLEM and words in row.next
    assert "driver" not in codes(system=system, usb=(Usb(*ids, port="COM3"),))


def test_brltty_that_took_an_adapter_is_a_problem_and_one_that_may_a_warning():
    rules = {"85-brltty.rules": 'ENV{PRODUCT}=="1a86/7523/*", RUN+="brltty"'}
    lost = codes(usb=(Usb(0x1A86, 0x7523),), rules=rules, programs=frozenset({"brltty"}))
    assert lost["brltty"].severity == PROBLEM and "driver" not in lost
    assert "ln -s /dev/null /etc/udev/rules.d/85-brltty.rules" in lost["brltty"].next
    may = codes(usb=(Usb(0x1A86, 0x7523, port="/dev/ttyUSB0"),), rules=rules)
    assert may["brltty"].severity == WARNING
    for harmless in (
        {"usb": (Usb(0x2E8A, 5, port="x"),), "rules": rules},
        {"usb": (Usb(0x10C4, 0xEA60, port="x"),), "rules": rules},
        {"usb": (Usb(0x1A86, 0x7523, port="x"),), "rules": {"85-brltty.rules": ""}},
    ):
        assert "brltty" not in codes(**harmless)


def test_modemmanager_is_told_of_with_the_line_that_keeps_it_off():
    running = {"ports": (PICO,), "programs": frozenset({"ModemManager"})}
    row = codes(**running)["modemmanager"]
    assert row.severity == WARNING and RULE.strip() in row.next
    assert "modemmanager" not in codes(**running, rules={"99-preheat.rules": RULE})
    assert codes(**running, rules={"99-preheat.rules": "# " + RULE})["modemmanager"]
    assert "modemmanager" not in codes(ports=(PICO,))
    assert "modemmanager" not in codes(programs=frozenset({"ModemManager"}))


def test_a_port_that_may_not_be_opened_names_the_group():
    port = Port("/dev/ttyACM0", 0x2E8A, 5, "", False, "dialout")
    row = codes(ports=(port,), user="mia")["permission"]
    assert row.severity == WARNING and "usermod -aG dialout mia" in row.next
    again = codes(ports=(port,), user="mia", groups_on_file=frozenset({"dialout"}))["permission"]
    assert "log out and in again" in again.next
    target = found(made.facts(made.laptop(ports=(port,)), made.unreached(None)))["permission"]
    assert target.severity == PROBLEM
    stranger = Port("/dev/ttyS4", None, None, "", False, "dialout")
    assert "permission" not in codes(ports=(stranger,))


def test_nothing_at_all_is_a_cable_that_only_charges():
    row = codes(usb=(Usb(0x1D6B, 2), Usb(0x046D, 0xC31C)))["no_port"]
    assert "only charges" in row.meaning and "none of the 2 USB devices" in row.seen
    assert "cannot be listed" in codes(usb=None)["no_port"].seen
    assert "no_port" not in codes(ports=(PICO,))
    reached = found(made.facts(made.laptop(), made.unit()))
    assert reached == {}


def test_macos_has_two_names_for_a_port():
    unit = made.unit(port="/dev/tty.usbmodem1")
    row = found(made.facts(made.laptop("Darwin"), unit))["tty_name"]
    assert "--port /dev/cu.usbmodem1" in row.next
    assert "tty_name" not in found(made.facts(made.laptop("Linux"), unit))


def test_the_toolkits_own_files(tmp_path, monkeypatch):
    def gathered():
        return laptop.gather("Linux", list, tmp_path)

    assert gathered().registry_problem == "" and gathered().stale == ()
    paths.units_file().write_text("{")
    assert "units.json" in gathered().registry_problem
    with socket.create_server(("127.0.0.1", 0)) as lively:
        note = '{"port": "%s", "tcp": %d}'
        owner.note_path("COM3").write_text(note % ("COM3", lively.getsockname()[1]))
        with socket.create_server(("127.0.0.1", 0)) as dead:
            owner.note_path("COM4").write_text(note % ("COM4", dead.getsockname()[1]))
        owner.note_path("COM5").write_text("no note")
        assert gathered().stale == ("COM4",)
        assert owner.note_path("COM4").exists()  # it looks, and tidies nothing
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "file" / "home"))
    assert "cannot hold preheat's files" in gathered().home_problem
