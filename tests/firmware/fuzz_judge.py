"""Watches a unit on in-process parts while anything at all is said to it; both Pythons.

Nothing may leave the loop, no step of a tick may be missed, memory stays bounded, every answer is
a good line, and heat comes only from a `start` with the session's token and the stored hash, or
from the start button after an `arm` with both. Without a run the relay is on only in a proof of
the contactor that the session began and keeps alive, and the contactor is open then.
"""

from preheat_core import clock, protocol
from preheat_core.events import REFUSALS
from preheat_core.faults import HEATING_STATES
from preheat_fw.console import QUEUE_MAX
from preheat_fw.store import sha

# What a host can bring about on a healthy unit: its own silence, and waits that it never ends.
HOSTS_FAULTS = ("link", "ramp_timeout", "hold_timeout", "operator_timeout", "run_timeout")
WAITING_MAX = 16384  # bytes of the log that wait in memory for the flash
STOP_ID = 77777777
TRIED = ("proof", "proof", "contactor")
SILENT_MS = 10_250  # a proof whose host says nothing has ended by then, in whole ticks


class Broken(Exception):
    """The unit did what it never may; the text says what."""


class _Relay:
    """Stands where the relay's pin keeps its history: every level that was written."""

    def __init__(self, judge):
        self._judge = judge

    def append(self, level):
        if level and not self._judge.granted and not self._judge.proves():
            self._judge.broken("the relay was switched on without a start")


class Judge:
    """Feeds one parts.Bench and judges it. `counts` tells what was reached, by name."""

    def __init__(self, bench):
        self.bench = bench
        self.counts = {}
        self.token = None  # as the last granted claim told it
        self.granted = False  # a start was granted and its heat has not ended
        self.tried, self.beat_ms = None, 0  # "proof" or "contactor" while the session has it on
        self.most = {"queued": 0, "upload": 0, "waiting": 0, "lines": 0}
        self._armed = None
        self._broken = None
        self._closed = 0
        bench.ssr.history = _Relay(self)
        self._attach()

    def _attach(self):
        self._desk = self.bench.unit.desk
        self.bench.console._answer = self._answer
        self.bench.console.button_start = self._button
        self.token = self.tried = None
        self.granted = False

    def proves(self):
        """Whether a proof may have the relay on now."""
        bench, kernel = self.bench, self.bench.unit.kernel
        beaten = clock.diff(bench.time.now_ms, self.beat_ms) <= SILENT_MS
        alone = kernel.run is None and not kernel.latch.rows and bench.interlock.level == 0
        return self.tried == "proof" and bench.contactor.level == 0 and alone and beaten

    def broken(self, why):
        """Note what went wrong: raised after the tick, where no loop can swallow it."""
        self._broken = self._broken or why

    def count(self, name):
        """One more of these was seen."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def stored_hash(self, name):
        """The hash of a stored profile, read from the file; None if there is none."""
        data = self.bench.store.read_bytes(f"profiles/{name}.json")
        return None if data is None else sha(data)

    def stored_logs(self):
        """(name, hash) of every log, oldest first."""
        logs = self.bench.unit.logs
        return [(name, sha(logs.read(name, 0, logs.size(name)))) for name in logs.ids()]

    def feed(self, data, ticks=1):
        """Say these bytes; tick until they are read, and `ticks` times more."""
        self.bench.line.inbox += data
        while self.bench.line.inbox:
            self.tick()
        for _ in range(ticks):
            self.tick()

    def tick(self):
        """One tick of the real loop, then everything that must be true after it."""
        bench = self.bench
        bench.loop.tick()
        unit = bench.unit
        kernel = unit.kernel
        if self._broken is not None:
            raise Broken(self._broken)
        for code in kernel.latch.codes:
            if code not in HOSTS_FAULTS:
                raise Broken(f"fault {code}: {kernel.latch.rows}")
            self.count(code)
        if not all(bench.fed):
            raise Broken("a step of a tick was missed")
        bench.fed.clear()
        if not kernel.heating:
            self.granted = False
        if kernel.trial is None:
            self.tried = None
        runs = self.granted and kernel.state in HEATING_STATES
        if bench.ssr.level and not runs:
            if not self.proves():
                raise Broken(f"heat in state {kernel.state}")
            self.count("relay on in a proof")
        closed = bench.contactor.level and not (runs or self.tried == "contactor")
        self._closed = self._closed + 1 if closed else 0
        if self._closed > 1:  # it opens with the tick after a stop
            raise Broken(f"the contactor is closed in state {kernel.state}")
        self._bounds(unit)
        self._heard()
        del bench.contactor.history[:], bench.lamp.history[:]
        if unit.leaving is not None:
            self.count(unit.leaving)
            bench.boot()
            self._attach()

    def _bounds(self, unit):
        console = self.bench.console
        upload = unit.desk._files._upload
        waiting = unit.journal._bytes
        if unit.kernel.run is not None:
            waiting += sum(len(block) for block in unit.kernel.run.recorder.blocks)
        seen = {
            "queued": sum(len(line) for line in console._queue),
            "upload": 0 if upload is None else len(upload[4]),
            "waiting": waiting,
            "lines": len(console._queue),
        }
        for name, size in seen.items():
            self.most[name] = max(self.most[name], size)
        if seen["queued"] > QUEUE_MAX + protocol.MAX_DEVICE_LINE:
            raise Broken(f"{seen['queued']} bytes wait to go out")
        if console._queued != seen["queued"]:
            raise Broken("the queue is not as long as counted")
        if len(console._reader._buf) != protocol.MAX_HOST_LINE:
            raise Broken("the line buffer grew")
        if seen["upload"] > protocol.MAX_PUT_BYTES:
            raise Broken(f"{seen['upload']} bytes of an upload are kept")
        if waiting > WAITING_MAX:
            raise Broken(f"{waiting} bytes of the log wait in memory")
        if len(unit.store.problems) + len(unit.logs.problems) + len(unit.problems) > 30:
            raise Broken("the lists of problems grow")

    def _heard(self):
        """Every line that came out can be read by a host."""
        for obj in self.bench.line.take():
            if "st" not in obj and "ev" not in obj and "ok" not in obj:
                raise Broken(f"a line that no host expects: {obj}")
            if obj.get("id") == STOP_ID:
                self.count("stop answered")
            elif obj.get("code") in ("bad_line", "crc", "too_long"):
                self.count("refused " + obj["code"])

    def _answer(self, obj):
        """The desk's own answer, judged; what is wrong is told after the tick."""
        kernel = self.bench.unit.kernel
        was = kernel.heating
        cmd = obj.get("cmd")
        want = None
        if cmd == "start" and isinstance(obj.get("profile"), str):
            try:
                want = self.stored_hash(obj["profile"])
            except ValueError:
                pass  # a name that leads elsewhere
        found = self._desk.answer(obj)
        if kernel.heating and not was:
            good = cmd == "start" and found["ok"] and want is not None
            if not (good and obj["token"] == self.token and obj["hash"] == want):
                self.broken(f"a run began by {obj}")
            self.granted = True
            self.count("started")
        if kernel.trial is not None and self.tried is None:
            if cmd != "test" or not found["ok"] or obj["token"] != self.token:
                self.broken(f"a trial began by {obj}")
            self.tried, self.beat_ms = obj.get("what"), self.bench.time.now_ms
            self.count(f"began {self.tried}")
        if cmd == "stop":
            self.granted = False
            if kernel.driving or self.bench.ssr.level:
                self.broken("stop did not take the heat away")
        if not found["ok"] and found["code"] not in REFUSALS:
            self.broken(f"the refusal {found['code']} is not in the table")
        if found["ok"]:
            self.count(cmd)
            self._granted(cmd, obj, found)
        else:
            self.count("refused " + found["code"])
        if len(protocol.encode(found)) > protocol.MAX_DEVICE_LINE:
            self.broken(f"the answer to {cmd} is too long")
        return found

    def _granted(self, cmd, obj, found):
        if cmd == "claim":
            self.token = found["token"]
        elif cmd == "beat":
            self.beat_ms = self.bench.time.now_ms
        elif cmd == "arm":
            if obj["token"] != self.token or obj["hash"] != self.stored_hash(obj["profile"]):
                self.broken(f"armed by {obj}")
            self._armed = obj["profile"], obj["hash"]
        elif cmd == "disarm":
            self._armed = None

    def _button(self):
        was = self.bench.unit.kernel.heating
        self._desk.button_start()
        if self.bench.unit.kernel.heating and not was:
            if self._armed is None or self.stored_hash(self._armed[0]) != self._armed[1]:
                self.broken("the button started what was not armed")
            self.granted = True
            self.count("started by button")

    def still_obeys(self):
        """After anything: a newline ends it, stop is answered, and the relay is off."""
        before = self.counts.get("stop answered", 0)
        self.bench.line.reads = True
        for _ in range(40):  # what a deaf host left in the queue goes first
            self.tick()
        self.feed(b"\n" + protocol.encode({"id": STOP_ID, "cmd": "stop"}), 2)
        if self.counts.get("stop answered", 0) != before + 1 or self.bench.ssr.level:
            raise Broken("stop was not answered")

    def tidy(self):
        """Another board lies there, unless one is heated, and the logs are gone."""
        run = self.bench.unit.kernel.run
        self._cool()
        for run_id in self.bench.unit.logs.ids():
            if run is None or run.run_id != run_id:
                self.bench.unit.logs.remove(run_id)

    def _cool(self):
        if not self.bench.unit.kernel.heating:
            self.bench.probe.temp_c = 25.0
            for _ in range(60):  # nobody changes boards within a tick: the probe needs its time
                self.tick()

    def prove(self, words):
        """A trial of the contactor with all that it takes, while anything else is said too."""
        self.bench.line.reads = True
        self.bench.button.level = 1
        self._cool()
        self._say(cmd="clear")
        self._say(cmd="claim", host="a")
        self._say(cmd="test", what=words.chance.one(TRIED), token=self.token)
        for tick in range(96):
            self.feed(words.chunk() if words.chance.below(60) == 0 else b"")
            if tick % 20 == 0:
                self._say(cmd="beat", token=self.token)

    def _say(self, **line):
        line["id"] = 7
        self.feed(b"\n" + protocol.encode(line), 2)


def play(judge, words, nbytes, each=None):
    """Send `nbytes` or a little more; how many chunks. `each(sent)` is called now and then."""
    sent = chunks = 0
    bench = judge.bench
    while sent < nbytes:
        data = words.chunk()
        at = words.chance.below(len(data) + 1)
        if words.chance.below(3) == 0:  # the line brings it in two pieces
            judge.feed(data[:at], words.chance.below(3))
            data = data[at:]
            sent += at
        judge.feed(data, words.chance.below(3))
        sent += len(data)
        chunks += 1
        way = words.chance.below(400)
        if way == 0:
            for _ in range(200):  # long enough for a silent host's run to end
                judge.tick()
        elif way == 1:
            bench.line.reads = not bench.line.reads
        elif way < 8:
            bench.button.level ^= 1
        elif way < 14:
            judge.still_obeys()
        elif way < 17:
            judge.prove(words)
        if chunks % 500 == 0:
            judge.still_obeys()
            judge.tidy()
            if each is not None:
                each(sent)
    judge.still_obeys()
    return chunks
