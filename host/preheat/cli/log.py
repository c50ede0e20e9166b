"""`log`: run logs and incidents, in the unit and on this computer."""

from pathlib import Path

import rich_click as click

from preheat.cli.common import (
    Output,
    as_json_line,
    json_option,
    port_option,
    unit_link,
    write_text,
)


@click.group()
def log() -> None:
    """List, pull and export run logs; show incidents. LOG is `last`, a run's id, or a path."""


@log.command("list")
@click.option("--unit", "of_unit", is_flag=True, help="List those in the unit.")
@port_option
@json_option
def list_(of_unit: bool, port: "str | None", as_json: bool) -> None:
    """List the logs and incidents on this computer, or with --unit those in the unit."""
    from preheat import incidents, logs

    output = Output(as_json)
    if of_unit or port:
        _list_unit(port, output)
        return
    rows, unfinished = [], {}
    for path in sorted(
        logs.on_host() + logs.on_host(incidents.SUFFIX), key=lambda path: path.stat().st_mtime_ns
    ):
        of_log = path.suffix == logs.SUFFIX
        data = path.read_bytes()
        found = logs.runlog.read(data) if of_log else incidents.read(data)
        header = found.header or {}
        rows.append(
            (
                path.stem,
                "log" if of_log else "incident",
                path.parent.name,
                logs.age(path),
                header.get("profile"),
                found.end,
                str(path),
            )
        )
        heat_over = any(event.get("ev") == "end" for event in found.events)
        unfinished[str(path)] = "not closed" if heat_over and of_log else "cut off"
    if rows:
        output.table(
            ("run", "what", "unit", "filed", "profile", "ended"),
            [(*row[:5], _ended(row[1], row[5]) if row[5] else unfinished[row[6]]) for row in rows],
        )
    else:
        output.say("no log on this computer; fetch one: `preheat log pull`")
    keys = ("run_id", "kind", "unit", "filed", "profile", "end", "path")
    output.document([dict(zip(keys, row)) for row in rows])


def _ended(kind: str, end: str) -> "str | None":
    """How a run ended; None for a whole incident, whose `whole` says nothing of the run."""
    return None if kind == "incident" and end == "whole" else end


def _list_unit(port: "str | None", output: Output) -> None:
    from preheat import logs, pulling

    with unit_link(port, output) as link:
        stored = logs.in_unit(link)
        incidents = pulling.incidents_in_unit(link)
    every = [("log", row) for row in stored] + [("incident", row) for row in incidents]
    if every:
        output.table(
            ("run", "what", "bytes", "ended", "pulled"),
            [(row.run_id, kind, row.size, _ended(kind, row.end) if row.end else "still open",
              "yes" if row.pulled else "no")
             for kind, row in every],
        )  # fmt: skip
    else:
        output.say("the unit holds no log")
    output.document([{**row._asdict(), "kind": kind} for kind, row in every])


@log.command()
@click.argument("log", required=False)
@click.option("--all", "everything", is_flag=True, help="Every closed log that the unit holds.")
@click.option("--delete", is_flag=True, help="Delete in the unit what was pulled and verified.")
@click.option(
    "--accept-damage",
    "accept",
    is_flag=True,
    help="Count as pulled also what is damaged in the unit itself.",
)
@port_option
@json_option
def pull(
    log: "str | None", everything: bool, delete: bool, accept: bool, port: "str | None",
    as_json: bool,
) -> None:
    """Fetch LOG (default: the last) from the unit, verify it and file it here.

    Incidents that nobody has pulled come along. A transfer that was cut off goes on where it
    stopped; a broken link is tried again. The unit is told what was pulled: only that may make
    room for later runs. Nothing is deleted from the unit without --delete.
    """
    from preheat import logs, pulling
    from preheat.connect import connect
    from preheat.errors import UsageError, VerifyError

    output = Output(as_json)
    if everything and log is not None:
        raise UsageError("--all takes no LOG", "leave one of them out")
    done = []
    with (
        unit_link(port, output) as first,
        pulling.Line(first, lambda: connect(port), output.note) as link,
    ):
        if everything:
            stored = logs.in_unit(link)
            chosen = [row for row in stored if row.end is not None]
            for row in stored:
                if row.end is None:
                    output.note(_stays("log", row.run_id, pulling.OPEN))
            if not stored:
                output.note("the unit holds no log")
        else:
            chosen = [logs.pick_in_unit(link, log or "last")]
        runs = [row.run_id for row in chosen]
        every = [("log", row.run_id) for row in chosen] + [
            ("incident", row.run_id)
            for row in pulling.incidents_in_unit(link)
            if everything or not row.pulled or row.run_id in runs
        ]
        for kind, name in every:
            with output.progress(f"{kind} {name}") as progress:
                got = pulling.pull(link, name, progress, kind, delete, accept)
            output.say(str(got.path) + (" (deleted in the unit)" if got.deleted else ""))
            if got.problem:
                output.note(f"{kind} {name}: {got.problem}")
            if got.kept and (delete or got.kept in (pulling.DAMAGED, pulling.OPEN)):
                output.note(_stays(kind, name, got.kept))
            done.append(got)
    output.document([
        {"run_id": got.name, "kind": got.kind, "path": str(got.path), "end": got.end,
         "problem": got.problem, "pulled": got.marked, "deleted": got.deleted}
        for got in done
    ])  # fmt: skip
    if delete and any(got.kept == pulling.DAMAGED for got in done):
        raise VerifyError(
            "something is damaged in the unit and was not deleted there",
            "what reads is here; `--accept-damage` lets go of the rest",
        )


def _stays(kind: str, name: str, why: str) -> str:
    from preheat import pulling

    text = f"{kind} {name} stays in the unit: {why}"
    if why == pulling.OPEN:
        text += "; pull it again " + (
            "when the board is cool" if kind == "log" else "in a minute"
        )
    return text


@log.command()
@click.argument("log", default="last")
@click.option("--unit", "of_unit", is_flag=True, help="Pull it from the unit first.")
@port_option
@json_option
def incident(log: str, of_unit: bool, port: "str | None", as_json: bool) -> None:
    """Show the seconds around a fault: what, when, the readings, what to check.

    LOG is `last` (default), a run's id, or a path. t_s counts from the fault; heat ms is what was
    delivered and what was commanded since the row above.
    """
    from preheat import incidents, incidenttext, logs

    output = Output(as_json)
    if of_unit or port:
        path = _pull_incident(log, port, output)
    else:
        path = logs.find(log, incidents.SUFFIX, "incident")
        if log == "last":
            output.note(
                "the last one filed on this computer; the unit's own: "
                "`preheat log incident --unit`"
            )
    found = incidents.load(path)
    note = logs.damage(found)
    if note:
        output.note(f"{path.name}: {note}")
    for line in incidenttext.head(found, path.stem):
        output.say(line)
    output.say()
    output.table(*incidenttext.table(found))
    output.say()
    for number, line in enumerate(incidenttext.checks(found)):
        output.say(("check     " if number == 0 else " " * 10) + line)
    output.document({**incidenttext.to_dict(found, path.stem), "path": str(path)})


def _pull_incident(which: str, port: "str | None", output: Output) -> Path:
    from preheat import pulling
    from preheat.connect import connect
    from preheat.errors import Refused

    with (
        unit_link(port, output) as first,
        pulling.Line(first, lambda: connect(port), output.note) as link,
    ):
        names = [row.run_id for row in pulling.incidents_in_unit(link)]
        if which == "last" and names:
            which = names[-1]
        if which not in names:
            what = "no incident" if which == "last" else f"no incident {which}"
            raise Refused(f"the unit holds {what}", "see `preheat log list --unit`", "missing")
        with output.progress(f"incident {which}") as progress:
            return pulling.pull(link, which, progress, "incident").path


@log.command()
@click.argument("log", default="last")
@click.option(
    "--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False), help="File to write.")
@json_option
def export(log: str, kind: str, target: "str | None", as_json: bool) -> None:
    """Write LOG (default: the last on this computer) as CSV or JSON.

    To standard output unless -o names a file. A damaged log is exported as far as it reads, and
    what is missing is said.
    """
    from preheat import logs

    output = Output(as_json)
    if as_json and target is None:
        kind = "json"  # --json without a file asks for the document itself
    path = logs.find(log)
    found = logs.load(path)
    note = logs.damage(found)
    if note:
        output.note(f"{path.name}: {note}")
    text = logs.to_csv(found) if kind == "csv" else as_json_line(logs.to_dict(found)) + "\n"
    if target is None:
        click.echo(text, nl=False)
        return
    write_text(target, text)
    output.say(f"{len(found.records)} records written to {target}")
    output.document({"file": target, "records": len(found.records), "problem": note})
