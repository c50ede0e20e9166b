"""A scripted unit for tests of backups and of the doctor: real hashes, a start button, cuts."""

import json
import time

from host.fake_unit import FakeUnit, Refusal, name_in, sha
from preheat import manifest, tomlfiles
from preheat_core import check

PROFILES = ("hotplate-sac305", "hotplate-sn63", "hotplate-snbi")


class Cut(OSError):
    """The link breaks; the fake ends the connection."""


class BenchUnit(FakeUnit):
    """`uid`, `armed`, `clock_s` (None: not set), `board` (None: gone) may be changed by a test.

    After `cut_after` further uploaded parts the link breaks once.
    """

    def __init__(self, uid="aabbccdd", profiles=PROFILES, **more):
        super().__init__(**more)
        self.uid = uid
        self.armed = None
        self.clock_s = time.time
        self.hello_more = {}
        self.cut_after = None
        self.pulled = set()
        self.born_s = time.monotonic() - 100
        for name in profiles:
            self.profiles[name] = check.canonical(tomlfiles.load_profile(name))

    def wipe(self):
        """What an unmountable file system leaves of /data when the board file was deployed."""
        self.settings, self.profiles, self.armed = None, {}, None
        self.logs, self.incidents, self.boot_id = {}, {}, "b2"

    def do_hello(self, ask):
        own = {
            "uid": self.uid, "fw_hash": manifest.firmware_hash(),
            "board_hash": sha(self._stored("board", "board")) if self.board else None,
            "board": self.board["name"] if self.board else "none",
            "settings_hash": sha(check.canonical(self.settings)) if self.settings else None,
            "epoch_s": int(self.clock_s()) if self.clock_s else None,
            "name": name_in(self.settings) if self.settings else "unit",
            "uptime_ms": int((time.monotonic() - self.born_s) * 1000),
        }  # fmt: skip
        board, self.board = self.board, self.board or {"name": "none"}
        try:
            return {**super().do_hello(ask), **own, **self.hello_more}
        finally:
            self.board = board

    def do_status(self, ask):
        return {**super().do_status(ask), "armed": self.armed}

    def do_part(self, ask):
        if self.cut_after is not None:
            self.cut_after -= 1
            if self.cut_after < 0:
                self.cut_after = None
                raise Cut
        return super().do_part(ask)

    def do_arm(self, ask):
        if sha(self._stored("profile", ask["profile"])) != ask["hash"]:
            raise Refusal("hash", "the stored profile is not the one checked: push it again")
        self.armed = ask["profile"]

    def do_disarm(self, _ask):
        self.armed = None

    def do_list(self, ask):
        answer = super().do_list(ask)
        if ask["kind"] != "profile":
            answer["items"] = [row[:3] + [row[0] in self.pulled] for row in answer["items"]]
        return answer

    def do_pulled(self, ask):
        self.pulled.add(ask["name"])
        return {"pulled": True}

    def _stored(self, kind, name):
        if kind == "board" and self.board is None:
            raise Refusal("missing", "there is no board board")
        return super()._stored(kind, name)

    @property
    def files(self):
        """Everything that a restore may change."""
        return {"settings": self.settings, "armed": self.armed, **self.profiles}


def saved(preheat):
    """A backup made by the verb."""
    ran = preheat("unit", "backup", "--json")
    assert ran.code == 0, ran.err
    return ran.document


def content(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["content"]
