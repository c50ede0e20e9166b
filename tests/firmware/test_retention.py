"""Room in the flash before heat: what is dropped, what never is, and the faults without it."""

import builtins

import pytest
from parts import PROFILE

from preheat_core import profile, settings
from preheat_core.runlog import Writer
from preheat_fw import digest, logfile
from preheat_fw.store import sha

LOG_BYTES = 40_000
HAS_BYTES = 200_000  # of flash for logs, in these tests


def fill(bench, count, size=LOG_BYTES):
    """So many closed logs of that size; their ids."""
    logs = bench.unit.logs
    names = []
    for _ in range(count):
        name = logs.next_run_id()
        file = logs.create(name)
        writer = Writer(0)
        blocks = writer.header({"run": name}) + writer.summary({"end": "done"})
        file.append(blocks[0])
        while logfile.file_size(logs._path(name)) < size - 1100:
            file.append(writer.event({"ev": "x", "pad": "p" * 900})[0])
            file.flush()
        file.append(Writer(0, writer.seq).summary({"end": "done"})[0])
        file.close()
        names.append(name)
    return names


@pytest.fixture
def small(bench):
    """A unit whose flash has room for about four of these logs and one run."""
    logs = bench.unit.logs

    def free():
        return HAS_BYTES - sum(logs.size(name) for name in logs.ids())

    logs.free_bytes = free
    return bench


def pulled(bench, name, kind="log"):
    """Mark a file as pulled over the line, as the host does."""
    folder, suffix = ("logs", ".plog") if kind == "log" else ("incidents", ".inc")
    own = sha((bench.folder / folder / f"{name}{suffix}").read_bytes())
    answer = {"ok": True, "pulled": False}
    while answer["ok"] and not answer["pulled"]:
        answer = bench.ask("pulled", kind=kind, name=name, sha=own)
    assert answer["ok"], answer


def start(bench):
    """The answer to a start."""
    stored = bench.push("profile", profile.normalise(PROFILE))
    token = bench.ask("claim", host="test")["token"]
    bench.line.take()
    return bench.ask(
        "start", token=token, profile="warm", hash=stored["sha"], detach=True, by="test"
    )


def dropped(bench):
    """The names in the `dropped` events since the last look."""
    return [row["name"] for row in bench.said if row.get("ev") == "dropped"]


@pytest.fixture(autouse=True)
def listening(bench):
    """Everything that the unit says is kept in bench.said; it was spoken to, so it speaks."""
    bench.ask("hello")
    bench.said = []
    say = bench.console.say
    bench.console.say = lambda obj: (bench.said.append(obj), say(obj))[1]


def keep(bench, which):
    """Other settings, over the line."""
    made = settings.default("rig")
    made["keep_logs"] = which
    assert bench.push("settings", made, "settings")["ok"]


def test_pulled_logs_make_room_oldest_first_and_each_is_told(small):
    names = fill(small, 4)
    for name in names[1:]:
        pulled(small, name)
    assert start(small)["ok"]
    small.wait(1)
    assert names[0] in small.unit.logs.ids()  # the oldest, which nobody has
    assert dropped(small) and dropped(small) == names[1 : 1 + len(dropped(small))]
    assert names[3] in small.unit.logs.ids()  # no more than needed
    assert small.unit.kernel.heating


def test_what_nobody_pulled_is_never_dropped_and_the_unit_shows_why(small):
    names = fill(small, 4)
    answer = start(small)
    assert answer["code"] == "space" and "pull" in answer["why"]
    assert small.unit.logs.ids() == names and dropped(small) == []
    status = small.ask("status")
    assert status["state"] == "fault" and status["faults"] == ["flash_full"]
    assert "bytes free" in status["detail"]
    assert small.ask("clear")["code"] == "state"
    for name in names:
        pulled(small, name)
    assert small.ask("clear")["ok"]
    assert start(small)["ok"]


def test_none_is_dropped_when_all_would_not_be_enough(small):
    names = fill(small, 4)
    pulled(small, names[0])
    small.unit.logs.free_bytes = lambda: 0
    assert start(small)["code"] == "space"
    assert small.unit.logs.ids() == names


def test_the_settings_may_give_up_what_nobody_pulled(small):
    keep(small, "newest")
    names = fill(small, 4)
    pulled(small, names[1])
    assert start(small)["ok"]
    small.wait(1)
    assert dropped(small)[0] == names[0]
    assert names[3] in small.unit.logs.ids()


def test_the_start_button_shows_it_too(small):
    stored = small.push("profile", profile.normalise(PROFILE))
    token = small.ask("claim", host="test")["token"]
    assert small.ask("arm", token=token, profile="warm", hash=stored["sha"])["ok"]
    fill(small, 4)
    small.button.level = 0
    small.wait(1)
    assert small.unit.kernel.latch.codes == ["flash_full"] and not small.unit.kernel.heating


class Failing:
    """`open` as the flash does it when it fails: `code` raised on writing, or wrong bytes read."""

    def __init__(self, monkeypatch, code=None):
        self.code = code
        self.wrong = code is None
        self._open = builtins.open
        monkeypatch.setattr(logfile, "open", self, raising=False)

    def __call__(self, path, mode="r"):
        if str(path).endswith("probe"):
            if self.code is not None and "w" in mode:
                raise OSError(self.code, "the flash")
            if self.wrong and "w" in mode:
                path += ".elsewhere"
                with self._open(path[:-10], "wb") as file:
                    file.write(b"x" * 256)
        return self._open(path, mode)


@pytest.mark.parametrize("code", [5, None])
def test_a_flash_that_does_not_keep_what_is_written_is_found_before_heat(bench, monkeypatch, code):
    failing = Failing(monkeypatch, code)
    assert start(bench)["code"] == "problem"
    assert bench.ask("status")["faults"] == ["flash_bad"] and 1 not in bench.ssr.history
    assert bench.ask("clear")["code"] == "state"
    failing.code, failing.wrong = None, False
    assert bench.ask("clear")["ok"] and start(bench)["ok"]


def test_a_flash_without_room_for_a_test_file_is_full_and_not_bad(bench, monkeypatch):
    failing = Failing(monkeypatch, 28)
    assert start(bench)["code"] == "space"
    assert bench.ask("status")["faults"] == ["flash_full"]
    assert bench.ask("clear")["code"] == "state"
    failing.code = None
    assert bench.ask("clear")["ok"] and start(bench)["ok"]


def test_a_bad_flash_is_found_at_boot(bench, monkeypatch):
    Failing(monkeypatch, 5)
    bench.boot()
    bench.wait(1)
    assert bench.ask("status")["faults"] == ["flash_bad"]


def test_the_test_file_leaves_nothing_behind(bench):
    assert start(bench)["ok"]
    left = {path.name for path in (bench.folder / "logs").iterdir()}
    assert left == {"r000001.plog", "next.json", "next.json.bak"}


def test_pulled_is_believed_only_with_the_sha_of_what_is_here(bench):
    (name,) = fill(bench, 1, 3000)
    wrong = bench.ask("pulled", kind="log", name=name, sha="0" * 16)
    assert wrong["code"] == "hash" and not bench.unit.logs.marked(name)
    assert bench.ask("pulled", kind="log", name="r000099", sha="0" * 16)["code"] == "missing"
    assert bench.ask("pulled", kind="log", name="nonsense", sha="0" * 16)["code"] == "args"
    assert bench.ask("pulled", kind="board", name=name, sha="0" * 16)["code"] == "args"
    pulled(bench, name)
    bench.boot()
    bench.wait(1)
    row = bench.ask("list", kind="log", **{"from": 0})["items"][0]
    assert row[0] == name and row[3] is True


def test_a_log_that_is_still_open_is_not_pulled(bench):
    bench.begin()
    bench.wait(80)
    bench.ask("stop")
    found = bench.ask("get", kind="log", name="r000001")
    answer = bench.ask("pulled", kind="log", name="r000001", sha=found["sha"])
    assert answer["code"] == "state" and not bench.unit.logs.marked("r000001")


def test_a_mark_goes_with_its_log_and_never_counts_for_another(bench):
    (name,) = fill(bench, 1, 3000)
    pulled(bench, name)
    assert bench.ask("del", kind="log", name=name)["ok"]
    assert list((bench.folder / "logs").glob("*.ok")) == []
    (bench.folder / "logs" / "r000002.plog.ok").touch()  # as after a cut, with all counters lost
    assert fill(bench, 1, 3000) == ["r000002"]
    assert not bench.unit.logs.marked("r000002")


def test_the_sha_of_a_long_log_comes_in_pieces_that_no_tick_feels(bench):
    (name,) = fill(bench, 1, 100_000)
    logs = bench.unit.logs
    fed = []
    feed = logs.feed
    logs.feed = lambda *args: fed.append(feed(*args)) or fed[-1]
    answers = [bench.ask("get", kind="log", name=name)]
    while answers[-1]["sha"] is None:
        answers.append(bench.ask("get", kind="log", name=name))
    assert len(answers) == -(-logs.size(name) // digest.AT_ONCE_BYTES) > 4
    assert max(fed) <= digest.AT_ONCE_BYTES and sum(fed) == logs.size(name)
    assert answers[-1]["sha"] == sha((bench.folder / "logs" / f"{name}.plog").read_bytes())
    assert bench.ask("pulled", kind="log", name=name, sha=answers[-1]["sha"])["pulled"] is True
    assert sum(fed) == logs.size(name)  # and not once more


def test_another_file_asked_for_in_between_costs_time_and_nothing_else(bench):
    one, two = fill(bench, 2, 40_000)
    seen = {one: None, two: None}
    for name in (one, two, *[one] * 6, *[two] * 6):
        seen[name] = bench.ask("get", kind="log", name=name)["sha"] or seen[name]
    for name, found in seen.items():
        assert found == sha((bench.folder / "logs" / f"{name}.plog").read_bytes())


def test_the_sha_of_a_log_that_grows_comes_to_an_end(bench, monkeypatch):
    monkeypatch.setattr(digest, "AT_ONCE_BYTES", 300)
    bench.begin()
    bench.wait(60)
    bench.ask("stop")
    first = bench.ask("get", kind="log", name="r000001")
    for _ in range(40):
        bench.wait(3)
        found = bench.ask("get", kind="log", name="r000001")
        if found["sha"] is not None:
            break
    data = (bench.folder / "logs" / "r000001.plog").read_bytes()
    assert first["sha"] is None and found["size"] == first["size"] < len(data)
    assert found["sha"] == sha(data[: found["size"]])
    assert bench.ask("get", kind="log", name="r000001")["size"] > found["size"]


def test_a_start_that_drops_much_feeds_the_watchdog(small):
    fed = []
    small.unit.feed = lambda: fed.append(1)
    names = fill(small, 40, 4000)
    for name in names:
        small.unit.logs.mark(name)
    assert start(small)["ok"]
    small.wait(1)
    assert len(fed) == len(dropped(small)) > 5
