"""The order of work on one board, from whatever is at its port to a proven unit with a record.

Each step looks first and does only what is not done already, so that running it again goes on
where a break was; the last one asks the unit for everything once more.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import backup, connect, deploy
from preheat.errors import DeviceLost, OperatorStop, PreheatError, Refused, VerifyError
from preheat.flashing import flashing
from preheat.provisioning import configure, heat, record
from preheat.provisioning.configure import DONE, SKIPPED, UNCHANGED
from preheat.provisioning.look import look, need_same, port_of
from preheat.provisioning.plan import Plan
from preheat.provisioning.record import Book, Row
from preheat.registry import Registry
from preheat.runner import set_clock
from preheat.selftest.result import FAIL, OK, WARN, unproven
from preheat.transfer import sha16

Tell = Callable[[str, int, int], None]
Selftest = Callable[[Any], list[Any]]


# Checks without which a unit is not provisioned; the rest may be left for its place of work.
MUST, MUST_FULL = ("identity", "probes", "storage"), ("ticks",)
STEPS = ("flash", "deploy", "name", "settings", "profiles", "clock", "selftest", "record")


@dataclass(frozen=True)
class Options:
    """selftest: gives its results for an open link. full_test: it counts ticks for a minute.

    reflash: also a board that answers with the image's version. leave_hot: the operator said that
    the unit may be left although it is hot or cannot know. stop: asked before each step. own: told
    of each chip id with the board's name; raises where another has begun with it.
    """

    selftest: Selftest
    full_test: bool = True
    reflash: bool = False
    leave_hot: bool = False
    stop: Callable[[], bool] = lambda: False
    own: Callable[[str, str], None] = lambda uid, name: None


class Work:
    """One board's work. `row` is its record; `error` what ended the work early, or None."""

    def __init__(self, plan: Plan, book: Book, options: Options, tell: Tell) -> None:
        self.plan = plan
        self.row = Row(plan.label, plan.port or "", plan.board["name"])
        self.error: PreheatError | None = None
        self._book = book
        self._options = options
        self._tell = tell
        self._before: Row | None = None  # what was recorded of this unit earlier
        self._port: str | None = None
        self._step = "look"

    def run(self) -> Row:
        """Do all steps; whatever goes wrong is in the row, and in `error`. Never raises."""
        try:
            self._all()
            self.row.outcome, self.row.at = record.PROVISIONED, record.now()
        except OperatorStop as err:
            self.error = err
            self.row.reason = err.message
        except PreheatError as err:
            self._failed(err)
        except Exception as err:
            self._failed(PreheatError(f"a defect in preheat: {type(err).__name__}: {err}",
                                      "report it; the other boards are not touched by it"))
        with self._kept():
            self._book.put(self.row, self.plan.label)
        return self.row

    def _failed(self, err: PreheatError) -> None:
        self.error, row = err, self.row
        row.note_step(self._step, record.FAILED, err.message)
        row.outcome, row.at = record.FAILED, record.now()
        row.failed_step, row.reason, row.next = self._step, err.message, err.fix

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """A record that cannot be written makes a failure of what was done."""
        try:
            yield
        except PreheatError as err:
            self._step = "record"
            self._failed(err)

    def _all(self) -> None:
        self._tell("look", 0, 0)
        self._port = port_of(self.plan)
        self.row.port = self._port or ""
        self._flash()
        assert self._port is not None
        self._begin(look(self._port).uid)
        self._deploy()
        with connect.open_direct(self._port) as link:
            self._name(link)
            with self._at("settings") as done:
                done(*configure.settings(link, self.plan.settings, self.row.name))
            with self._at("profiles") as done:
                done(*configure.profiles(link, self.plan.profiles))
            with self._at("clock") as done:
                set_clock(link)
                done(DONE)
            self._prove(link)
            self._selftest(link)
            with self._at("record") as done:
                done(DONE)

    @contextlib.contextmanager
    def _at(self, step: str) -> Iterator[Callable[..., None]]:
        """One step; its body says how it went with (result, note), which is then recorded."""
        if self._options.stop():
            raise OperatorStop("stopped before it was through", "run it again: it goes on")
        self._step = step
        self._tell(step, 0, 0)
        try:
            yield lambda result, note="": self.row.note_step(step, result, note)
        except Refused as err:
            if err.code != "hot":
                raise
            if self._port is not None and step in ("flash", "deploy"):
                raise heat.explained(err, self._port) from err
            err.fix = heat.COOL_DOWN
            raise
        if self.row.uid:
            self._book.put(self.row, self.plan.label)

    def _flash(self) -> None:
        image, port = self.plan.image, self._port
        if image is None:
            return self.row.note_step("flash", SKIPPED, "no image was given")
        with self._at("flash") as done:
            if port is not None:
                with contextlib.suppress(DeviceLost):  # a blank board gives no answer
                    seen = look(port)
                    self._begin(seen.uid)
                    if seen.micropython == image.version and not self._options.reflash:
                        return done(UNCHANGED, f"it answers with MicroPython {image.label}")
            job = flashing.Job(self.plan.board, self.plan.facts, image.path, port,
                               leave_hot=self._options.leave_hot)
            report = flashing.flash(job, _backed_up, self._tell)
            self._port = self.row.port = report.port
            self.row.image, self.row.image_hash = image.path.name, sha16(image.data)
            return done(DONE, f"MicroPython {report.version} in {report.duration_s:.0f} s")

    def _begin(self, uid: str) -> None:
        """The chip is known now: see that it is the right one, and record that it is begun."""
        if uid == self.row.uid:
            return
        self._options.own(uid, self.row.name)  # before the row stands for that chip
        self.row.uid = uid
        need_same(self.plan, uid)
        self._before = self._book.known(uid)
        self._book.put(self.row, self.plan.label)

    def _deploy(self) -> None:
        with self._at("deploy") as done:
            report = deploy.deploy(self._port, self.plan.board, progress=self._tell,
                                   confirm=self._options.leave_hot)
            self._begin(str(report.hello.get("uid") or ""))
            count = len(report.written)
            done(*((DONE, f"{count} files, {report.sent_bytes / 1024:.0f} KB") if count
                   else (UNCHANGED, "")))

    def _name(self, link: Any) -> None:
        """The name is taken in the registry before it goes into the unit: no two get the same."""
        hello, row = link.hello, self.row
        with self._at("name") as done:
            registry, old = Registry(), str(hello.get("name"))
            if "{n}" in self.plan.name:
                own = old if hello.get("settings_hash") else None
                unit = registry.add_next(self.plan.name, link.port, row.uid, row.board, own)
            else:
                unit = registry.add(self.plan.name, link.port, row.uid, row.board)
            row.name = unit.name
            done(UNCHANGED if row.name == old else DONE, row.name)

    def _prove(self, link: Any) -> None:
        """Note what the unit says it holds now."""
        hello, row = link.request("hello"), self.row
        row.micropython, row.firmware = str(hello.get("micropython")), str(hello.get("fw"))
        row.fw_hash, row.board_hash, row.settings_hash = (
            str(hello.get(key) or "") for key in ("fw_hash", "board_hash", "settings_hash"))
        row.profiles = configure.held(link, self.plan.profiles)
        if hello.get("name") != row.name:
            raise VerifyError(f"the unit calls itself {hello.get('name')!r}, not {row.name!r}",
                              "run this again")
        backup.keep(link)

    def _still_proven(self, old: Row) -> bool:
        """Whether an earlier self-test says all that is asked of the unit as it is now."""
        return (old.outcome == record.PROVISIONED and old.holds() == self.row.holds()
                and (old.full_test or not self._options.full_test))

    def _selftest(self, link: Any) -> None:
        row, old, full = self.row, self._before, self._options.full_test
        with self._at("selftest") as done:
            if old is not None and self._still_proven(old):
                row.selftest, row.tested_at, row.full_test, row.unproven = (
                    old.selftest, old.tested_at, old.full_test, old.unproven)
                return done(UNCHANGED, f"tested {old.tested_at}, nothing has changed since")
            results = self._options.selftest(link)
            row.selftest = [result.as_dict() for result in results]
            row.tested_at, row.full_test = record.now(), full
            row.unproven = unproven(results)
            bad = [result for result in results if result.result == FAIL]
            if bad:
                raise VerifyError(
                    f"the self-test failed: {'; '.join(f'{r.name}: {r.seen}' for r in bad)}",
                    bad[0].next or "see `preheat selftest`")
            seen = [result.name for result in results if result.result in (OK, WARN)]
            lost = [name for name in MUST + MUST_FULL * full if name not in seen]
            if lost:
                raise VerifyError(f"the self-test did not get to {', '.join(lost)}",
                                  "run this again, or `preheat selftest` to see why")
            return done(DONE, record.tested(row))


def _backed_up(port: str) -> "Path | None":
    # Nothing is erased here, but the build of another board may be on it, and files with it.
    return backup.before_erase(port)
