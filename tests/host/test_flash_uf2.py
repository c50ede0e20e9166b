"""Flashing an RP2: into its bootloader, onto the right volume, and done only when it answers."""

import errno
import io
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from host import image_files as make
from host.boot_volume import Rp2Standin
from host.standin import BOARD
from preheat.boardfacts import HostFacts
from preheat.errors import DeviceLost, Refused, UsageError, VerifyError
from preheat.flashing import answer, places, uf2
from preheat.flashing.flashing import Job, flash
from preheat.mcus import MCUS
from preheat.registry import Registry
from preheat.remote import Remote

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")

PICO = {**BOARD, "name": "pico", "mcu": "rp2040", "micropython": "RPI_PICO"}
PICO2 = {**BOARD, "name": "pico2", "mcu": "rp2350", "micropython": "RPI_PICO2"}
FACTS = HostFacts((1, 26), ((0x2E8A, 0x0005),), ((0x2E8A, 0x0003),))


@pytest.fixture(autouse=True)
def media(tmp_path, monkeypatch):
    """The only place where volumes are mounted on this computer."""
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "candidates", lambda: list((tmp_path / "media").glob("*")))
    monkeypatch.setattr("preheat.link._HELLO_EVERY_S", 0.1)  # a stand-in answers at once
    monkeypatch.setattr(places, "BY_LABEL", tmp_path / "by-label")
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "RPI_PICO-20260824-v1.29.0.uf2"
    path.write_bytes(make.uf2())
    return path


def nothing_to_keep(port):
    return None


def test_a_pico_at_its_prompt_is_flashed_and_answers_with_the_new_version(media, image):
    steps = []
    with Rp2Standin(media) as pico:
        report = flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep,
                       lambda *step: steps.append(step))
    written = b"".join(pico.flash[at] for at in sorted(pico.flash))
    whole = image.read_bytes()
    assert written == b"".join(whole[i + 32 : i + 288] for i in range(0, len(whole), 512))
    assert (report.version, report.machine) == ("1.29.0", "Raspberry Pi Pico with RP2040")
    assert report.port == pico.port and not report.erased and pico.erased == []
    assert [name for name, _, _ in steps if name != "write"] == [
        "connect", "bootloader", "restart",
    ]
    assert ("write", len(whole), len(whole)) in steps


def test_two_at_once_take_turns_in_their_bootloaders(media, image):
    with Rp2Standin(media) as one, Rp2Standin(media) as other, ThreadPoolExecutor() as pool:
        jobs = [Job(PICO, FACTS, image, pico.port) for pico in (one, other)]
        reports = list(pool.map(lambda job: flash(job, nothing_to_keep), jobs))
    assert [report.port for report in reports] == [one.port, other.port]
    assert one.flash == other.flash and one.flash


def test_a_live_unit_is_asked_to_leave_its_app_first(media, image):
    with Rp2Standin(media, live={"uid": "01", "boot_id": "a", "proto": 1}) as pico:
        flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
    assert pico.flash


def test_a_hot_unit_is_not_flashed_unless_the_operator_says_so(media, image):
    with Rp2Standin(media, live={"uid": "01", "boot_id": "a", "proto": 1}) as pico:
        pico.app.hot = True
        with pytest.raises(Refused, match="180 C") as caught:
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
        assert caught.value.code == "hot" and pico.app.live
        assert flash(Job(PICO, FACTS, image, pico.port, leave_hot=True), nothing_to_keep)


def test_another_unit_at_a_known_units_port_is_left_alone(media, image):
    with Rp2Standin(media, live={"uid": "02", "boot_id": "a", "proto": 1}) as pico:
        Registry().add("bench", pico.port, "01")
        with pytest.raises(DeviceLost, match="another unit than 'bench'"):
            flash(Job(PICO, FACTS, image, "bench"), nothing_to_keep)
        assert pico.app.live and pico.app.interrupts == 0


def test_another_chip_at_the_prompt_is_refused_and_its_app_started_again(media, image):
    with Rp2Standin(media, make.RP2350, live={"uid": "01", "boot_id": "a", "proto": 1}) as pico:
        with pytest.raises(Refused, match="is for rp2040"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
        assert any("machine.reset()" in code for code in pico.app.ran)
    assert not pico.flash


def test_a_silent_port_is_told_the_bootsel_way(media, image, monkeypatch):
    _impatient(monkeypatch)
    with Rp2Standin(media) as pico:
        pico.app = None
        with pytest.raises(DeviceLost, match="neither a unit nor MicroPython") as caught:
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
    assert "BOOTSEL" in caught.value.fix


def test_a_board_in_its_bootloader_needs_no_port_to_be_written(media, image):
    with Rp2Standin(media, bootsel=True) as pico:
        report = flash(Job(PICO, FACTS, image, pico.port, volume=pico.volume), nothing_to_keep)
    assert report.version == "1.29.0"


def test_the_only_mounted_volume_is_found_two_are_never_chosen_from(media, image):
    with Rp2Standin(media, bootsel=True) as pico:
        assert uf2.choose(MCUS["rp2040"], None).path == pico.volume
        other = media / "RPI-RP2 1"
        other.mkdir()
        (other / "INFO_UF2.TXT").write_text("Board-ID: RPI-RP2\n")
        with pytest.raises(UsageError, match="2 boot volumes are mounted") as caught:
            flash(Job(PICO, FACTS, image), nothing_to_keep)
        assert "--volume" in caught.value.fix
        assert not pico.flash and not list(media.glob("*/*.uf2"))


def test_a_new_port_with_the_boards_usb_id_is_where_it_came_back(media, image, monkeypatch):
    from preheat.flashing import ports

    attached = [ports.Port("/dev/ttyOTHER", (0x2E8A, 0x0005), "aa")]
    monkeypatch.setattr(ports, "attached", lambda: list(attached))
    with Rp2Standin(media, bootsel=True) as pico:
        restart = pico._restart
        here = ports.Port(pico.port, (0x2E8A, 0x0005), "bb")
        adapter = ports.Port("/dev/ttyUSB0", (0x1A86, 0x7523))
        pico._restart = lambda: (restart(), attached.extend([adapter, here]))
        assert flash(Job(PICO, FACTS, image), nothing_to_keep).port == pico.port


def test_native_usb_is_found_again_by_its_serial_number(monkeypatch):
    from preheat.flashing import ports

    was = ports.Port("/dev/ttyACM0", (0x303A, 0x4001), ports.plain("84:F7:03:AA:BB:CC"))
    now = [ports.Port("/dev/ttyACM0", (0x2E8A, 0x0005), "e6614")]
    monkeypatch.setattr(ports, "attached", lambda: list(now))
    assert ports.again(was) is None  # another board took its name meanwhile
    now.append(ports.Port("/dev/ttyACM1", (0x303A, 0x1001), "84f703aabbcc"))
    assert ports.again(was) == "/dev/ttyACM1"


def test_an_image_for_another_chip_touches_nothing(media, image):
    image.write_bytes(make.uf2(make.RP2350))
    with Rp2Standin(media) as pico:
        with pytest.raises(Refused, match=r"it is for RP2350 \(Arm\)"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
        assert pico.app.ran == [] and pico.app.interrupts == 0


def test_a_volume_of_another_chip_is_refused(media, image):
    with Rp2Standin(media, make.RP2350, bootsel=True) as pico:
        with pytest.raises(Refused, match="RP2350, an RP2040 calls itself RPI-RP2"):
            flash(Job(PICO, FACTS, image, volume=pico.volume), nothing_to_keep)
        assert not list(pico.volume.glob("*.uf2"))


def test_a_folder_that_is_no_boot_volume_is_refused(media, image):
    with pytest.raises(UsageError, match="no boot volume"):
        flash(Job(PICO, FACTS, image, volume=media), nothing_to_keep)


def test_an_unmounted_volume_is_told_how_to_mount(tmp_path, media, image):
    (tmp_path / "by-label").mkdir()
    (tmp_path / "by-label" / "RPI-RP2").touch()
    with pytest.raises(UsageError, match="is not mounted") as caught:
        flash(Job(PICO, FACTS, image), nothing_to_keep)
    assert f"udisksctl mount -b {tmp_path}/by-label/RPI-RP2" in caught.value.fix
    with pytest.raises(UsageError, match="no board in its bootloader"):  # the other label
        image.write_bytes(make.uf2(make.RP2350))
        flash(Job(PICO2, FACTS, image), nothing_to_keep)


def test_no_volume_after_the_bootloader_was_asked_for(media, image, monkeypatch):
    monkeypatch.setattr(uf2, "APPEAR_S", 0.3)
    with Rp2Standin(media) as pico:
        pico.enter_bootloader = lambda: None
        with pytest.raises(DeviceLost, match="no boot volume appeared"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV])
def test_a_volume_that_vanishes_at_the_end_is_success_when_the_board_answers(
    media, image, monkeypatch, number
):
    monkeypatch.setattr(uf2.os, "fsync", _raises(number))
    with Rp2Standin(media) as pico:
        assert flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep).version == "1.29.0"


def test_a_volume_that_vanishes_is_no_success_when_the_board_stays_away(
    media, image, monkeypatch
):
    _impatient(monkeypatch)
    monkeypatch.setattr(uf2.os, "fsync", _raises(errno.EIO))
    with Rp2Standin(media) as pico:
        pico.comes_back = False
        with pytest.raises(DeviceLost, match="was written, but the board did not come back"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)


def test_a_copy_that_breaks_off_before_the_end_is_a_failure():
    class Volume(io.BytesIO):
        """A file, and the folder it is in, that is gone after the first piece."""

        path = property(lambda self: self)
        __truediv__ = lambda self, name: self  # noqa: E731

        def open(self, *_args, **_kinds):
            return self

        def write(self, data):
            if self.tell():
                raise OSError(errno.EIO, "Input/output error")
            return super().write(data)

    with pytest.raises(DeviceLost, match="broke off after 16384 of 81920") as caught:
        uf2.copy(make.uf2(), "x.uf2", Volume(), lambda done, total: None)
    assert "BOOTSEL" in caught.value.fix


def test_a_bootloader_that_takes_nothing_is_noticed(media, image, monkeypatch):
    monkeypatch.setattr(uf2, "VANISH_S", 0.3)
    with Rp2Standin(media, bootsel=True) as pico:
        pico.family = make.RP2350  # it ignores blocks of this family
        with pytest.raises(VerifyError, match="did not take the image"):
            flash(Job(PICO, FACTS, image, volume=pico.volume), nothing_to_keep)


def test_another_version_than_that_of_the_image_is_a_failure(media, image):
    with Rp2Standin(media) as pico:
        pico.answers_as = (1, 26, 0)
        with pytest.raises(VerifyError, match=r"answers with MicroPython 1\.26\.0, not .* 1\.29"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)


def test_an_erase_comes_after_the_backup_and_covers_the_whole_file_system(tmp_path, media, image):
    with Rp2Standin(media) as pico:
        def keep(port):
            assert port == pico.port and not pico.erased
            return tmp_path / "saved"

        report = flash(Job(PICO, FACTS, image, pico.port, erase=True), keep)
    assert report.backup == tmp_path / "saved" and report.erased
    assert pico.erased == [("0", "32"), ("32", "64")]  # of the 40 that the board says it has


def test_without_a_backup_nothing_is_erased_unless_the_operator_accepts_the_loss(media, image):
    def fails(port):
        raise DeviceLost("the flash cannot be read")

    with Rp2Standin(media) as pico:
        job = Job(PICO, FACTS, image, pico.port, erase=True)
        with pytest.raises(Refused, match=r"cannot be backed up \(the flash .*calibration") as no:
            flash(job, fails)
        assert no.value.code == "backup" and not pico.erased and not pico.flash
        report = flash(Job(PICO, FACTS, image, pico.port, erase=True, lose_data=True), fails)
        assert report.erased and report.backup is None and pico.erased


def test_what_is_in_its_bootloader_is_not_erased(media, image):
    with Rp2Standin(media, bootsel=True) as pico:
        with pytest.raises(UsageError, match="cannot be backed up"):
            flash(Job(PICO, FACTS, image, volume=pico.volume, erase=True), nothing_to_keep)
        assert not pico.flash


def _impatient(monkeypatch):
    """A stand-in that does not answer at once never will."""
    monkeypatch.setattr(answer, "BACK_S", 0.3)
    monkeypatch.setattr("preheat.service.HELLO_S", 0.3)
    monkeypatch.setattr("preheat.remote._ENTER_S", 0.2)
    monkeypatch.setattr("preheat.service.Remote", lambda port, prompt_s: Remote(port, 0.2))


def _raises(number):
    def fsync(_handle):
        raise OSError(number, os.strerror(number))

    return fsync
