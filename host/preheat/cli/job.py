"""`job`: open, change, show, close the jobs of the rework record; their runs are `jobrun.py`'s."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output
from preheat.cli.jobrun import attach_run, check, report
from preheat.cli.recordoptions import NUMBER, begins, plain, reads, writes

WORDS = click.argument("words", metavar="KEY=VALUE...", nargs=-1)
ROWS = ("procedure", "site", "material", "equipment", "checkpoint")


@click.group()
def job() -> None:
    """The rework record's jobs: what is done to which board, by which procedure, with which heat.

    Values are KEY=VALUE: serial, class (1, 2, 3), type (R, F, W, C), activity (rework, repair,
    modification), assembly, revision, existing and new (alloys), approval, order, esd,
    limit and board_limit (heat cycles by contract), cycles_before; with parts: coating.kind,
    coating.removed_by, coating.removed_at=now, bake.msl, bake.thickness_mm, bake.out_of_bag_at,
    bake.done_at, bake.temp_c, bake.hours. KEY= takes a value back.
    """


@job.command("open")
@WORDS
@begins
def open_(words: tuple[str, ...], author: str, store: Any, output: Output) -> None:
    """Open a job; the record gives its number.

    It must say serial, class, type and activity; `procedure=3.1.1,…` and `site=U7:BGA,…` are
    welcome here too, everything else as well: `preheat job --help` has all keys.

    For example: preheat job open serial=SN-7 class=2 type=R activity=rework existing=SAC305
    procedure=bga-removal site=U7:BGA --by "Ada Poe"
    """
    from preheat.record import jobs

    made = jobs.open_job(store, author, words)
    for serial in jobs.spelled_otherwise(store, made.board_serial):
        output.note(f"WARNING  there are jobs on {serial} too, a different board for the record: "
                    "heat there is not counted here")  # fmt: skip
    output.say(f"job {made.number}: {made.activity} of {made.board_serial}")
    output.say(f"next: `preheat job check {made.number}` says what is missing before heat")
    output.document(plain(made))


@job.command("set")
@NUMBER
@WORDS
@writes
def set_(number: int, words: tuple[str, ...], author: str, store: Any, output: Output) -> None:
    """Set single values of job N; what they were before stays in the record.

    `preheat job --help` has all keys. Procedures, sites and materials are added, not set.
    """
    from preheat.record import jobs

    _said(jobs.set_job(store, author, number, words), output)


@job.command()
@NUMBER
@click.argument("what", type=click.Choice(ROWS))
@click.argument("words", metavar="VALUE...", nargs=-1)
@writes
def add(
    number: int, what: str, words: tuple[str, ...], author: str, store: Any, output: Output
) -> None:
    """Add a row to job N: its values in order, or KEY=VALUE.

    procedure ID · site REFERENCE PACKAGE · material KIND NAME LOT alloy=… expires=… ·
    equipment NAME · checkpoint NAME "STATEMENT" (a person's own words on an inspection, by=… if
    not yours).
    """
    from preheat.record import jobs

    _said(jobs.add_row(store, author, number, what, words), output)


@job.command()
@NUMBER
@click.argument("what", type=click.Choice(ROWS[:-1]))
@click.argument("which")
@click.option("--reason", required=True, help="Why it was wrong.")
@writes
def remove(
    number: int, what: str, which: str, reason: str, author: str, store: Any, output: Output
) -> None:
    """Take back a procedure, site, material (by its lot) or equipment that was entered wrongly."""
    from preheat.record import jobs

    _said(jobs.remove_row(store, author, number, what, which, reason), output)


@job.command()
@NUMBER
@click.argument("text")
@writes
def note(number: int, text: str, author: str, store: Any, output: Output) -> None:
    """Add a remark to job N."""
    store.append(author, "job.added", f"job/{number}", {"notes": [{"text": text}]})
    _said(store.job(number), output)


@job.command()
@NUMBER
@click.argument("rule")
@click.option("--reason", required=True, help="Why the run may go past the gate.")
@writes
def override(
    number: int, rule: str, reason: str, author: str, store: Any, output: Output
) -> None:
    """Go past gate RULE in job N's next run, with your name and a reason, for ever recorded."""
    from datetime import UTC, datetime

    from preheat.record import gates

    row = gates.override(rule, author, reason, datetime.now(UTC))
    store.append(author, "job.added", f"job/{number}", {"overrides": [row]})
    output.say(f"job {number}: its next run may go past {rule}, as {author} says")
    output.document(plain(store.job(number)))


@job.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are open.")
@click.option("--text", help="Part of a serial number or assembly.")
@click.option("--board", metavar="SERIAL", help="Those on one board.")
@click.option("--before", type=int, metavar="N", help="Older ones: with numbers below N.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True,
              help="At most so many.")
@reads
def list_(
    only_open: bool, text: "str | None", board: "str | None", before: "int | None", most: int,
    store: Any, output: Output,
) -> None:
    """List jobs, the newest first."""
    from preheat.record.query import Filter, Page

    chosen = Filter(status="open" if only_open else None, board_serial=board, text=text)
    rows = store.jobs(chosen, Page(most, before))
    if rows:
        output.table(
            ("job", "", "board", "assembly", "class", "activity", "opened", "by", "runs"),
            [(r.number, r.status, r.board_serial, r.assembly, r.product_class, r.activity,
              r.opened_at[:10], r.opened_by, r.runs) for r in rows],
        )  # fmt: skip
    else:
        output.say("no job; open one: `preheat job open`")
    output.document([plain(row) for row in rows])


@job.command()
@NUMBER
@click.option("--history", is_flag=True, help="Every change, with who and when.")
@reads
def show(number: int, history: bool, store: Any, output: Output) -> None:
    """Show job N: what was said, its runs, and what is still to be brought in."""
    from preheat.record import jobtext, pending

    found = store.job(number)
    waiting, elsewhere = pending.of(store, found), store.elsewhere(found)
    for line in jobtext.lines(found, store.board_jobs(found.board_serial), elsewhere):
        output.say(line)
    for one in waiting:
        output.say(jobtext.waiting(one))
    changes = store.events(f"job/{number}") if history else []
    for one in changes:
        output.say(f"{one.seq:>6}  {one.at}  {one.author}  {one.kind}  {jobtext.body(one.body)}")
    more = {"events": [plain(one) for one in changes]} if history else {}
    output.document({**plain(found), "pending": [plain(one) for one in waiting],
                     "logs_elsewhere": elsewhere, **more})


@job.command()
@NUMBER
@click.option("--reason", default="", help="Why it is closed although a run's log is missing.")
@writes
def close(number: int, reason: str, author: str, store: Any, output: Output) -> None:
    """Close job N: it takes no more entries, nor runs."""
    from preheat.record import jobs

    _said(jobs.close_job(store, author, number, reason), output)


@job.command()
@NUMBER
@click.option("--reason", required=True, help="Why it goes on.")
@writes
def reopen(number: int, reason: str, author: str, store: Any, output: Output) -> None:
    """Open job N again."""
    store.append(author, "job.reopened", f"job/{number}", {"reason": reason})
    _said(store.job(number), output)


def _said(made: Any, output: Output) -> None:
    output.say(f"job {made.number} ({made.status}) recorded")
    output.document(plain(made))


for _verb in (check, attach_run, report):
    job.add_command(_verb)
