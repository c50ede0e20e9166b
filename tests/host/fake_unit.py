"""A unit of few words for tests of the command line: the line protocol on a socket, runs scripted.

It stores what it is sent, checks it with the real checkers, and plays one script per run; it
heats nothing and judges nothing. The real firmware is tested on the virtual bench.
"""

import base64
import binascii
import hashlib
import json
import select
import socket
import threading

from host.fake_log import make_log
from preheat import tomlfiles
from preheat_core import check, limits, profile, protocol, runlog, settings

PERIOD_S = 0.02  # between two status lines of a run
SCRIPTS = ("done", "until-stop", "operator", "fault", "reset", "mute", "silent-end")


def sha(data):
    return hashlib.sha256(data).hexdigest()[:16]


def name_in(values):
    """The name in settings; a unit that cannot use them calls itself "unit"."""
    return "unit" if settings.check(values) else values["name"]


class Refusal(Exception):
    """Becomes an answer with "ok": false."""

    def __init__(self, code, why, problems=()):
        super().__init__(code, why)
        self.body = {"ok": False, "code": code, "why": why, "problems": list(problems)}


class FakeUnit:
    """Use as a context manager; `port` is its socket:// address, `asked` the commands it got."""

    def __init__(self, script="done", named=True, fault="tc_open"):
        assert script in SCRIPTS
        self.script = script
        self.fault = fault  # what the script "fault" ends in
        self.board = tomlfiles.load_board("virtual-hotplate")
        self.settings = settings.default("bench-a") if named else None
        self.profiles = {}
        self.logs = {}
        self.incidents = {}
        self.asked = []
        self.state = "idle"
        self.faults = []
        self.noise = []
        self.still = ""  # why `clear` is refused
        self._acked = []
        self.last_end = None
        self.boot_id = "b1"
        self.token = None
        self.run_id = None
        self._upload = None
        self._beat = 0
        self._muted = False
        self._stopping = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self._stopping.set()
        self._thread.join(timeout=5)
        self._server.close()

    @property
    def unacked(self):
        return [code for code in self.faults if code not in self._acked]

    # The wire

    def _serve(self):
        while not self._stopping.is_set():
            if select.select([self._server], [], [], 0.05)[0]:
                client, _ = self._server.accept()
                with client:
                    self._talk(client)

    def _talk(self, client):
        lines = protocol.LineReader()
        try:
            while not self._stopping.is_set():
                if select.select([client], [], [], PERIOD_S)[0]:
                    data = client.recv(4096)
                    if not data:
                        return
                    for line in lines.feed(data):
                        self._reply(client, protocol.decode(line))
                else:
                    self._play(client)
        except OSError:
            return  # the client has gone

    def _say(self, client, obj):
        client.sendall(protocol.encode(obj))

    def _reply(self, client, ask):
        self.asked.append(ask["cmd"])
        if self._muted:
            return
        wrong = protocol.check_args(ask["cmd"], ask)
        try:
            if wrong:
                raise Refusal(*wrong)
            if "token" in ask and ask["token"] != self.token:
                raise Refusal("claim", "claim the unit first")
            answer = {"ok": True, **(getattr(self, "do_" + ask["cmd"])(ask) or {})}
        except Refusal as refusal:
            answer = refusal.body
        self._say(client, {"id": ask["id"], **answer})

    # One step of the script, whenever the line is quiet

    def _play(self, client):
        if self.run_id is None or self._muted:
            return
        self._beat += 1
        if self._beat == 1:
            self._say(client, {"ev": "start", "run": self.run_id})
            self._say(client, {"ev": "stage", "i": 0, "name": "preheat"})
        if self._beat <= 3 or self.script == "until-stop" and self.state != "cool":
            self._say(client, {"st": self.state, "i": 0, "c": [25.5], "sp": 26.0, "u": 50,
                               "t": self._beat, "l": 9})
        elif self.script == "operator" and self.state == "ramp":
            self.state = "wait"
            self._say(client, {"ev": "operator", "i": 0})
        elif self.script in ("done", "silent-end") or self.state == "cool":
            self._finish(client, "aborted" if self.last_end == "aborted" else "done")
        elif self.script == "fault":
            self.state, self.faults = "fault", [self.fault]
            self._say(client, {"ev": "fault", "code": self.fault, "detail": "plate"})
            self._finish(client, f"fault:{self.fault}")
        elif self.script == "reset":
            self.boot_id = "b2"
            self._finish(client, "reset")
        elif self.script == "mute":
            self._muted = True

    def _finish(self, client, end):
        run_id, self.run_id = self.run_id, None
        self.logs[run_id] = make_log(run_id, end)
        self.last_end = end
        self.state = "fault" if self.faults else "idle"
        if end == "reset":
            self._say(client, {"hello": self.do_hello({})})
        elif self.script != "silent-end":
            self._say(client, {"ev": "end", "run": run_id, "end": end})
            self._say(client, {"ev": "closed", "run": run_id, "end": end})
        self._beat = 0

    # The commands

    def do_hello(self, _ask):
        return {
            "proto": protocol.PROTO, "fw": "0.1.0", "fw_hash": "0" * 16, "micropython": "1.29.0",
            "board": self.board["name"], "board_hash": "1" * 16, "settings_hash": "2" * 16,
            "uid": "aabb", "name": name_in(self.settings) if self.settings else None,
            "boot_id": self.boot_id, "uptime_ms": 90000, "reset": "power", "intent": None,
            "state": self.state, "faults": self.faults, "mem_free": 100000,
        }

    def do_status(self, _ask):
        heating = self.state in ("ramp", "hold", "wait")
        return {
            "state": self.state, "stage": 0 if heating else None, "stage_name": "preheat",
            "stages": 1, "probes": [["plate", "board", 25.5, None]], "cj_c": 24.0,
            "setpoint_c": 26.0 if heating else None, "duty": 0.5 if heating else 0.0,
            "run_id": self.run_id, "profile": None, "alloy": None, "elapsed_s": None,
            "left_s": None, "faults": self.faults, "detail": "",
            "alarms": len(self.faults), "unacked": (self.unacked or [None])[0],
            "noise": self.noise,
            "limit": ["board", 260, "board virtual-hotplate"], "claimed": self.token is not None,
            "detached": False, "waiting": None, "interlock": True, "external_heat": False,
            "armed": None, "end": self.last_end, "uptime_ms": 90000,
        }

    def do_limits(self, ask):
        body = json.loads(self._stored("profile", ask["profile"]))
        found = limits.effective(self.board, self.settings or settings.default("x"), body)
        rows = [[row.role, row.trip_c, row.approach_c, row.source] for row in found.rows]
        return {"limits": rows, "ramp_max_c_s": found.ramp_max_c_s, "hash": "0" * 16}

    def do_claim(self, _ask):
        if self.run_id and self.token:
            raise Refusal("busy", "the session that started the run still owns the unit")
        self.token = f"t{len(self.asked)}"
        return {"token": self.token}

    def do_beat(self, _ask):
        return {}

    def do_clock(self, _ask):
        return {}

    def do_put(self, ask):
        self._upload = [ask, b""]

    def do_part(self, ask):
        self._upload[1] += base64.b64decode(ask["data"])
        return {"n": ask["n"]}

    def do_done(self, _ask):
        ask, data = self._upload
        if f"{binascii.crc32(data):08x}" != ask["crc"]:
            raise Refusal("crc", "the upload did not arrive whole")
        body = json.loads(data)
        problems = (profile if ask["kind"] == "profile" else settings).check(body)
        if problems:
            raise Refusal("check", "refused", [str(problem) for problem in problems[:5]])
        if ask["kind"] == "profile":
            self.profiles[ask["name"]] = data
        else:
            self.settings = body
        return {"sha": sha(data)}

    def _stored(self, kind, name):
        if kind == "board":
            return check.canonical(self.board)
        if kind == "settings" and self.settings:
            return check.canonical(self.settings)
        stored = {"profile": self.profiles, "log": self.logs, "incident": self.incidents}
        found = stored.get(kind, {}).get(name)
        if found is None:
            raise Refusal("missing", f"there is no {kind} {name}")
        return found

    def do_get(self, ask):
        data = self._stored(ask["kind"], ask["name"])
        return {"size": len(data), "sha": sha(data)}

    def do_read(self, ask):
        data = self._stored(ask["kind"], ask["name"])
        piece = data[ask["off"] : ask["off"] + ask["n"]]
        return {"off": ask["off"], "data": base64.b64encode(piece).decode(),
                "eof": ask["off"] + len(piece) >= len(data)}

    def do_list(self, ask):
        if ask["kind"] == "profile":
            rows = [[name, sha(data)] for name, data in sorted(self.profiles.items())]
        else:
            rows = [[run_id, len(data), runlog.read(data).end, False] for run_id, data
                    in sorted((self.logs if ask["kind"] == "log" else self.incidents).items())]
        start = ask["from"]
        more = start + 2 < len(rows)  # two a page, so that paging is exercised
        return {"items": rows[start : start + 2], "next": start + 2 if more else None}

    def do_start(self, ask):
        if sha(self._stored("profile", ask["profile"])) != ask["hash"]:
            raise Refusal("hash", "the stored profile is not the one that was checked")
        if self.faults:
            raise Refusal("state", "fault tc_open is latched: clear it first")
        self.state = "ramp"
        self.last_end = None
        self.run_id = f"r{len(self.logs) + 1:06d}"
        return {"run_id": self.run_id}

    def do_stop(self, _ask):
        if self.run_id:
            self.state, self.last_end = "cool", "aborted"
        return {"heat": False}

    def do_continue(self, _ask):
        if self.state != "wait":
            raise Refusal("state", "nothing waits to be continued")
        self.state = "cool"

    def do_pulled(self, _ask):
        return {"pulled": True}

    def do_trim(self, ask):
        return {"setpoint_c": 26.0 + ask["delta_c"]}

    def do_alarms(self, _ask):
        return {"alarms": [
            [code, "high", "unacked" if code in self.unacked else "acked", 34, "plate", True]
            for code in self.faults
        ]}  # fmt: skip

    def do_ack(self, _ask):
        codes, self._acked = self.unacked, list(self.faults)
        return {"acked": codes}

    def do_clear(self, _ask):
        if self.still:
            raise Refusal("state", self.still)
        codes, self.faults, self.state, self._acked = self.faults, [], "idle", []
        return {"cleared": codes}
