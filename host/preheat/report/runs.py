"""The runs that a report is about, read from their files: our logs, and CSV files of others."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preheat import logs
from preheat.analysis.decode import decode
from preheat.analysis.series import Series
from preheat.errors import UsageError, VerifyError
from preheat.report import header as headers

FOREIGN = (".csv", ".txt", ".tsv", ".log")  # endings of logs that are not ours


@dataclass(frozen=True)
class Run:
    """One run as its file tells it.

    name: the run's id, else the file's name. sha256: of the file. end: the end state, None where
    none was written. damage: what is missing or damaged in the log, None for a whole one.
    foreign: whose log it is where it is not ours; notes: what reading it had to assume;
    troubles: where it tells of a fault in words.
    """

    name: str
    file: str
    sha256: str
    series: Series
    header: headers.Header
    events: "tuple[dict[str, Any], ...]" = ()
    summary: "dict[str, Any] | None" = None
    end: "str | None" = None
    damage: "str | None" = None
    foreign: "str | None" = None
    notes: "tuple[str, ...]" = ()
    troubles: "tuple[str, ...]" = ()

    @property
    def heat_s(self) -> "float | None":
        """Seconds from the start to the end of the heat; None where no end was recorded."""
        ends = [headers.number(e.get("t_ms")) for e in self.events if e.get("ev") == "end"]
        return ends[0] / 1000 if ends and ends[0] is not None else None

    @property
    def faults(self) -> "tuple[tuple[str, str], ...]":
        """Every latched fault once, as (code, what was measured)."""
        told = headers.rows((self.summary or {}).get("faults"))
        found = [(*row, "")[:2] for row in told if row]
        found += [(e.get("code"), e.get("detail") or "") for e in self.events
                  if e.get("ev") == "fault"]  # fmt: skip
        if self.end and self.end.startswith("fault:"):
            found.append((self.end.partition(":")[2], ""))
        once: dict[str, str] = {}
        for code, detail in found:
            once.setdefault(headers.text(code), headers.text(detail or ""))
        return tuple(once.items())


    @property
    def noise(self) -> "tuple[tuple[str, str, float, float | None], ...] | None":
        """Faults and spikes of the probes as the unit counted them while it heated: (probe, code,
        samples, a minute of valid readings or None). None where the log has no such count."""
        told = (self.summary or {}).get("noise")
        if not isinstance(told, list):
            return None
        found = []
        for row in headers.rows(told):
            name, code, count, per_min = (*row, *[None] * 4)[:4]
            samples = headers.number(count)
            if name is not None and code is not None and samples is not None:
                found.append((headers.text(name), headers.text(code), int(samples),
                              headers.number(per_min)))  # fmt: skip
        return tuple(found)


def load(which: str, temp_unit: "str | None" = None) -> Run:
    """A run by `last`, its id or a path. UsageError for what is not there, VerifyError for a file
    in which nothing reads, Refused for a foreign log whose columns or units are not clear."""
    path = logs.find(which)
    if path.suffix.lower() in FOREIGN:
        return _foreign(path, temp_unit)
    if temp_unit is not None:
        raise UsageError("--temp-unit is for logs of other controllers", "leave it out")
    data = _bytes(path)
    series, log = decode(data)
    if log.blocks == 0:
        raise VerifyError(f"{path} is not a run log ({log.problem})", "choose another file")
    header = headers.read(log.header)
    return Run(
        header.said.get("run") or headers.text(path.stem),
        headers.text(path.name),
        hashlib.sha256(data).hexdigest(),
        series,
        header,
        tuple(log.events),
        log.summary,
        None if log.end is None else headers.text(log.end),
        _damage(log, len(series.t_s)),
    )


def _foreign(path: Path, temp_unit: "str | None") -> Run:
    from preheat.foreign.load import load as load_foreign

    series, about = load_foreign(path, temp_unit)
    digest = hashlib.sha256(_bytes(path)).hexdigest()
    name = headers.text(path.stem)
    return Run(name, headers.text(path.name), digest, series, headers.read(None),
               foreign=headers.text(about.kind), notes=about.notes,
               troubles=about.troubles)  # fmt: skip


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", "choose another file") from error


def _damage(log: Any, samples: int) -> "str | None":
    if log.problem is None:
        return None
    lost = f", {log.lost_bytes} bytes were not" if log.lost_bytes else ""
    return f"{log.problem}; {log.blocks} blocks and {samples} records were read{lost}"
