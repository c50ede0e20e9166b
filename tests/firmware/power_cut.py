"""Runs on MicroPython: a unit's own writing on a littlefs whose power goes away, case by case.

Usage: power_cut.py LIB CASE [rp2]. The last line printed is `ok`, the operations counted, the
cuts tried and how many different moments of the work they hit.
"""

import sys

sys.path.insert(0, sys.argv[1])
sys.path.insert(0, __file__.replace("\\", "/").rpartition("/")[0] or ".")

from power_cut_flash import RP2, SMALL, walk
from power_cut_unit import Device, Noted, content, fill, named, titled

from preheat_core.check import canonical
from preheat_core.runlog import read
from preheat_fw.store import sha
from preheat_fw.unit import take_intent


class Configuration:
    """Every configuration write: after each cut a unit boots with the old or one step new."""

    before = staticmethod(fill)

    def __init__(self):
        self.states = []  # that a boot may find: at the start, then after each step

    def work(self, bench, done):
        """Settings, profile, armed, latch stored, latch removed, disarmed, deleted, intent."""
        device = Device(bench)
        device.tick(0.5)
        for title in ("new", "newer"):
            device.push("settings", "settings", named(title))
            done.append(self.look(device))
            device.push("profile", "warm", titled(title))
            done.append(self.look(device))
        token = device.ask("claim", host="test")["token"]
        data = device.store.read_bytes("profiles/warm.json")
        device.ask("arm", token=token, profile="warm", hash=sha(data))
        done.append(self.look(device))
        for code in ("internal", "log_failed"):
            device.unit.kernel.fail(code, "a test")
            device.tick(0.5)
            done.append(self.look(device))
        device.ask("clear")
        device.tick(0.5)
        done.append(self.look(device))
        device.ask("disarm", token=token)
        done.append(self.look(device))
        device.ask("del", kind="profile", name="warm")
        done.append(self.look(device))
        device.ask("reset", confirm=True)
        done.append(self.look(device, "reset"))
        take_intent(device.store)
        bench.alive()
        done.append(self.look(device))

    def look(self, device, intent=None):
        """What the flash holds, as a boot would find it."""
        store = device.store
        found = [store.read_bytes("settings.json"), store.read_bytes("profiles/warm.json")]
        return [None if data is None else sha(data) for data in found] + [
            store.read_json("armed.json"), store.read_json("latch.json"), intent,
        ]  # fmt: skip

    def check(self, bench, done):
        """It boots whole, in the last state that was answered or in the one after it."""
        device = Device(bench)
        unit = device.unit
        assert unit.problems == [] and not unit.kernel.unusable, unit.problems
        assert unit.settings_hash is not None
        found = self.look(device, device.intent)
        if not self.states:  # the first call is that of the whole work
            start = [sha(canonical(named("old"))), sha(canonical(titled("Old"))), None, None, None]
            self.states.append(start)
            self.states.extend(done)
        at = len(done)
        assert found in self.states[at : at + 2], (found, self.states[at : at + 2])
        armed = found[2]
        assert unit.kernel.armed == (armed["profile"] if armed else None)
        assert unit.kernel.latch.codes == [row[0] for row in found[3] or ()]
        device.push("settings", "settings", named("after"))
        device.push("profile", "warm", titled("After"))
        assert Device(bench).unit.kernel.settings["name"] == "after"


class Logging:
    """Two runs that end by order: every flushed byte is there, logs close, ids stay unique."""

    before = staticmethod(fill)
    end = "aborted"

    def work(self, bench, done):
        """Start, 11 s of heat, stop; the board is cool, so the log closes at once."""
        device = Device(bench)
        device.tick(0.5)
        for _ in range(2):
            run_id = device.begin()
            done.append(run_id)
            device.tick(11)
            device.ask("stop")
            done.append("stopped")
            device.tick(1)
            assert device.unit.kernel.run is None, device.temp_c
            done.append("closed")

    def check(self, bench, done):
        """Before the boot every flushed byte; after it every log whole, closed and its own."""
        notes = dict(Noted.notes)
        before = {path: content(path) for path in notes}
        device = Device(bench)
        logs = device.logs
        assert logs.problems == [] and device.unit.problems == [], logs.problems
        assert logs.finish_interrupted() == []
        for path, (added, flushed) in notes.items():
            data = before[path]
            assert data[:flushed] == added[:flushed], (path, len(data), flushed)
            if path.endswith(".inc"):
                self.whole_incident(device, path, flushed)
            else:
                self.whole(device, path, content(path), flushed)
        assert [item[0] for item in logs.list()] == sorted(logs.ids())
        given = [item for item in done if item[0] == "r"]
        self.reached = done
        device.tick(0.5)
        self.use(device, given)

    def whole(self, device, path, data, flushed):
        """One log after the boot."""
        run_id = path.rpartition("/")[2][:-5]
        log = read(data)
        assert log.lost_blocks == 0, (path, log.problem)
        want = "reset" if run_id in device.interrupted else self.end
        assert log.end == want, (log.end, device.interrupted)
        if flushed:
            assert log.header["run"] == run_id and log.problem is None, log.problem

    def whole_incident(self, device, path, flushed):
        """An incident after the boot: closed, and there from its first flush on."""
        log = read(content(path))
        assert log.lost_blocks == 0 and log.end in ("whole", "short", "reset"), (path, log.end)
        if flushed:
            assert log.header, (path, log.problem)
        name = path.rpartition("/")[2][:-4]
        assert device.unit.incidents.files.info(name)[2] == log.end

    def use(self, device, given):
        """The next run gets an id of its own, even when the logs were deleted."""
        for run_id in device.logs.ids():
            device.ask("del", kind="log", name=run_id)
        fresh = device.begin()
        assert fresh not in given, fresh


class Faulted(Logging):
    """A run that ends by a fault, which is cleared later: log, latch and what is kept of it."""

    end = "fault:interlock"

    def work(self, bench, done):
        """Start, 5 s of heat, the interlock opens; what follows is recorded; clear."""
        device = Device(bench)
        device.tick(0.5)
        done.append(device.begin())
        device.tick(5)
        device.inputs.interlock_ok = False
        device.tick(1)
        done.append("latched")
        device.inputs.interlock_ok = True
        device.tick(20)
        assert device.unit.incidents.files.info(done[0])[2] == "whole"
        done.append("incident whole")
        device.ask("clear")
        device.tick(0.5)
        assert device.unit.kernel.run is None
        done.append("cleared and closed")
        sha = device.ask("get", kind="log", name=done[0])["sha"]
        while not device.ask("pulled", kind="log", name=done[0], sha=sha)["pulled"]:
            pass  # it reads a long log piece by piece
        done.append("pulled")

    def use(self, device, given):
        """A latched fault holds until it is cleared; then there is a next run."""
        codes = device.unit.kernel.latch.codes
        assert codes in ([], ["interlock"]), codes
        # The mark that a host has it is never there before the host has said so.
        may_be_marked = "cleared and closed" in self.reached
        assert may_be_marked or not any(device.logs.marked(run_id) for run_id in given)
        device.ask("clear")
        super().use(device, given)


class Restarted(Logging):
    """The boot after a cut is cut as well: closing the torn log, taking the intent."""

    def before(self, bench):
        """A run that was cut in the middle, its last block torn, and an intent."""
        fill(bench)
        device = Device(bench)
        device.tick(0.5)
        run_id = device.begin()
        device.tick(15)
        device.unit.journal.close()
        with open("/cut/logs/" + run_id + ".plog", "ab") as file:
            file.write(b"\x00torn")
        device.store.write_json("intent.json", {"intent": "service"})

    def work(self, bench, done):
        """Boot, then one run more: its id is another."""
        device = Device(bench)
        done.append("booted")
        assert device.intent == "service" and device.interrupted == ["r000001"]
        device.tick(0.5)
        done.append(device.begin())

    def whole(self, device, path, data, flushed):
        """Whichever boot closed it: it is closed and reads to where it was torn."""
        log = read(data)
        assert log.end == "reset", log.end
        if flushed:
            assert log.header["run"] == path.rpartition("/")[2][:-5], log.problem


CASES = {"config": Configuration, "run": Logging, "fault": Faulted, "restart": Restarted}

if __name__ == "__main__":
    found = walk(CASES[sys.argv[2]](), RP2 if "rp2" in sys.argv else SMALL)
    print(f"ok {found[0]} operations, {found[1]} cuts, {found[2]} moments")
