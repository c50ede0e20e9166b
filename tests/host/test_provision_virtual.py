"""Eight bare virtual benches at once, two of them faulty, and a host that is killed at work."""

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from preheat import boardimage, manifest, service, tomlfiles
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.errors import DeviceLost
from preheat.link import Link
from preheat.provisioning import configure
from preheat.remote import Remote, fingerprint
from preheat.serialport import open_stream
from preheat.transfer import sha16
from preheat_core import check, profile

pytestmark = [
    pytest.mark.slow, pytest.mark.skipif(not has_micropython(), reason="no MicroPython here"),
]
BOARD, PROFILE = "virtual-hotplate", "hotplate-sac305"
EMPTY = {"/boot.py": b"# nothing here yet\n"}
FULL = {**EMPTY, "/leftover.bin": b"\xa5" * 1_300_000}  # of 1.5 MB
OPEN_PROBE = [{"at_s": -1, "kind": "tc_open", "probe": "plate"}]
GOOD = [f"bench-{n}" for n in range(1, 7)]
NAMES = [*GOOD, "bench-full", "bench-open"]
SEED = 5
# (between which lines of its progress, seconds later at most): in the deploys, and two more.
KILLS = (((1, 8), 1.5), ((9, 30), 0.3), ((9, 40), 0.3))


def settings_hash(name):
    return sha16(check.canonical(configure.merged(None, None, name)[0]))


class Lab:
    """Eight benches, the lab file that names them, and the command as a lab runs it."""

    def __init__(self, folder, stack):
        self.folder = folder
        more = {"bench-full": {"files": FULL}, "bench-open": {"faults": OPEN_PROBE}}
        self.units = {
            name: stack.enter_context(
                VirtualUnit("hotplate", speed=0, **{"files": EMPTY, **more.get(name, {})}))
            for name in NAMES
        }
        text = f'schema = 1\n[defaults]\nboard = "{BOARD}"\nprofiles = "{PROFILE}"\n'
        for name, unit in self.units.items():
            text += f'[[units]]\nname = "{name}"\nport = "{unit.port}"\n'
        (folder / "lab.toml").write_text(text, encoding="utf-8")
        board = boardimage.BoardImage(tomlfiles.load_board(BOARD))
        image = manifest.image()
        self.board_hash = board.sha
        self.fw_hash = manifest.firmware_hash()
        self.files = {**board.files(), **image, "/fw.json": manifest.fw_json(image)}
        self.profile_hash = sha16(check.canonical(profile.normalise(
            tomlfiles.load_profile(PROFILE))))

    def start(self):
        words = [sys.executable, "-m", "preheat", "provision", "--batch", "lab.toml", "--quick",
                 "-o", "manifests", "--json"]
        return subprocess.Popen(
            words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8",
            env={**os.environ, "PREHEAT_HOME": str(self.folder / "home")},
        )

    def finish(self):
        with self.start() as done:
            out, err = done.communicate(timeout=120)
        return done.returncode, json.loads(out), err

    def kill_after(self, lines, more_s):
        """Start it, let it say so many lines and go on for a moment, then SIGKILL."""
        with self.start() as process:
            assert process.stderr is not None
            for _ in range(lines):
                process.stderr.readline()
            rest = threading.Thread(target=process.stderr.read, daemon=True)
            rest.start()
            time.sleep(more_s)
            process.kill()
            process.wait(timeout=20)
            rest.join(timeout=20)

    def manifest(self):
        with contextlib.suppress(FileNotFoundError):
            text = (self.folder / "manifests" / "manifest.json").read_text(encoding="utf-8")
            return {row["name"]: row for row in json.loads(text)["units"]}
        return {}

    def need_whole(self, name):
        """What is on that bench is the old or the new, and what counts as provisioned is."""
        port = self.units[name].port
        try:
            with Link(open_stream(port), port, None, service.HELLO_S) as link:
                hello = link.hello
        except DeviceLost as why:
            hello = {}
            with service.reach_prompt(port, why) as remote:
                self._need_whole_files(name, remote)
        else:  # its app runs, so the last file of a deploy has come
            assert (hello["fw_hash"], hello["board_hash"]) == (self.fw_hash, self.board_hash), name
            assert hello["settings_hash"] in (None, settings_hash(name)), name
        row = self.manifest().get(name, {"outcome": None})
        if row["outcome"] == "provisioned":
            assert hello["settings_hash"] == row["settings_hash"] == settings_hash(name), name

    def _need_whole_files(self, name, remote: Remote):
        there = remote.tree()
        mine = [path for path in self.files if path in there and path != "/boot.py"]
        have = remote.hashes(mine)
        torn = [path for path in mine if have[path] != fingerprint(self.files[path])]
        assert torn == [], name
        assert not [path for path in there if path.startswith("/data/settings")], name
        if "/fw.json" in there:
            assert set(self.files) <= set(there), name


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with contextlib.ExitStack() as stack:
        yield Lab(tmp_path, stack)


def test_a_killed_host_leaves_nothing_half_done_and_the_next_one_goes_on(lab):
    dice = random.Random(SEED)
    with ThreadPoolExecutor(len(NAMES)) as pool:
        for lines, most_s in KILLS:
            lab.kill_after(dice.randint(*lines), dice.uniform(0, most_s))
            list(pool.map(lab.need_whole, NAMES))
            if lines is KILLS[0][0]:
                done = [row["outcome"] == "provisioned" for row in lab.manifest().values()]
                assert not all(done)  # it came in the middle
    code, found, err = lab.finish()
    assert code == 7, err
    _need_six_of_eight(lab, found)
    for name in NAMES:
        if name != "bench-full":
            lab.need_whole(name)
    boots = {name: lab.units[name].boots for name in GOOD}
    code, again, err = lab.finish()
    assert code == 7, err
    _need_six_of_eight(lab, again)
    assert {name: lab.units[name].boots for name in GOOD} == boots
    for name, row in lab.manifest().items():
        if name in GOOD:
            how = {step["step"]: step["result"] for step in row["steps"]}
            assert {how[step] for step in ("deploy", "settings", "profiles", "selftest")} == {
                "unchanged"}


def _need_six_of_eight(lab, found):
    rows = {row["name"]: row for row in found["units"]}
    assert (found["ok"], list(rows)) == (False, NAMES)
    assert lab.manifest() == rows
    assert len({row["uid"] for row in rows.values()}) == 8
    for name in GOOD:
        row = rows[name]
        assert row["outcome"] == "provisioned", row
        assert (row["fw_hash"], row["board_hash"]) == (lab.fw_hash, lab.board_hash)
        assert row["settings_hash"] == settings_hash(name)
        assert row["profiles"] == {PROFILE: lab.profile_hash}
        assert row["selftest"] and row["at"] and row["micropython"]
    full, broken = rows["bench-full"], rows["bench-open"]
    assert (full["outcome"], full["failed_step"]) == ("failed", "deploy")
    assert "bytes of flash free" in full["reason"]
    assert (broken["outcome"], broken["failed_step"]) == ("failed", "selftest")
    assert "plate" in broken["reason"] and "tc_open" in broken["reason"]


def test_what_stands_in_for_a_half_deployed_bench_would_be_noticed(tmp_path):
    """The judge of the test above is no rubber stamp."""
    with contextlib.ExitStack() as stack:
        lab = Lab.__new__(Lab)
        unit = stack.enter_context(VirtualUnit("hotplate", speed=0, files=EMPTY))
        lab.folder, lab.units = tmp_path, {"bench-1": unit}
        lab.files = {"/boot.py": b"", "/main.py": b"new\n", "/fw.json": b"{}"}
        with Remote(unit.port, prompt_s=20) as remote:
            lab._need_whole_files("bench-1", remote)
            remote.put("/main.py", b"half")
            with pytest.raises(AssertionError):
                lab._need_whole_files("bench-1", remote)
            remote.put("/main.py", b"new\n")
            lab._need_whole_files("bench-1", remote)
            remote.put("/data/settings.json", b"early")
            with pytest.raises(AssertionError):
                lab._need_whole_files("bench-1", remote)
