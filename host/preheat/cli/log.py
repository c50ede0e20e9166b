"""`log`: run logs, in the unit and on this computer."""

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
    """List, pull and export run logs. LOG is `last`, a run's id, or a path."""


@log.command("list")
@click.option("--unit", "of_unit", is_flag=True, help="List those in the unit.")
@port_option
@json_option
def list_(of_unit: bool, port: "str | None", as_json: bool) -> None:
    """List the logs on this computer, or with --unit those in the unit."""
    from preheat import logs

    output = Output(as_json)
    if of_unit or port:
        with unit_link(port, output) as link:
            stored = logs.in_unit(link)
        if stored:
            output.table(
                ("run", "bytes", "ended"), [(*row[:2], row.end or "still open") for row in stored]
            )
        else:
            output.say("the unit holds no log")
        output.document([row._asdict() for row in stored])
        return
    rows, unfinished = [], {}
    for path in logs.on_host():
        found = logs.runlog.read(path.read_bytes())
        header = found.header or {}
        rows.append((path.stem, path.parent.name, logs.age(path), header.get("profile"),
                     found.end, str(path)))
        heat_over = any(event.get("ev") == "end" for event in found.events)
        unfinished[str(path)] = "not closed" if heat_over else "cut off"
    if rows:
        output.table(
            ("run", "unit", "filed", "profile", "ended"),
            [(*row[:4], row[4] or unfinished[row[5]]) for row in rows],
        )
    else:
        output.say("no log on this computer; fetch one: `preheat log pull`")
    keys = ("run_id", "unit", "filed", "profile", "end", "path")
    output.document([dict(zip(keys, row)) for row in rows])


@log.command()
@click.argument("log", default="last")
@click.option("--all", "everything", is_flag=True, help="Every closed log that the unit holds.")
@port_option
@json_option
def pull(log: str, everything: bool, port: "str | None", as_json: bool) -> None:
    """Fetch LOG (default: the last) from the unit, verify it and file it here.

    Nothing is deleted from the unit. A transfer that was cut off goes on where it stopped.
    """
    from preheat import logs

    output = Output(as_json)
    done = []
    with unit_link(port, output) as link:
        if everything:
            chosen = [row for row in logs.in_unit(link) if row.end is not None]
        else:
            chosen = [logs.pick_in_unit(link, log)]
        for row in chosen:
            with output.progress(row.run_id) as progress:
                path = logs.pull(link, row.run_id, progress)
            found = logs.load(path)
            note = logs.damage(found)
            output.say(str(path))
            if note:
                output.note(f"{row.run_id}: {note}")
            done.append(
                {"run_id": row.run_id, "path": str(path), "end": found.end, "problem": note}
            )
    output.document(done)


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
