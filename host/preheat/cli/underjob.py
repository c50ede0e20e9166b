"""A run or hold under a job, step by step: gates, card, note of the start, record."""

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Any

from preheat.cli.common import Output
from preheat.cli.jobrun import finding_line
from preheat.cli.recordoptions import author_of, opened


class NoJob:
    """A run that belongs to no job: every step does nothing."""

    by: "str | None" = None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def alloy(self, asked: "str | None") -> str:
        """What a hold is for: what is asked for, else tin-lead, which melts before SAC305."""
        return asked or "SnPb"

    def before_port(self, profile: Any) -> None:
        """Judge what can be judged without the unit."""

    def before_heat(self, link: Any, ready: Any) -> tuple[str, ...]:
        """Judge everything; lines for the card."""
        return ()

    def at_start(self) -> None:
        """Judge once more: somebody may have waited long before pressing Enter."""

    def started(self, run_id: str) -> None:
        """Keep in mind that it runs."""

    def ended(self, result: Any) -> None:
        """Bring the run into the record."""


class UnderJob(NoJob):
    """A run for job `wanted["job"]`; the record stays open from the gates to the end."""

    def __init__(self, wanted: "dict[str, Any]", by: "str | None", output: Output) -> None:
        self._wanted, self._asked_by, self._output = wanted, by, output
        self._open = ExitStack()
        self._pending: Any = None
        self._telling: Thread | None = None
        self._found: Any = []

    def __enter__(self) -> Any:
        from preheat.record import bench

        wanted = self._wanted
        self._store = self._open.enter_context(opened(wanted["store"], create=False))
        try:
            self.by = author_of(self._store, self._asked_by)
            self._order = bench.Order(
                wanted["job"], self.by, wanted["sites"] or None, not wanted["no_cycle"],
                wanted["overrides"], wanted["reason"],
            )  # fmt: skip
            bench.need_sense(self._store, self._order)
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._told()
        self._open.close()
        if self._pending is not None:
            run_id, job = self._pending.run_id, self._order.job
            self._output.note(f"the log of run {run_id} is not in job {job} yet; later: "
                              f"`preheat log pull {run_id}`, then "
                              f"`preheat job attach-run {job}`")  # fmt: skip

    def alloy(self, asked: "str | None") -> str:
        """What is asked for, else the job's alloy that melts first, which is then told of."""
        from preheat.errors import UsageError
        from preheat.record import facts

        if asked is not None:
            return asked
        job = self._store.job(self._order.job)
        found = facts.lowest_family(job)
        if found is None:
            raise UsageError(f"job {job.number} states no alloy that is known here",
                             "say --alloy SnPb, SAC305 or SnBi, or enter the job's: `preheat job "
                             f"set {job.number} existing=…`")  # fmt: skip
        self._output.note(f"holding for {found}, as job {job.number} states its alloys")
        return found

    def before_port(self, profile: Any) -> None:
        """Refused with everything that holds the heat back; runs that waited come in first."""
        from preheat.record import attaching, bench
        from preheat.record.question import dries

        job = self._order.job
        if self._store.job(job).status == "open":
            done, left = attaching.waiting(self._store, self.by or "", job)
            for run_id in done:
                self._output.note(f"run {run_id} of job {job} has come into the record")
            for one in left:
                self._output.note(f"WARNING  the log of run {one.run_id} of job {job} is not in "
                                  "the record yet; its heat is counted")  # fmt: skip
        if dries(profile):
            self._order = replace(self._order, heat_cycle=False)
        bench.judge(self._store, self._order, profile)

    def before_heat(self, link: Any, ready: Any) -> tuple[str, ...]:
        """Judge again, with the unit's calibration; what is only told goes onto the card."""
        from preheat.calibration.known import settings_of
        from preheat.record import bench

        rows = (settings_of(link) or {}).get("calibration", ())
        probes = [probe.name for probe in ready.card.probes]
        self._judge = partial(
            bench.judge, self._store, self._order, ready.profile, bench.calibrations(probes, rows)
        )
        found = self._judge()
        used = {one.gate.name for one in found if one.overridden}
        lines = [finding_line(one) for one in found]
        lines += [f"the override of {rule} was not needed and is not recorded"
                  for rule in self._order.overrides if rule not in used]  # fmt: skip
        job, hello = self._store.job(self._order.job), link.request("hello")
        if self._order.sites is None:
            every = tuple(site.reference for site in job.sites)
            self._order = replace(self._order, sites=every)
        where = " ".join(self._order.sites or ()) or "no site"
        self._beginning = partial(bench.beginning, self._store, self._order, hello)
        return (f"{job.number}, board {job.board_serial}, {where}, by {self.by}", *lines)

    def at_start(self) -> None:
        """Refused when a gate has closed since the card was shown."""
        self._found = self._judge()

    def started(self, run_id: str) -> None:
        """A note on this computer at once, and a thread that tells the record.

        The record may be busy for seconds; the keys of the person at the bench must not wait.
        """
        from preheat.record import pending

        self._pending = self._beginning(self._found, run_id)
        try:
            pending.put(self._pending)
        except OSError as error:
            self._output.note(f"WARNING  run {run_id} could not be noted on this computer "
                              f"({error}): only the record knows of it")
        self._telling = Thread(target=self._tell, args=(self._pending,))
        self._telling.start()

    def _tell(self, one: Any) -> None:
        from preheat.errors import PreheatError
        from preheat.record import bench

        try:
            bench.begin(self._store, self.by or "", one)
        except (PreheatError, OSError) as error:  # it heats by now, and somebody has to see to it
            self._output.note(f"WARNING  run {one.run_id} is not in the record yet ({error}): "
                              f"later `preheat job attach-run {one.job}`")  # fmt: skip

    def _told(self) -> None:
        if self._telling is not None:
            self._telling.join()

    def ended(self, result: Any) -> None:
        """The log by its hash and the run in its job; what fails is said and can be redone."""
        from preheat.errors import PreheatError
        from preheat.record import bench
        from preheat.record.jobverdict import sentence
        from preheat.runner import DONE

        if result.path is None or self._pending is None:
            return
        self._told()
        job = self._order.job
        verdict = sentence(result.path, self._store.job(job), self._pending.sites)
        try:
            bench.attach(
                self._store, self.by or "", self._pending, result.path, result.end, verdict
            )
        except PreheatError as error:
            if result.end == DONE:
                raise
            self._output.note(f"not recorded: {error}")  # how the run ended counts more
            return
        self._pending = None
        self._output.say(f"recorded  in job {job}" + (f": {verdict}" if verdict else ""))


def attendance(wanted: "dict[str, Any] | None", by: "str | None", output: Output) -> NoJob:
    """The steps for the options of a job. UsageError for those that need --job, without it."""
    from preheat.errors import UsageError

    if wanted and wanted["job"] is not None:
        return UnderJob(wanted, by, output)
    names = {"sites": "--site", "no_cycle": "--no-cycle", "overrides": "--override",
             "reason": "--reason", "store": "--store"}  # fmt: skip
    alone = [name for key, name in names.items() if wanted and wanted[key]]
    if alone:
        raise UsageError(f"{', '.join(alone)}: only with --job N", "name the job, or leave it out")
    return NoJob()
