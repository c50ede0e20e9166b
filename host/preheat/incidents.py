"""Incidents on this computer: the file of the seconds around a fault, read and decoded.

Whatever happened to the file, every whole block is given back. Format: docs/log-format.md.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from preheat.errors import VerifyError
from preheat_core import blocks, incident, runlog
from preheat_core.faults import STATE_NAMES
from preheat_fw import max31855

SUFFIX = ".inc"
_FIXED = struct.Struct("<HBBHhB")
FLAGS = (
    ("inhibit", incident.FLAG_INHIBIT), ("external_heat", incident.FLAG_EXTERNAL),
    ("contactor", incident.FLAG_CONTACTOR), ("load", incident.FLAG_LOAD),
    ("interlock_open", incident.FLAG_INTERLOCK),
)  # fmt: skip


class Incident(runlog.Log):
    """What could be read of an incident, as in runlog.Log; only these differ:

    records: (dt_ms, state, flags, on_ms, delivered_ms, setpoint_c, words) by tick, a word as int
    or a fault code where no frame came · end: `whole`, `short` or `reset`, None while it is
    still being written.
    """

    kinds = (blocks.HEADER, blocks.TICKS, blocks.EVENT, blocks.SUMMARY)

    def __init__(self) -> None:
        super().__init__()
        self._lost_before = 0  # blocks lost before the first tick

    @property
    def at(self) -> "int | None":
        """The number of the fault's own tick among the records; None if it is not known."""
        at = (self.header or {}).get("at")
        known = isinstance(at, int) and 0 <= at < len(self.records) and not self._lost_before
        return at if known else None

    def take(self, kind: int, seq: int, payload: bytes) -> None:
        """As runlog.Log. Ticks after lost ones are left out: nothing tells how old they are."""
        if kind != blocks.TICKS:
            super().take(kind, seq, payload)
            return
        rows = _rows(payload)
        if not rows:
            self.note(f"block {seq} holds no whole ticks")
        if not self.records:
            self._lost_before = self.lost_blocks
        if self.lost_blocks == self._lost_before:
            self.records += rows


def read(data: bytes) -> Incident:
    """Everything that whole blocks hold. Never raises, whatever the bytes."""
    found = Incident()
    runlog.read(data, found)
    return found


def _rows(payload: bytes) -> list[tuple[Any, ...]]:
    count = payload[0] if payload else 0
    size = _FIXED.size + 4 * count
    if not payload or (len(payload) - 1) % size:
        return []
    rows = []
    for at in range(1, len(payload), size):
        dt_ms, packed, on_ms, delivered_ms, setpoint, without = _FIXED.unpack_from(payload, at)
        state = packed & (1 << incident.FLAGS_SHIFT) - 1
        words = [
            _no_frame(word) if without >> i & 1 else word
            for i, word in enumerate(struct.unpack_from(f"<{count}I", payload, at + _FIXED.size))
        ]
        rows.append((
            dt_ms, STATE_NAMES[state] if state < len(STATE_NAMES) else "unknown",
            packed >> incident.FLAGS_SHIFT, on_ms, delivered_ms,
            None if setpoint == runlog.NO_TEMP else setpoint / 16, tuple(words),
        ))  # fmt: skip
    return rows


def _no_frame(number: int) -> str:
    return incident.FRAMELESS[number] if number < len(incident.FRAMELESS) else "none"


def load(path: Path) -> Incident:
    """Read an incident, whatever its state; VerifyError when nothing in it reads."""
    found = read(path.read_bytes())
    if found.blocks == 0:
        raise VerifyError(f"{path} is not an incident ({found.problem})", "choose another file")
    return found


def probes(found: Incident) -> "list[tuple[str, float, float]]":
    """(name, offset °C, gain) of each probe; p1, p2 … where the header is lost."""
    header = found.header or {}
    names = [str(row[0]) for row in header.get("probes") or () if isinstance(row, list) and row]
    count = max((len(row[6]) for row in found.records), default=len(names))
    names = (names + [f"p{i + 1}" for i in range(len(names), count)])[:count]
    corrected = {row[0]: (row[1], row[2]) for row in header.get("calibration") or ()}
    return [(name, *corrected.get(name, (0.0, 1.0))) for name in names]


def ticks(found: Incident) -> Iterator[dict[str, Any]]:
    """Every tick as a dict with plain values; `t_s` counts from the fault, as the unit counted."""
    known = probes(found)
    at = found.at or 0
    t_ms = -sum(row[0] for row in found.records[1 : at + 1])
    for number, (dt_ms, state, flags, on_ms, delivered_ms, setpoint_c, words) in enumerate(
        found.records
    ):
        t_ms += dt_ms if number else 0
        row: dict[str, Any] = {
            "t_s": t_ms / 1000, "dt_ms": dt_ms, "state": state, "setpoint_c": setpoint_c,
            "on_ms": on_ms, "delivered_ms": delivered_ms,
        }  # fmt: skip
        row.update((name, bool(flags & bit)) for name, bit in FLAGS)
        row["probes"] = [
            decoded(word, *known[i]) for i, word in enumerate(words) if i < len(known)
        ]
        yield row


def decoded(word: "int | str", name: str, offset_c: float, gain: float) -> dict[str, Any]:
    """One probe's frame: °C or a fault code, the cold junction, the word and its fault bits."""
    if isinstance(word, str):
        return {"name": name, "temp_c": None, "fault": word, "cj_c": None, "word": None,
                "bits": []}  # fmt: skip
    got = max31855.reading(word, offset_c, gain)
    named = (("fault", 0x10000), ("short_vcc", 4), ("short_gnd", 2), ("open", 1),
             ("reserved", 0x20008))  # fmt: skip
    return {
        "name": name, "temp_c": None if got.temp_c is None else round(got.temp_c, 2),
        "fault": got.fault, "cj_c": got.cj_c, "word": f"{word:08x}",
        "bits": [name for name, mask in named if word & mask],
    }  # fmt: skip


def heat_on_s(found: Incident) -> "float | None":
    """Seconds before the fault since when heat had been on without a second's pause.

    None where no heat was delivered in the second before it.
    """
    if found.at is None:
        return None
    rows = found.records[: found.at + 1]
    back_ms = since_ms = gap_ms = 0
    for dt_ms, _, _, _, delivered_ms, _, _ in reversed(rows):
        back_ms += dt_ms
        gap_ms = 0 if delivered_ms else gap_ms + dt_ms
        if gap_ms > 1000:
            break
        if delivered_ms:
            since_ms = back_ms
    return since_ms / 1000 if since_ms else None
