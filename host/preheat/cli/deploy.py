"""`deploy`: bring the unit's firmware and board file to what this toolkit holds, and verify it."""

import sys
from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option, port_option

CONFIRMATION = "the heat may be left"


@click.command()
@click.option("--board", metavar="NAME|FILE", help="Install this board file (default: keep).")
@click.option("--source", is_flag=True, help="Send .py files instead of compiled .mpy.")
@click.option(
    "--yes", is_flag=True,
    help="Go on although the unit is hot or cannot know (a dead probe): you are standing there.",
)
@port_option
@json_option
def deploy(
    board: "str | None", source: bool, yes: bool, port: "str | None", as_json: bool
) -> None:
    """Put the firmware onto a unit: only what changed, verified by reading back.

    Needs heat off and a cool unit (or 30 minutes without heat). The unit restarts and stays off.
    """
    from preheat import deploy as deployment
    from preheat import stopping, tomlfiles
    from preheat.errors import Refused

    output = Output(as_json)
    facts = tomlfiles.load_board(board) if board else None
    with stopping.as_ctrl_c(), output.steps() as tell:
        try:
            report = deployment.deploy(port, facts, source, tell, confirm=yes)
        except Refused as refusal:
            if refusal.code != "hot" or not sys.stdin.isatty():
                raise
            output.note(str(refusal))
            if not typed(f'type "{CONFIRMATION}" to go on: ', CONFIRMATION):
                raise
            report = deployment.deploy(port, facts, source, tell, confirm=True)
    for note in report.notes:
        output.note(note)
    output.say(report_line(report))
    output.document(as_dict(report))


def typed(prompt: str, words: str) -> bool:
    """Whether the operator types exactly these words."""
    print(prompt, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() == words


def report_line(report: Any) -> str:
    """A DeployReport as one sentence."""
    what = f"firmware {report.fw_hash}, board {report.hello.get('board') or 'none'}"
    if not report.changed:
        return f"{report.port} already has {what}"
    return (
        f"{report.port} has {what}: {len(report.written)} files "
        f"({report.sent_bytes / 1024:.0f} KB) written and verified in {report.duration_s:.0f} s"
    )


def as_dict(report: Any) -> dict[str, Any]:
    """A DeployReport as plain JSON values."""
    return {
        "port": report.port,
        "changed": report.changed,
        "fw_hash": report.fw_hash,
        "board": report.hello.get("board"),
        "board_hash": report.board_hash,
        "written": list(report.written),
        "removed": list(report.removed),
        "sent_bytes": report.sent_bytes,
        "duration_s": round(report.duration_s, 1),
        "notes": list(report.notes),
    }
