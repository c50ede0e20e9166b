"""Which files may go onto which chip: everything else is refused with what it was found to be."""

import struct

import pytest

from host import image_files as make
from preheat.errors import Refused, UsageError
from preheat.flashing import images
from preheat.mcus import MCUS

ID = {"esp32": make.ESP32, "esp32s3": make.ESP32S3, "esp32c3": make.ESP32C3}


@pytest.fixture
def load(tmp_path):
    """Loads bytes as a file for a chip."""
    def loaded(mcu, data, name="image.bin", oldest=(1, 26), board=None):
        path = tmp_path / name
        path.write_bytes(data)
        return images.load(path, MCUS[mcu], oldest, board)

    return loaded


@pytest.fixture
def why(load):
    """Why a file is refused for a chip: everything that was found, in one text."""
    def told(mcu, data, **kinds):
        with pytest.raises(Refused) as caught:
            load(mcu, data, **kinds)
        assert caught.value.code == "image"
        return " / ".join([caught.value.message, *caught.value.problems])

    return told


@pytest.mark.parametrize("mcu", ID)
def test_a_combined_image_is_taken_by_its_chip_and_by_no_other(load, why, mcu):
    data = make.esp(ID[mcu])
    assert load(mcu, data).version == (1, 29, 0)
    for other in set(ID) - {mcu}:
        assert f"it is for {MCUS[mcu].title}" in why(other, data)
    assert "an image for an Espressif chip, not a UF2 image" in why("rp2040", data)


def test_a_uf2_file_is_taken_by_its_chip_and_by_no_other(load, why):
    pico, pico2 = make.uf2(), make.uf2(make.RP2350)
    assert load("rp2040", pico).version == load("rp2350", pico2).version == (1, 29, 0)
    assert "it is for RP2350 (Arm)" in why("rp2040", pico2)
    assert "it is for RP2040" in why("rp2350", pico)
    assert "it is for RP2350 (RISC-V)" in why("rp2350", make.uf2(make.RISCV))
    assert "it is for ESP32-S3" in why("rp2040", make.uf2(0xC47E5767))
    assert "it is for family 0x12345678" in why("rp2040", make.uf2(0x12345678))
    assert "a UF2 file, not an ESP image" in why("esp32s3", pico)


def test_the_lone_absolute_block_of_an_rp2350_image_is_part_of_it(load, why):
    lone = make.uf2_block(0, 2, make.ABSOLUTE, b"\xef" * 256, 0x10FFFF00)
    assert load("rp2350", lone + make.uf2(make.RP2350))
    assert "it holds nothing for this chip" in why("rp2350", lone)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\n <HTML lang=en>", "a web page"),
        (b"PK\x03\x04zip", "a zip archive"),
        (b"\x7fELF\x01", "an ELF file"),
        (b"\xff" * 4096, "erased flash"),
        (b"\xff" * 4096 + b"\xe9", "made for another offset"),
        (b"\x00\x01\x02\x03", "begins with 00 01 02 03"),
    ],
)
def test_what_is_no_image_is_named(why, data, found):
    assert found in why("esp32", data)
    assert found in why("rp2040", data, name="image.uf2")


def test_a_uf2_file_that_was_cut_off_or_damaged(why):
    data = make.uf2()
    assert "no whole 512-byte blocks" in why("rp2040", data[:-100])
    assert "159 of 160 blocks are there" in why("rp2040", data[:-512])
    assert "block 3 has no UF2 marks" in why("rp2040", data[:1536] + b"\0" + data[1537:])
    assert "no UF2 marks" in why("rp2040", data[:508] + b"\0\0\0\0" + data[512:])
    twice = data[512:1024] + data[512:]
    assert "not numbered one after the other" in why("rp2040", twice)
    assert "writes to the same place twice" in why("rp2040", twice)
    other = make.uf2_block(0, 161) + data[512:]
    assert "do not agree how many they are" in why("rp2040", other)


def test_uf2_blocks_that_do_not_belong_into_the_flash(why):
    def one(**kinds):
        return make.uf2_block(0, 1, **kinds)

    assert "0x20000000, which is not in the flash" in why("rp2040", one(address=0x20000000))
    assert "0x10000080, which is not" in why("rp2040", one(address=0x10000080))
    assert "0x11000000, which is not" in why("rp2040", one(address=0x11000000))
    assert "blocks of 476 bytes" in why("rp2040", one(size=476))
    assert "do not say which chip" in why("rp2040", one(flags=0))
    assert "begins at 0x10000100, not at the start" in why("rp2040", one(address=0x10000100))


def test_each_uf2_block_has_to_say_which_chip_it_is_for(why):
    data = make.uf2()
    silent = make.uf2_block(3, 160, flags=0, data=data[3 * 512 + 32 : 4 * 512 - 4])
    assert "do not say which chip" in why("rp2040", data[: 3 * 512] + silent + data[4 * 512 :])


@pytest.mark.parametrize("mcu", ID)
def test_an_esp_image_that_was_cut_off_or_damaged(why, mcu):
    data, place = make.esp(ID[mcu]), make.PLACE[ID[mcu]]
    assert "cut off: 20 bytes" in why(mcu, data[:20])
    assert "cut off, or is a bootloader alone" in why(mcu, make.esp_bootloader(ID[mcu]))
    assert "cut off before its application" in why(mcu, data[: make.APP - place])
    assert "cut off within its application" in why(mcu, data[:-2000])
    assert "cut off within its application" in why(mcu, data[:-1])
    assert "its application is damaged: its SHA-256" in why(mcu, flipped(data, len(data) - 5000))
    assert "0 segments" in why(mcu, data[:1] + b"\0" + data[2:])
    assert "200 segments" in why(mcu, data[:1] + b"\xc8" + data[2:])


@pytest.mark.parametrize("mcu", ID)
def test_the_application_alone_is_told_from_the_combined_image(load, why, mcu):
    chip = ID[mcu]
    assert "only the application" in why(mcu, make.esp_app(chip))
    assert "no partition table at 0x" in why(mcu, make.esp(chip, table=b"\xff" * 0xC00))
    no_app = make.esp_table(app_kind=2)
    assert "no place for an application" in why(mcu, make.esp(chip, table=no_app))
    assert "no application where" in why(mcu, make.esp(chip, app=b"\xff" * 4096))
    other = make.esp_app((chip + 1) % 10)
    assert "its application is for" in why(mcu, make.esp(chip, app=other))
    assert load(mcu, make.esp(chip, app=make.esp_app(chip, hashed=False)))  # no SHA to compare


def flipped(data, at):
    """The same bytes with one bit of one of them changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("mcu", ID)
def test_damage_to_any_part_of_an_esp_image_is_noticed(load, why, mcu):
    data, chip = make.esp(ID[mcu]), ID[mcu]
    table, app = make.TABLE - make.PLACE[chip], make.APP - make.PLACE[chip]
    assert "its bootloader is damaged: its SHA-256" in why(mcu, flipped(data, 60))
    for at in (4, 28, 32 + 5, 64 + 2, 128 + 20):  # rows, and the MD5 itself
        assert "its partition table is damaged" in why(mcu, flipped(data, table + at))
    unhashed = make.esp(chip, app=make.esp_app(chip, hashed=False))
    assert "its application is damaged: its checksum" in why(mcu, flipped(unhashed, app + 5000))
    # A table without its MD5 is one that a bootloader may be built for.
    assert load(mcu, make.esp(chip, table=make.esp_table()[:128].ljust(0xC00, b"\xff")))


PICO = {"name": "pico", "micropython": "RPI_PICO"}


def test_an_image_for_another_board_of_the_same_chip_is_refused(load, why):
    other = make.uf2(machine="Raspberry Pi Pico W with RP2040")
    assert "for a Raspberry Pi Pico W, board 'pico' needs that of RPI_PICO" in why(
        "rp2040", other, board=PICO)
    assert load("rp2040", make.uf2(), board=PICO).machine == "Raspberry Pi Pico with RP2040"
    esp = {"name": "s3", "micropython": "ESP32_GENERIC_S3"}
    app = make.esp_app(make.ESP32S3, machine="Other ESP32S3 module with ESP32S3")
    assert "for a Other ESP32S3 module" in why(
        "esp32s3", make.esp(make.ESP32S3, app=app), board=esp)
    with pytest.raises(Refused) as caught:
        load("rp2040", other, board=PICO)
    assert "https://micropython.org/download/RPI_PICO/" in caught.value.fix


def test_a_build_that_is_not_known_to_be_anothers_is_taken(load):
    mine = {"name": "mine", "micropython": "MY_BOARD"}
    assert load("rp2040", make.uf2(machine="Raspberry Pi Pico W with RP2040"), board=mine)
    assert load("rp2040", make.uf2(machine=""), board=PICO).machine == ""
    variant = make.esp_app(machine="Generic ESP32 module with SPIRAM with ESP32")
    known = {"name": "esp", "micropython": "ESP32_GENERIC"}
    assert load("esp32", make.esp(app=variant), board=known)


def test_an_image_made_for_another_offset_is_refused(why):
    # For an ESP32 the bootloader is at 0x1000; here everything lies where a C3 has it.
    data = make.esp(make.ESP32C3)
    moved = data[:12] + struct.pack("<H", make.ESP32) + data[14:]
    assert "no partition table at 0x7000" in why("esp32", moved)


def test_the_version_comes_from_the_content_and_else_from_the_name(load, why):
    assert load("esp32", make.esp(version="1.30.0-preview.7.gab12"), name="v1.26.0.bin").label == (
        "1.30.0-preview.7.gab12"
    )
    assert load("esp32", make.esp(version="1.27")).version == (1, 27, 0)
    silent = make.esp().replace(b"MicroPython", b"Something\0\0")
    app = make.esp_app(greets=b"Something v1.29.0 on 2026-08-24\0")
    assert "damaged" in why("esp32", silent)  # the change is noticed too
    # What only calls itself MicroPython in its name is none.
    named = {"name": "ESP32_GENERIC-20260824-v1.28.1.bin"}
    with pytest.raises(Refused, match="holds no MicroPython"):
        load("esp32", make.esp(app=app), **named)
    own = make.esp_app(greets=b"MicroPython-x1.29.0 on 2026-08-24\0")
    assert load("esp32", make.esp(app=own), **named).version == (1, 28, 1)
    assert "holds no MicroPython" in why("esp32", make.esp(app=own))


def test_a_version_that_is_too_old_for_the_board(load, why):
    assert "is MicroPython 1.25.0, this board needs 1.26 or newer" in why(
        "rp2040", make.uf2(version="1.25.0")
    )
    assert load("rp2040", make.uf2(version="1.25.0"), oldest=(0, 0))


def test_a_file_that_is_not_there_or_not_a_file(load, tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        images.load(tmp_path / "none.uf2", MCUS["rp2040"])
    with pytest.raises(UsageError, match="cannot be read"):
        images.load(tmp_path, MCUS["rp2040"])
