"""One unit put together: its data, its kernel and its services, without hardware of its own."""

from preheat_core import board as board_schema
from preheat_core import settings as settings_schema
from preheat_core.clock import TICK_MS
from preheat_core.faults import CODES
from preheat_core.kernel import Kernel
from preheat_core.protocol import load_json
from preheat_fw.desk import Desk
from preheat_fw.files import Files
from preheat_fw.gate import Gate
from preheat_fw.incidents import Incidents
from preheat_fw.journal import Journal
from preheat_fw.ports import Ports
from preheat_fw.retention import Retention
from preheat_fw.statement import Statement
from preheat_fw.store import StoreError, sha

# Stands in for a board file that is absent or damaged: nothing to sense, nothing to drive.
NO_BOARD = {
    "schema": 1, "name": "none", "title": "no board file", "mcu": "virtual", "mains_hz": 50,
    "window_ticks": 4, "pins": {}, "zones": [], "probes": [],
    "limits": {"board_max_c": 0, "heater_max_c": 0, "ramp_max_c_s": 0, "run_max_s": 0},
}  # fmt: skip


class Unit:
    """Holds what the console's commands work on. `about` holds the hardware's identity:

    uid, boot_id, reset_cause, intent, fw_hash (str or None), off_pins ((pin, level) rows that
    boot.py drives, or None), and set_clock, epoch_s (callables).
    """

    def __init__(self, store, logs, about: dict):
        self.store = store
        self.logs = logs
        self.uid = about["uid"]
        self.boot_id = about["boot_id"]
        self.reset_cause = about["reset_cause"]
        self.intent = about["intent"]
        self.fw_hash = about["fw_hash"]
        self.read_fw_hash = lambda: self.fw_hash  # set by the composition root: reads it anew
        self.set_clock = about["set_clock"]
        self.epoch_s = about["epoch_s"]
        self.uptime_ms = 0
        self.token: "str | None" = None
        self.token_at_ms = 0  # uptime when its session was heard last
        self.leaving: "str | None" = None  # "service", "reset" or "bite" once asked for
        self.gate: "Gate | None" = None  # set by the composition root
        self.probes = []  # drivers, in the board's order; set by the composition root
        self.ports: "Ports | None" = None  # set by the composition root, and ticks_ms too
        self.ticks_ms: "object" = _no_clock
        # [count, ms in all, longest, most behind its time], since selftest asked for it
        self.ticks: "list | None" = None
        self.problems = []
        self.board, self.board_hash = self._load("board.json", board_schema, NO_BOARD)
        default = settings_schema.default("unit")
        settings, self.settings_hash = self._load("settings.json", settings_schema, default)
        self._check_off_pins(about["off_pins"])
        latched = self._latched()
        self.kernel = Kernel(self.board, settings, latched)
        if self.problems:
            self.kernel.unusable = True
            self.kernel.fail("config", self.problems[0])
        self.journal = Journal(logs, store)
        self.journal.loaded(latched)
        self.feed = _nothing  # the watchdog, set by the composition root
        self.retention = Retention(self)
        self.retention.boot()
        self.incidents = Incidents(self)
        self.statement = Statement(self)
        self.desk = Desk(self, Files(self))
        self._load_armed()

    def _load(self, name, schema, instead):
        """(checked, normalised dict, hash); the stand-in and a problem when it cannot be used."""
        data = self.store.read_bytes(name)
        body = self.store.read_json(name)
        if data is None or body is None:
            # A new unit has no settings yet: it works untuned. Damaged ones are another matter:
            # the calibration in them is lost, and readings would be wrong without a word.
            if name in self.store.list() or schema is board_schema:
                self.problems.append(f"{name} is missing or damaged")
            return instead, None
        problems = schema.check(body)
        if problems:
            self.problems.append(f"{name}: {problems[0]}"[:100])
            return instead, sha(data)
        return schema.normalise(body), sha(data)

    def _check_off_pins(self, off_pins) -> None:
        """What boot.py cannot switch off must not be switched on."""
        pins = [zone["ssr"] for zone in self.board["zones"]]
        if pins and "contactor" in self.board["pins"]:
            pins.append(self.board["pins"]["contactor"])
        off = [pin for pin, level in off_pins or () if level == 0]
        for pin in pins:
            if pin not in off:
                self.problems.append(f"board_pins.py does not switch pin {pin} off: deploy again")

    def _latched(self):
        rows = self.store.read_json("latch.json")
        good = isinstance(rows, list) and all(
            isinstance(row, list) and len(row) in (2, 3) and row[0] in CODES
            for row in rows
        )
        if not good:
            # Damaged: that something was latched is known, and must not be forgotten.
            there = "latch.json" in self.store.list()
            return [["internal", "latch.json was damaged", False]] if there else []
        # A board that is whole again clears its own complaint; every other fault needs a person.
        return [[row[0], str(row[1]), row[2:] == [True]] for row in rows if row[0] != "config"]

    def _load_armed(self):
        armed = self.store.read_json("armed.json")
        if isinstance(armed, dict) and isinstance(armed.get("profile"), str):
            self.kernel.armed = armed["profile"]

    def use_settings(self, body: dict, data: bytes) -> None:
        """New, checked settings take effect at once; no run is heating."""
        settings = settings_schema.normalise(body)
        self.settings_hash = sha(data)
        self.problems = [row for row in self.problems if not row.startswith("settings.json")]
        self.kernel.unusable = bool(self.problems)
        self.kernel.use_settings(settings)
        for driver, row in zip(self.probes, self.board["probes"]):
            offset_c, gain = calibration(settings, row["name"])
            driver.calibrate(offset_c, gain)

    def differs(self) -> "str | None":
        """What is stored, compared with what is in use before heat: the difference, or None."""
        settings = self.kernel.settings
        for name, schema, was, used in (
            ("board.json", board_schema, self.board_hash, self.board),
            ("settings.json", settings_schema, self.settings_hash, settings),
        ):
            data = self.store.read_bytes(name)
            if (None if data is None else sha(data)) != was:
                return f"{name} is not what the unit started with: restart it, then compare"
            if data is not None and schema.normalise(load_json(data)) != used:
                return f"{name} and the unit's memory differ: restart it"
        if self.fw_hash is None or self.read_fw_hash() != self.fw_hash:
            return "fw.json is missing or was changed: deploy again"
        return None

    def log_identity(self) -> dict:
        """What made the run, for the log's header."""
        settings = self.kernel.settings
        return {
            "unit": settings["name"],
            "uid": self.uid,
            "boot_id": self.boot_id,
            "fw_hash": self.fw_hash,
            "board": self.board["name"],
            "board_hash": self.board_hash,
            "settings_hash": self.settings_hash,
            "calibration": [
                [row.get(key) for key in settings_schema.CALIBRATION_LOGGED]
                for row in settings["calibration"]
            ],
            "epoch_s": self.epoch_s(),
            "tick_ms": TICK_MS,
        }

    def leave(self, intent: str) -> None:
        """Restart after this tick; the intent is stored first, so that it is explained."""
        self.kernel.end_trial("the unit restarts")
        if self.gate is not None:
            self.gate.off()  # before any write to the flash
        self.incidents.finish()
        self.kernel.close_run()  # a run that only cools keeps its own end instead of "reset"
        self.journal.flush(self.kernel)
        self.journal.save_latch(self.kernel)
        self.store.write_json("intent.json", {"intent": intent})
        self.leaving = intent


def _nothing() -> None:
    return None


def _no_clock() -> int:
    return 0


def calibration(settings: dict, name: str):
    """(offset_c, gain) of a probe; (0, 1) if it was not calibrated."""
    for row in settings["calibration"]:
        if row["probe"] == name:
            return row["offset_c"], row["gain"]
    return 0.0, 1.0


def take_intent(store) -> "str | None":
    """Why the last restart was made, once; None if it was not asked for."""
    found = store.read_json("intent.json")
    try:
        store.remove("intent.json")
    except (StoreError, OSError):
        # Without removal a service intent would be found again: better to stay out of service.
        return None
    return found.get("intent") if isinstance(found, dict) else None
