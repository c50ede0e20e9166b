"""`audit`: does the record still say what it said, what is in it, and what an auditor asks."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output, write_text
from preheat.cli.recordoptions import plain, reads

FORMS = ("jsonl", "csv", "jobs.csv", "runs.csv", "materials.csv", "sites.csv", "certificates.csv")
FEWEST_DIGITS = 12  # of a hash that was copied by hand; fewer are soon those of any record


@click.group()
def audit() -> None:
    """Verify, export and question the rework record. Nothing here changes it."""


@audit.command()
@click.option("--expect", metavar="SHA",
              help="A head's hash from a traveller or an export: the record must lead to it.")
@reads
def verify(expect: "str | None", store: Any, output: Output) -> None:
    """Check every event, table and log. Exit code 7 when anything is not what was written.

    Told of besides: runs that began under a job and whose logs have not come in.
    """
    from preheat.errors import VerifyError
    from preheat.record import jobtext
    from preheat.record.events import Problem

    wanted = None if expect is None else _hash(expect)
    found = store.verify()
    head, since = store.head(), store.vouched_since()
    if wanted and not any(one.startswith(wanted) for one in store.hashes()):
        text = f"no event has the hash {expect}: this is not the record of that day"
        found.append(Problem("head", "given hash", text))
    for one in found:
        output.say(f"{one.kind:<10} {one}")
    doubtful = {one.kind for one in found} - {"log", "head"}
    waiting = [] if doubtful else store.awaited()
    for job, run in waiting:
        output.say(jobtext.lacking(job, run))
    output.document({
        "good": not found, "events": head.events, "head": head.sha, "heads_since": since,
        "problems": [one._asdict() for one in found],
        "waiting": [{"job": job.number, "status": job.status, **plain(run)}
                    for job, run in waiting],
    })  # fmt: skip
    if found:
        raise VerifyError(f"{len(found)} thing{'s do' if len(found) > 1 else ' does'} not verify",
                          "compare with a backup or an export")  # fmt: skip
    output.say(f"good: {head.events} events, their tables and logs; head {head.sha}")
    if since is not None and since > 1:
        output.say(f"the heads file {store.place.heads} vouches for the end of the record only "
                   f"since event {since}")  # fmt: skip


@audit.command()
@click.option("--format", "kind", type=click.Choice(FORMS), default="jsonl", show_default=True,
              help="jsonl: all events, verifiable without the store; the others: tables.")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False), help="File to write.")
@reads
def export(kind: str, target: "str | None", store: Any, output: Output) -> None:
    """Write the record for others, to standard output unless -o names a file."""
    import json

    lines = list(store.export(kind))
    if target is not None:
        write_text(target, "".join(lines))
        output.say(f"{len(lines)} lines written to {target}")
        output.document({"file": target, "lines": len(lines)})
    elif not output.as_json:
        click.echo("".join(lines), nl=False)
    elif kind == "jsonl":
        output.document([json.loads(line) for line in lines])
    else:
        import csv

        output.document(list(csv.DictReader(lines)))


@audit.command()
@click.option("--lot", help="Boards that saw this lot of a material.")
@click.option("--kind", help="With --lot: only this kind, for example paste.")
@click.option("--expired", is_flag=True,
              help="Runs on a day on which their operator held no certificate that counts.")
@click.option("--operator", help="With --expired: of this person.")
@click.option("--sites-over", type=click.IntRange(min=0), metavar="N",
              help="Sites with more than N heat cycles over all jobs on their board.")
@reads
def query(
    lot: "str | None", kind: "str | None", expired: bool, operator: "str | None",
    sites_over: "int | None", store: Any, output: Output,
) -> None:
    """Ask one question: --lot, --expired or --sites-over."""
    from preheat.errors import UsageError
    from preheat.record import names

    asked = [bool(lot), expired, sites_over is not None]
    if sum(asked) != 1 or (kind and not lot) or (operator and not expired):
        raise UsageError("this is not one question", "ask --lot LOT [--kind KIND], --expired "
                         "[--operator NAME] or --sites-over N")  # fmt: skip
    if lot:
        rows = store.with_lot(lot, kind)
        heads = ("job", "board", "material", "name", "lot", "runs")
    elif expired:
        who = names.spelled(store, operator) if operator else None
        rows = store.uncertified(who)
        if who and not rows and names.known(store, who) is None:
            raise UsageError(f"the record knows nobody called {who}", "`preheat operator list`")
        heads = ("job", "board", "run", "operator", "day", "certified until")
    else:
        rows = [plain(row) for row in store.hot_sites(sites_over)]
        heads = ("board", "site", "cycles", "jobs")
    documents = [plain(row) for row in rows]
    if documents:
        output.table(heads, [[_cell(value) for value in row.values()] for row in documents])
    else:
        output.say("none")
    output.document(documents)


@audit.command()
@click.option("--job", type=click.IntRange(min=1), metavar="N", help="Only of this job.")
@click.option("--operator", metavar="NAME", help="Only about this person.")
@reads
def log(job: "int | None", operator: "str | None", store: Any, output: Output) -> None:
    """List the events as they were recorded: number, time, author, what, about whom."""
    from preheat.errors import UsageError
    from preheat.record import jobtext, names

    if job and operator:
        raise UsageError("a job or an operator, not both", "leave one of them out")
    subject = f"job/{job}" if job else None
    if operator:
        subject = f"operator/{names.spelled(store, operator)}"
    found = store.events(subject)
    for one in found:
        output.say(f"{one.seq:>6}  {one.at}  {one.author}  {one.kind}  {one.subject}  "
                   f"{jobtext.body(one.body)}")  # fmt: skip
    if not found:
        output.say("nothing is recorded")
    output.document([plain(one) for one in found])


def _hash(text: str) -> str:
    """A hash as somebody copied it, or its beginning. UsageError where it says too little."""
    from preheat.errors import UsageError

    short = text.strip().rstrip("…").lower()
    if not FEWEST_DIGITS <= len(short) <= 64 or set(short) - set("0123456789abcdef"):
        raise UsageError(f"--expect {text!r} is no hash of {FEWEST_DIGITS} to 64 hex digits",
                         "copy it from the traveller, at least its beginning")  # fmt: skip
    return short


def _cell(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
