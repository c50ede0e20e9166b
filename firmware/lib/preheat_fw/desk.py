"""Answers the host's commands about sessions and runs; files are answered by files.py."""

import binascii
import os
import sys

from preheat_core import commands, limits, profile, protocol
from preheat_core.causes import OFF_LONG_MS
from preheat_core.run import COOL_MAX_MS
from preheat_core.runlog import bytes_for
from preheat_fw.store import StoreError, sha

TOKEN_MS = 60_000  # a session that was silent for so long has to claim again


class Refusal(Exception):
    """A command that is not done: a refusal code, a sentence, and problems if there are any."""

    def __init__(self, code, why, problems=()):
        super().__init__(code, why)
        self.code = code
        self.why = why
        self.problems = problems


class Desk:
    """One method per command, named do_<command>; each returns the answer's fields or raises."""

    def __init__(self, unit, files):
        self._unit = unit
        self._files = files

    def answer(self, obj: dict) -> dict:
        """The answer to a host's object: never an exception, never silence."""
        number = protocol.request_id(obj)
        if obj.get("cmd") == "stop":
            self.do_stop(obj)  # whatever else is wrong with the line
        if number is None:
            return _refused(None, "args", "id must be a whole number")
        cmd = str(obj.get("cmd"))
        wrong = protocol.check_args(cmd, obj)
        if wrong is not None:
            return _refused(number, wrong[0], wrong[1])
        try:
            self._admit(cmd, obj)
            method = getattr(self, "do_" + cmd, None) or getattr(self._files, "do_" + cmd)
            found = method(obj) or {}
        except Refusal as refusal:
            return _refused(number, refusal.code, refusal.why, refusal.problems)
        except StoreError as error:
            return _refused(number, error.code, error.why)
        except OSError as error:
            return _refused(number, "problem", f"the flash failed: {error}")
        found["id"] = number
        found["ok"] = True
        return found

    def _admit(self, cmd, obj) -> None:
        unit = self._unit
        needs_token, when = commands.rules(cmd)
        if needs_token:
            self._known(obj["token"])
        on = unit.kernel.heating if cmd == "tested" else unit.kernel.driving
        if when == commands.NOT_HEATING and on:
            raise Refusal("state", "not while a run or a test is on: stop it first")
        if when == commands.COLD:
            self._cold(obj["confirm"])

    def _known(self, token) -> None:
        """The token of the last claim, if its session was heard in the last minute."""
        unit = self._unit
        if unit.uptime_ms - unit.token_at_ms > TOKEN_MS:
            unit.token = None
        if unit.token is None or token != unit.token:
            raise Refusal("claim", "claim the unit first; another session may have done so since")
        unit.token_at_ms = unit.uptime_ms

    def _cold(self, confirmed) -> None:
        kernel = self._unit.kernel
        if kernel.heating:
            raise Refusal("state", "not while a run is heating: stop it first")
        if not (kernel.cool or kernel.off_ms >= OFF_LONG_MS or confirmed):
            raise Refusal("hot", "a probe reads 50 C or more, or is dead: wait, or confirm")

    def do_hello(self, _obj):
        return self._unit.statement.hello()

    def do_status(self, _obj):
        return self._unit.statement.status()

    def do_limits(self, obj):
        unit = self._unit
        data, body = self._profile(obj["profile"])
        found = limits.effective(unit.board, unit.kernel.settings, body)
        rows = [[row.role, row.trip_c, row.approach_c, row.source] for row in found.rows]
        return {"limits": rows, "ramp_max_c_s": found.ramp_max_c_s, "hash": sha(data)}

    def do_claim(self, _obj):
        unit = self._unit
        run = unit.kernel.run
        owned = unit.kernel.trial is not None or (unit.kernel.heating and not run.detached)
        if owned and unit.token is not None:
            raise Refusal("busy", "the session that started the run still owns the unit")
        unit.token = binascii.hexlify(os.urandom(6)).decode()
        unit.token_at_ms = unit.uptime_ms
        return {"token": unit.token}

    def do_beat(self, _obj):
        self._unit.kernel.beat()

    def do_clock(self, obj):
        self._unit.set_clock(obj["epoch_s"])

    def do_start(self, obj):
        data, body = self._checked_profile(obj)
        return {"run_id": self.begin(data, body, obj["detach"], obj["by"])}

    def begin(self, data, body, detached, by) -> str:
        """Start a run of a stored profile: log opened and its room reserved before any heat."""
        unit = self._unit
        why = unit.kernel.orders.why_not(body)
        if unit.kernel.trial is not None:
            self.do_stop(None)  # refused, but whoever wants heat wants no test
        if why is not None:
            raise Refusal("state", why)
        why = unit.differs()
        if why is not None:
            raise Refusal("hash", why)
        need = bytes_for(len(unit.board["probes"]), _records(body))
        _let_go()
        unit.kernel.close_run()
        unit.journal.flush(unit.kernel)
        unit.incidents.finish()  # that of the last run, or this one's would find no place
        found = unit.retention.refuse(need)
        if found is None and unit.kernel.latch.rows:
            found = "problem", f"{unit.kernel.latch.worst}: {unit.kernel.latch.detail()}"
        if found is not None:
            raise Refusal(*found)
        run_id = unit.logs.next_run_id()
        unit.journal.begin(run_id)
        start = unit.log_identity()
        start["run"] = run_id
        start["detached"] = detached
        start["by"] = by
        start["profile_hash"] = sha(data)
        why = unit.kernel.orders.start(body, start)
        if why is not None:
            unit.journal.close()
            unit.logs.remove(run_id)
            raise Refusal("state", why)
        return run_id

    def button_start(self) -> None:
        """The start button was pressed with a profile armed: a run that needs no laptop."""
        unit = self._unit
        armed = unit.store.read_json("armed.json") or {}
        try:
            data, body = self._profile(unit.kernel.armed)
            if sha(data) != armed.get("hash"):
                raise Refusal("hash", "the armed profile was changed since: arm it again")
            self.begin(data, body, True, "button")
        except Refusal as refusal:
            unit.kernel.tell({"ev": "refused", "why": refusal.why})
        except (StoreError, OSError) as error:
            unit.kernel.tell({"ev": "refused", "why": f"the flash failed: {error}"})

    def do_stop(self, _obj):
        # The pin first, the bookkeeping after it: the answer says what is true of the pin.
        self._unit.gate.off()
        self._unit.kernel.orders.stop()
        return {"heat": False}

    def do_continue(self, _obj):
        return self._order(self._unit.kernel.orders.proceed())

    def do_trim(self, obj):
        self._order(self._unit.kernel.orders.trim(obj["delta_c"]))
        return {"setpoint_c": round(self._unit.kernel.run.sequencer.setpoint.target_c, 2)}

    def do_ext(self, obj):
        return self._order(self._unit.kernel.orders.external(obj["on"]))

    def do_alarms(self, _obj):
        return {"alarms": self._unit.kernel.alarms.listing()}

    def do_ack(self, _obj):
        return {"acked": self._unit.kernel.orders.acknowledge()}

    def do_clear(self, _obj):
        self._unit.retention.recheck()
        codes = self._unit.kernel.latch.codes
        self._order(self._unit.kernel.orders.clear())
        return {"cleared": codes}

    def do_arm(self, obj):
        unit = self._unit
        _, body = self._checked_profile(obj)
        problems = limits.check_profile(body, unit.board, unit.kernel.settings)
        if problems:
            raise Refusal("check", "the profile does not fit this unit", problems)
        why = unit.differs()
        if why is not None:
            raise Refusal("hash", why)
        unit.store.write_json("armed.json", {"profile": obj["profile"], "hash": obj["hash"]})
        unit.kernel.armed = obj["profile"]

    def do_disarm(self, _obj):
        self._unit.store.remove("armed.json")
        self._unit.kernel.armed = None

    def do_test(self, obj):
        return self._trials().test(self._unit, obj["what"])

    def do_tested(self, _obj):
        return self._trials().tested(self._unit)

    def _trials(self):
        from preheat_fw import trials  # for selftest alone: saves the memory

        return trials

    def do_bite(self, _obj):
        self._unit.leave("bite")

    def do_service(self, _obj):
        self._unit.leave("service")

    def do_reset(self, _obj):
        self._unit.leave("reset")

    def _order(self, why):
        if why is not None:
            raise Refusal("state", why)

    def _checked_profile(self, obj):
        """The stored profile that a command names, if it is still the one with that hash."""
        data, body = self._profile(obj["profile"])
        if sha(data) != obj["hash"]:
            raise Refusal("hash", "the stored profile is not the one checked: push it again")
        return data, body

    def _profile(self, name):
        data = self._unit.store.read_bytes(f"profiles/{name}.json")
        if data is None:
            raise Refusal("missing", f"there is no profile {name}: push it first")
        try:
            body = protocol.load_json(data)
        except ValueError:
            raise Refusal("check", "the stored profile is damaged: push it again")
        if profile.check(body):
            raise Refusal("check", "the stored profile is damaged: push it again")
        return data, profile.normalise(body)


def _let_go() -> None:
    """Of what only selftest needed: a run wants the memory."""
    for package, name in (("preheat_fw", "trials"), ("preheat_core", "contactor_proof")):
        if sys.modules.pop(package + "." + name, None) is not None:
            delattr(sys.modules[package], name)


def _refused(number, code, why, problems=()) -> dict:
    out = {"id": number, "ok": False, "code": code, "why": why}
    if problems:
        out["problems"] = [str(problem)[:120] for problem in problems[:5]]
    return out


def _records(body) -> int:
    """Records the run may write at most: one a second, in long waits a tenth of that."""
    seconds = 0
    for stage in body["stages"]:
        waits_s = stage.get("hold_max_s", 0) + stage.get("operator_max_s", 0)
        seconds += stage["ramp_max_s"] + min(waits_s, 120 + waits_s // 10)
    return int(min(seconds, body["run_max_s"])) + 60 + COOL_MAX_MS // 1000
