"""Reads the run logs that a unit of the campaign has left in its flash."""

from typing import Any

from preheat_core import runlog


def problems(logs: dict[str, bytes], play: Any) -> list[str]:
    """What is wrong with them: `logs` by run id, `play` a finished campaign_play.Play.

    A unit that was reset in mid-run may have lost what was not written yet, even all of it.
    """
    found = []
    begun = play.started - (play.host.begun_s is None and not play.rebooted)
    if len(logs) < begun:
        found.append(f"{begun} runs and {len(logs)} logs")
    for run_id, data in logs.items():
        log = runlog.read(data)
        unwritten = play.rebooted and log.header is None and not log.records
        if log.summary is None and play.host.refused is not None and not log.lost_bytes:
            continue  # a next run was refused while this one's log still went on
        if log.problem is not None and not unwritten:
            found.append(f"log {run_id}: {log.problem}")
        elif log.end is None:
            found.append(f"log {run_id} has no end")
    if play.codes and logs and play.final and not play.rebooted:
        end = runlog.read(list(logs.values())[-1]).end or ""
        if not end.startswith("fault:"):
            found.append(f"a fault is latched and the last log ends as {end}")
    return found
