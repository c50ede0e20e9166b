"""A tuning run's log as arrays: time, delivered heat, and what the two probes of interest read."""

from typing import Any, NamedTuple

import numpy as np

from preheat_core import runlog
from preheat_core.faults import HEATING_STATES

SPIKE_C = 4.0  # further than this from the median of its neighbours, a reading is a spike


class Data(NamedTuple):
    """One run. Arrays of one value per record; NaN where a probe read nothing usable.

    t_s: seconds since the start · share: of full power, delivered since the record before ·
    board_c, heater_c: readings without spikes; heater_c is None without a heater probe · rest:
    mask of the records before heat · start_c, heater_start_c: mean readings of the rest.
    """

    t_s: Any
    share: Any
    board_c: Any
    heater_c: Any
    rest: Any
    start_c: float
    heater_start_c: "float | None"
    power_w: float

    @property
    def duration_s(self) -> float:
        """From the first record to the last."""
        return float(self.t_s[-1] - self.t_s[0])

    @property
    def heated(self) -> bool:
        """Any heat at all was delivered."""
        return bool((self.share > 0).any())

    @property
    def rise_c(self) -> float:
        """From rest to the board's highest reading."""
        return float(np.nanmax(self.board_c)) - self.start_c

    @property
    def heater_rise_c(self) -> "float | None":
        """The same of the heater; None without its probe."""
        if self.heater_c is None or self.heater_start_c is None:
            return None
        return float(np.nanmax(self.heater_c)) - self.heater_start_c


def from_log(log: runlog.Log, board: dict[str, Any]) -> Data:
    """The arrays of a log, up to the end of its heat. `board` is the unit's checked board file.

    ValueError if the log holds no records of the run, or no reading of the controlled probe.
    """
    records = [row for row in log.records if row[1] in HEATING_STATES]
    if not records:
        raise ValueError("the log holds no records of a heating run")
    zone = board["zones"][0]
    t_s = np.array([row[0] / 1000 for row in records])
    share = np.array([row[5] for row in records])
    heated = np.flatnonzero(share > 0)
    rest = np.arange(len(t_s)) < (heated[0] if len(heated) else len(t_s))
    by_name = [row["name"] == zone["probe"] for row in board["probes"]]
    by_role = [row["role"] == "heater" for row in board["probes"]]
    board_c = _readings(records, by_name.index(True))
    if not np.isfinite(board_c).any():
        raise ValueError("the controlled probe read nothing")
    heater_c = _readings(records, by_role.index(True)) if any(by_role) else None
    if heater_c is not None and not np.isfinite(heater_c).any():
        heater_c = None
    return Data(
        t_s, share, board_c, heater_c, rest, _mean(board_c, rest),
        None if heater_c is None else _mean(heater_c, rest), float(zone["power_w"]),
    )


def _readings(records, at):
    """A probe's last reading in each record, NaN where it is missing or a spike."""
    values = np.array(
        [np.nan if row[7][at][0] is None else row[7][at][0] for row in records], dtype=float
    )
    good = np.isfinite(values)
    if not good.any():
        return values
    spots = np.arange(len(values))
    whole = np.interp(spots, spots[good], values[good])
    padded = np.pad(whole, 2, mode="edge")
    middle = np.median([padded[i : i + len(values)] for i in range(5)], axis=0)
    values[np.abs(whole - middle) > SPIKE_C] = np.nan
    return values


def _mean(values, mask) -> float:
    found = values[mask & np.isfinite(values)]
    return float(found.mean() if len(found) else values[np.isfinite(values)][0])
