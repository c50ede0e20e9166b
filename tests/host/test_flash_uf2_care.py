"""Flashing an RP2 with something in the way: other boards, a volume that errs, a stop, a loss."""

import errno
import os

import pytest

from host import image_files as make
from host.boot_volume import Rp2Standin
from host.standin import BOARD
from preheat import paths
from preheat.boardfacts import HostFacts
from preheat.errors import DeviceLost, OperatorStop, Refused, UsageError, VerifyError
from preheat.flashing import places, uf2
from preheat.flashing.flashing import Job, flash
from preheat.locked import locked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")

PICO = {**BOARD, "name": "pico", "mcu": "rp2040", "micropython": "RPI_PICO"}
FACTS = HostFacts((1, 26), ((0x2E8A, 0x0005),), ((0x2E8A, 0x0003),))
LIVE = {"uid": "01", "boot_id": "a", "proto": 1}


@pytest.fixture(autouse=True)
def media(tmp_path, monkeypatch):
    """The only place where volumes are mounted on this computer."""
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "candidates", lambda: list((tmp_path / "media").glob("*")))
    monkeypatch.setattr("preheat.link._HELLO_EVERY_S", 0.1)
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


def volume(media, name="RPI-RP2 1"):
    """The boot volume of another board, which nobody asked to flash."""
    folder = media / name
    folder.mkdir()
    (folder / "INFO_UF2.TXT").write_text("Board-ID: RPI-RP2\n")
    return folder


def stop_at(at, least=0):
    """Progress at which Ctrl-C is pressed."""
    def tell(step, done, total):
        if step == at and done >= least:
            raise KeyboardInterrupt

    return tell


def test_a_board_that_waits_in_its_bootloader_already_is_not_flashed_in_anothers_place(
    media, image
):
    other = volume(media)
    with Rp2Standin(media) as pico:
        flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
    assert pico.flash and not list(other.glob("*.uf2"))


def test_two_volumes_that_appear_at_once_are_never_chosen_from(media, image):
    with Rp2Standin(media) as pico:
        enter = pico.enter_bootloader
        pico.enter_bootloader = lambda: (volume(media), enter())
        with pytest.raises(DeviceLost, match="two boot volumes appeared at once"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
    assert not pico.flash and not list(media.glob("*/*.uf2"))


def test_what_is_copied_is_forced_through_to_the_board(media, monkeypatch):
    folder, forced = volume(media), []

    def fsync(handle):
        forced.append(os.fstat(handle).st_size)

    monkeypatch.setattr(uf2.os, "fsync", fsync)
    uf2.copy(make.uf2(), "x.uf2", places.Volume(folder, "RPI-RP2"), lambda done, total: None)
    assert forced == [len(make.uf2())]


def test_an_error_at_the_end_that_no_vanished_volume_gives_is_a_failure(media, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(uf2.os, "fsync", full)
    with pytest.raises(DeviceLost, match="broke off after 81920 of 81920"):
        uf2.copy(make.uf2(), "x.uf2", places.Volume(volume(media), "RPI-RP2"),
                 lambda done, total: None)


def test_a_release_that_differs_in_its_last_number_only_is_another(media, image):
    with Rp2Standin(media) as pico:
        pico.answers_as = (1, 29, 1)
        with pytest.raises(VerifyError, match=r"answers with MicroPython 1\.29\.1, not"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)


@pytest.mark.parametrize(
    ("machine", "found"),
    [("Raspberry Pi Pico2 with RP2350", "is for rp2040, what answers"),
     ("Raspberry Pi Pico W with RP2040", "is a Raspberry Pi Pico W's, board 'pico' has RPI_PICO")],
)
def test_another_board_that_answers_in_its_place_is_a_failure(media, image, machine, found):
    with Rp2Standin(media) as pico:
        pico.machine_after = machine
        with pytest.raises(VerifyError, match=f"another board answers at .*{found}"):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)


def test_a_live_unit_that_cannot_be_backed_up_runs_on(media, image):
    def fails(port):
        raise DeviceLost("the flash cannot be read")

    with Rp2Standin(media, live=LIVE) as pico:
        job = Job(PICO, FACTS, image, pico.port, erase=True)
        with pytest.raises(Refused, match="cannot be backed up"):
            flash(job, fails)
        assert any("machine.reset()" in code for code in pico.app.ran)
    assert not pico.flash


def test_files_under_another_boards_build_are_saved_first(tmp_path, media, image):
    """Builds for one chip differ in where they begin the file system."""
    def fails(port):
        raise DeviceLost("the flash cannot be read")

    with Rp2Standin(media, machine="Raspberry Pi Pico W with RP2040") as pico:
        job = Job(PICO, FACTS, image, pico.port)
        with pytest.raises(Refused, match="runs a Raspberry Pi Pico W's MicroPython") as caught:
            flash(job, fails)
        assert caught.value.code == "backup" and not pico.flash
        assert flash(job, lambda port: tmp_path / "saved").backup == tmp_path / "saved"


def test_two_programs_take_turns_in_the_bootloader_too(media, image, monkeypatch):
    monkeypatch.setattr(uf2, "TURN_S", 0.2)
    with Rp2Standin(media, live=LIVE) as pico:
        with (
            locked(paths.run_dir() / "bootloader"),
            pytest.raises(UsageError, match="another program has held .*bootloader"),
        ):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)
        assert not pico.flash and not any("bootloader()" in code for code in pico.app.ran)
        assert any("machine.reset()" in code for code in pico.app.ran)  # it runs on
    with (
        Rp2Standin(media, bootsel=True) as waits,
        locked(paths.run_dir() / "bootloader"),
        pytest.raises(UsageError, match="another program has held .*bootloader"),
    ):
        flash(Job(PICO, FACTS, image, volume=waits.volume), nothing_to_keep)


def test_the_turn_is_over_with_the_flash(media, image, monkeypatch):
    monkeypatch.setattr(uf2, "TURN_S", 0.2)
    with Rp2Standin(media) as pico:
        for _ in range(2):
            assert flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep)


def test_ctrl_c_before_the_bootloader_leaves_a_live_unit_running(media, image):
    with Rp2Standin(media, live=LIVE) as pico:
        with pytest.raises(KeyboardInterrupt):
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep, stop_at("bootloader"))
        assert any("machine.reset()" in code for code in pico.app.ran)
    assert not pico.flash


def test_ctrl_c_while_copying_says_how_the_board_gets_on(media, image):
    with Rp2Standin(media) as pico:
        with pytest.raises(OperatorStop, match="in its bootloader: it is not harmed") as caught:
            flash(Job(PICO, FACTS, image, pico.port), nothing_to_keep, stop_at("write"))
        assert "without --port" in caught.value.fix
    assert not pico.flash


def test_ctrl_c_while_erasing_says_that_the_files_go(media, image):
    with Rp2Standin(media) as pico:
        job = Job(PICO, FACTS, image, pico.port, erase=True)
        with pytest.raises(OperatorStop, match="while the files were being erased") as caught:
            flash(job, nothing_to_keep, stop_at("erase"))
    assert "run the command again" in caught.value.fix and caught.value.exit_code == 6
