"""What a report says, as plain JSON values for programs."""

from typing import Any

from preheat.report.checks import Check
from preheat.report.judged import Judged


def document(found: Judged) -> "dict[str, Any]":
    """One judged run: verdict, every limited number, process window index, hash of the log."""
    run, index = found.run, found.pwi
    return {
        "run_id": run.name,
        "file": run.file,
        "sha256": run.sha256,
        "end": run.end,
        "verdict": found.verdict.word,
        "reasons": list(found.verdict.reasons),
        "notes": list(found.verdict.notes),
        "melts": found.melts or None,
        "joints": list(found.joints),
        "pwi_percent": None if index is None else round(index[0], 1),
        "pwi_binds": None if index is None else [index[1].window.statistic, index[1].probe],
        "checks": [_check(check) for check in found.checks],
        "faults": [list(row) for row in run.faults],
        "noise": None if run.noise is None else [list(row) for row in run.noise],
        "energy_wh": _plain(found.measures.energy_wh),
        "damage": run.damage,
    }


def _check(check: Check) -> "dict[str, Any]":
    return {
        "statistic": check.statistic,
        "level": check.level or None,
        "probe": check.probe or None,
        "value": _plain(check.value),
        "low": _plain(check.low),
        "high": _plain(check.high),
        "unit": check.unit,
        "margin": _plain(check.margin),
        "percent": _plain(check.percent),
        "inside": check.inside,
        "source": check.source,
        "verified": check.verified,
    }


def _plain(number: "float | None") -> "float | None":
    return None if number is None else round(float(number), 4)
