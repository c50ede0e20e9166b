"""Heat only on what was checked: what is stored must be what the unit works with."""

import pytest
from parts import PROFILE

from preheat_core import profile, settings
from preheat_core.check import canonical
from preheat_core.runlog import read
from preheat_fw.store import sha


def stored(bench):
    return bench.push("profile", profile.normalise(PROFILE))["sha"]


def start(bench, token, digest):
    return bench.ask("start", token=token, profile="warm", hash=digest, detach=True, by="test")


def press(bench):
    bench.button.level = 0
    bench.wait(1)
    bench.button.level = 1
    bench.wait(1)


def write(bench, name, data):
    """Something else than the unit wrote here, and kept no older version."""
    bench.store.remove(name)
    bench.store.write_bytes(name, data)


def other_board(bench):
    changed = dict(bench.unit.board)
    changed["limits"] = dict(changed["limits"], board_max_c=299)
    write(bench, "board.json", canonical(changed))


def lost_board(bench):
    bench.store.remove("board.json")


def other_settings(bench):
    write(bench, "settings.json", canonical(settings.default("other")))


def lost_settings(bench):
    bench.store.remove("settings.json")


def older_settings(bench):
    """The newest version is damaged: the one before it would be read."""
    assert bench.push("settings", settings.default("newer"), "settings")["ok"]
    path = bench.folder / "data" / "settings.json"
    path.write_bytes(b"\x00" * path.stat().st_size)


def board_in_memory(bench):
    bench.unit.board["limits"]["board_max_c"] = 261


def settings_in_memory(bench):
    bench.unit.kernel.settings["sensor_error_c"] += 1


def other_firmware(bench):
    bench.unit.read_fw_hash = lambda: "1" * 16


def lost_firmware_list(bench):
    bench.unit.read_fw_hash = lambda: None


CHANGES = (
    (other_board, "board.json"), (lost_board, "board.json"), (board_in_memory, "memory"),
    (other_settings, "settings.json"), (lost_settings, "settings.json"),
    (older_settings, "settings.json"), (settings_in_memory, "memory"),
    (other_firmware, "fw.json"), (lost_firmware_list, "fw.json"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "named"), CHANGES)
def test_no_heat_when_what_is_stored_is_not_what_is_in_use(bench, change, named):
    digest = stored(bench)
    token = bench.ask("claim", host="test")["token"]
    assert bench.ask("arm", token=token, profile="warm", hash=digest)["ok"]
    change(bench)
    again = bench.ask("arm", token=token, profile="warm", hash=digest)
    for found in (start(bench, token, digest), again):
        assert found["code"] == "hash" and named in found["why"]
    press(bench)
    assert not bench.unit.kernel.heating and 1 not in bench.ssr.history
    assert bench.unit.logs.ids() == []  # refused before anything was written


def test_new_settings_are_what_is_compared_from_then_on(bench):
    digest = stored(bench)
    token = bench.ask("claim", host="test")["token"]
    assert bench.push("settings", settings.default("rig"), "settings")["ok"]
    assert start(bench, token, digest)["ok"]


def test_a_unit_without_settings_starts_untuned(bench):
    bench.store.remove("settings.json")
    bench.boot()
    bench.wait(1)
    digest = stored(bench)
    assert start(bench, bench.ask("claim", host="test")["token"], digest)["ok"]


def test_the_log_names_the_hashes_of_what_was_used(bench):
    bench.begin()
    bench.wait(2)
    bench.unit.journal.flush(bench.unit.kernel)
    header = read(bench.unit.logs.read("r000001", 0, 1 << 20)).header
    for key, name in (("board_hash", "board.json"), ("settings_hash", "settings.json")):
        assert header[key] == sha(bench.store.read_bytes(name))
