"""A run under a job: the gates before its heat, and its log in the record afterwards.

The order at the bench: `judge` before the port is opened, `judge` again with the unit's
calibration, heat, `attach`. What is said in words is the caller's business.
"""

import typing
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from preheat import logs
from preheat.errors import UsageError, VerifyError
from preheat.record import document, gates, intake, names, pending, recorded
from preheat.record.history import board_cycles, site_cycles
from preheat.record.model import Event, Job, Operator, ProbeCalibration, RunRef
from preheat.record.pending import Pending
from preheat.record.question import Finding, Question
from preheat.record.store import Store
from preheat_core import runlog, settings

UNIT_GATES = ("calibration-expired", "calibration-unknown")  # only the unit can answer these


@dataclass(frozen=True)
class Order:
    """What a person wants to do for a job. `sites`: None for all of the job's.

    `overrides`: gates to go past, for `reason`.
    """

    job: int
    operator: str
    sites: "tuple[str, ...] | None" = None
    heat_cycle: bool = True
    overrides: tuple[str, ...] = ()
    reason: str = ""


def need_sense(store: Store, order: Order) -> Job:
    """The order's job. UsageError with everything in the order that cannot be."""
    job = store.job(order.job)
    there = [site.reference for site in job.sites]
    found = [f"{ref} is no site of job {job.number}" for ref in order.sites or ()
             if ref not in there]  # fmt: skip
    found += [f"{ref} is named twice" for ref, times in Counter(order.sites or ()).items()
              if times > 1]  # fmt: skip
    see = f"its sites: {', '.join(there) or 'none'}; see `preheat job show {job.number}`"
    fixes = [see] if found else []
    if order.overrides and not order.reason.strip():
        found.append("an override needs a reason")
        fixes.append("add --reason")
    if order.reason.strip() and not order.overrides:
        found.append("a reason is given, but no gate to override")
        fixes.append("add --override RULE, or leave the reason out")
    for rule in order.overrides:
        try:
            gates.override(rule, "?", "?", datetime.now(UTC))  # what the rule itself forbids
        except UsageError as err:
            found.append(err.message)
            fixes.append(err.fix)
    if found:
        raise UsageError("; ".join(found), "; ".join(dict.fromkeys(fixes)), tuple(found))
    return job


def question(
    store: Store, order: Order, profile: "Mapping[str, Any] | None",
    calibration: "tuple[ProbeCalibration, ...] | None", now: datetime,
) -> Question:
    """What the gates are asked, with the heat that the board had in all its jobs.

    VerifyError where the tables were changed by hand: no gate is judged by what nobody said.
    """
    known = names.known(store, order.operator)
    numbers = store.board_numbers(store.job(order.job).board_serial)
    job, *on_board = typing.cast(
        list[Job], store.proven([f"job/{number}" for number in (order.job, *numbers)])
    )
    who = None if known is None else store.proven([f"operator/{known}"])[0]
    sites = tuple(s.reference for s in job.sites) if order.sites is None else order.sites
    return Question(
        job=job,
        operator=typing.cast("Operator | None", who),
        procedures=recorded.procedures(job),
        profile=profile,
        calibration=calibration,
        sites=sites,
        heat_cycle=order.heat_cycle,
        board_cycles=board_cycles(on_board),
        site_cycles={ref: site_cycles(on_board, ref) for ref in sites},
        now=now,
        newest=store.newest(),
    )


def judge(
    store: Store, order: Order, profile: "Mapping[str, Any] | None",
    calibration: "tuple[ProbeCalibration, ...] | None" = None,
) -> list[Finding]:
    """Every gate that is not satisfied; overrides that the order names are recorded first.

    Without `calibration` the gates on it are left for later. Refused, code "gate", with all that
    holds the heat back. An override is recorded where its gate holds the heat back and no other
    does: one that would let nothing pass is not kept.
    """
    found = _found(store, order, profile, calibration)
    held = {one.gate.name for one in gates.blocking(found)}
    wanted = [rule for rule in dict.fromkeys(order.overrides) if rule in held]
    gates.require([one for one in found if one.gate.name not in wanted], order.job)
    if wanted:
        now = datetime.now(UTC)
        rows = [gates.override(rule, order.operator, order.reason, now) for rule in wanted]
        store.append(order.operator, "job.added", f"job/{order.job}", {"overrides": rows})
        found = _found(store, order, profile, calibration)
    gates.require(found, order.job)
    return found


def _found(
    store: Store, order: Order, profile: "Mapping[str, Any] | None",
    calibration: "tuple[ProbeCalibration, ...] | None",
) -> list[Finding]:
    asked = question(store, order, profile, calibration, datetime.now(UTC))
    skipped = UNIT_GATES if calibration is None else ()
    return [one for one in gates.judge_all(asked) if one.gate.name not in skipped]


def calibrations(
    probes: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> tuple[ProbeCalibration, ...]:
    """Every probe of a unit with its calibration out of the unit's settings, or without one."""
    of_probe = {row["probe"]: row for row in rows}
    return tuple(
        ProbeCalibration(
            name, _day(row.get("date")), _day(row.get("due")), str(row.get("instrument") or ""),
            str(row.get("certificate") or ""),
        )
        for name in probes
        for row in [of_probe.get(name, {})]
    )


def beginning(
    store: Store, order: Order, hello: Mapping[str, Any], found: "list[Finding]", run_id: str
) -> Pending:
    """The run that has just begun, with what the gates `found` and only told.

    `begin` says so to the record, `attach` brings its log in.
    """
    return Pending(
        store.place.text, order.job, run_id, str(hello.get("uid") or ""),
        str(hello.get("name") or ""), order.operator, document.at_text(datetime.now(UTC)),
        order.sites or (), order.heat_cycle, gates.warned(found),
    )  # fmt: skip


def begin(store: Store, author: str, one: Pending) -> None:
    """Record that a run began, unless its job knows: from now on its heat counts everywhere."""
    job = store.job(one.job)
    if not any((row.run_id, row.uid) == (one.run_id, one.uid) for row in (*job.begun, *job.runs)):
        store.append(author, "job.added", f"job/{one.job}", {"begun": [pending.row(one)]})


def attach(
    store: Store, author: str, one: Pending, path: Path, end: str = "", verdict: str = ""
) -> Event:
    """Put a run's log into the record and the run into its job; the note goes.

    `end`: as heard, for a log that does not say it. VerifyError when the log is another run's.
    """
    try:
        data = path.read_bytes()
    except OSError as err:
        raise UsageError(f"cannot read {path}: {err.strerror}", "name another log") from err
    log = runlog.read(data)
    header = log.header or {}
    other = [
        f"its {word} is {header[key]}, not {mine}"
        for key, word, mine in (("run", "run", one.run_id), ("uid", "unit", one.uid))
        if mine and header.get(key) not in (None, mine)
    ]
    if log.blocks == 0 or other:
        why = "; ".join(other) or f"it is no run log ({log.problem})"
        raise VerifyError(f"{path} is not the log of this run: {why}", "name the right one")
    sha = store.keep_log(data)
    row = run_ref(one, header, sha, log.end or end, verdict)
    made = store.append(author, "job.added", f"job/{one.job}", {"runs": [row]})
    pending.drop(one)
    return made


def run_ref(
    one: Pending, header: Mapping[str, Any], sha: str, end: str, verdict: str
) -> RunRef:
    """The run as the record keeps it: what the log says of it, and what was asked for."""
    said = {key: intake.visible(str(header.get(key) or "")) for key in
            ("unit", "uid", "profile", "profile_hash", "alloy", "by")}  # fmt: skip
    rows: list[dict[str, Any]] = [
        dict(zip(settings.CALIBRATION_LOGGED, row))
        for row in header.get("calibration") or ()
        if isinstance(row, list) and row
    ]
    probes = [row[0] for row in header.get("probes") or () if isinstance(row, list) and row]
    return RunRef(
        run_id=one.run_id, log_sha256=sha, unit=said["unit"] or one.unit,
        uid=said["uid"] or one.uid, fw_hash=header.get("fw_hash"),
        settings_hash=header.get("settings_hash"), profile=said["profile"],
        profile_hash=said["profile_hash"], alloy=said["alloy"],
        started_at=datetime.fromisoformat(one.started_at) if one.started_at else None,
        end=end, verdict=verdict, operator=said["by"] or one.operator, sites=one.sites,
        heat_cycle=one.heat_cycle, calibration=calibrations(probes, rows), warnings=one.warnings,
        also=one.also,
    )  # fmt: skip


def log_here(one: Pending) -> "Path | None":
    """The run's log, if it was pulled to this computer."""
    for path in reversed(logs.on_host()):
        if path.stem.startswith(one.run_id):
            header = runlog.read(path.read_bytes()).header or {}
            if header.get("run") == one.run_id and header.get("uid") in (None, one.uid):
                return path
    return None


def _day(text: Any) -> "date | None":
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
