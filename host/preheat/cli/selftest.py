"""`selftest`: a unit proves its parts, before anybody relies on them."""

import sys
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option, port_option, unit_link


@click.command()
@click.option("--probes", is_flag=True,
              help="Warm each tip by hand and see which reading rises: are the roles right?")
@click.option("--watchdog", is_flag=True,
              help="Also leave the watchdog unfed: it must restart the unit.")
@click.option("--quick", is_flag=True, help="Leave out the minute in which ticks are counted.")
@click.option("--proof", is_flag=True,
              help="The contactor's proof without a terminal too: somebody stays with the unit.")
@port_option
@json_option
def selftest(
    probes: bool, watchdog: bool, quick: bool, proof: bool, port: "str | None", as_json: bool
) -> None:
    """Check an idle, cool unit: firmware, memory, probes, outputs, contactor, flash, ticks.

    In a terminal it asks what you see and do. For the contactor's proof the relay is switched on
    while the contactor is open: stay with the unit. Without a terminal the proof is left out,
    unless --proof is given. Exit code 7 when something failed.
    """
    from preheat import selftest as checks
    from preheat.errors import UsageError, VerifyError
    from preheat.ownership import need_own_port, shared

    output = Output(as_json)
    ask = answered if sys.stdin.isatty() else None
    if probes and ask is None:
        raise UsageError("--probes needs somebody who warms the tips", "run it in a terminal")
    options = checks.Options(probes, watchdog, quick, proof or None)
    results: list[Any] = []
    unit: dict[str, Any] = {}
    complete = False
    try:
        with unit_link(port, output) as link:
            need_own_port(link)
            unit = {"unit": link.hello.get("name"), "uid": link.hello.get("uid")}
            with shared(link, "selftest") as lending:  # so that `preheat stop` works meanwhile
                checks.run(lending, options, ask, output.note, results)
        complete = True
    finally:  # what ended it early takes nothing away from what was found
        failed = [row.name for row in results if row.result == checks.FAIL]
        if results:
            for row in results:
                for line in result_lines(row):
                    output.say(line)
            output.say(conclusion(results) + ("" if complete else "; the rest was not tried"))
            output.document({
                **unit, "passed": complete and not failed, "complete": complete,
                "results": [row.as_dict() for row in results],
            })  # fmt: skip
    if failed:
        raise VerifyError(f"the self-test failed: {', '.join(failed)}",
                          "do not heat before that is mended")


def answered(question: str) -> bool:
    """A person's yes or no; anything but y is no."""
    print(f"{question} [y/n] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def result_lines(row: Any) -> list[str]:
    """One line, and what it means and what to do under it where there is something to say."""
    lines = [f"{row.result:8}{row.name:16} {row.seen}"]
    for text in (row.meaning, row.next):
        lines += [f"{'':25}{line}" for line in text.splitlines()]
    return lines


def conclusion(results: "list[Any]") -> str:
    """How many of each, in a sentence."""
    words = (("ok", "good"), ("warn", "to look at"), ("fail", "failed"), ("skipped", "skipped"),
             ("absent", "not fitted"))
    counts = [(sum(row.result == kind for row in results), word) for kind, word in words]
    return f"{len(results)} checks: " + ", ".join(f"{n} {word}" for n, word in counts if n)
