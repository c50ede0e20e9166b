"""The admissible band: the slowest and the fastest that a healthy unit's probe can answer heat.

`band` makes two tables of preheat_core.model, `slow` and `fast`; a `Walker` walks one of them with
the heat that was delivered. Nobody knows the next run's board, none to 600 J/K: what belongs to it
is constant. Tuning narrows what is the unit's own, the heater's mass (where a probe sees it), dead
time and lag. They tell how late `slow` may be; `fast`, a bare rack, stays as it is.

The lightest board is the fastest up and down, so no single table bounds heating and cooling: each
walk warms with its own mass and cools with another (`cool_j_k`), `fast` like the heaviest board,
`slow` like the lightest. As `fast` has to allow for no board at all over a glowing heater, it
excludes little for long after the heat. `Coast` bounds that phase by what the reading itself did:
`settle_s` after the heat its slope can only die away, with `coast_s` (both in `slow`);
`HalfMinutes` is the sharper eye where it dies slowly.
"""

import math

from preheat_core.clock import TICK_MS
from preheat_core.model import Model

# Heaters per watt of rated power, (slow, fast); last what gets hot besides a board: plate, rack or
# walls. They span the bench's plants and more: quartz 0.12 J/K, 0.9 W at (1000 K)^4 to a heavy
# board, 0.5 to 1.1 past it; ceramic 0.5 J/K, 1.6 W; plate 0.5 J/K; oven 0.6 J/K ("other").
_KEYS = ("heater_j_k", "couple_w_k", "couple_rad_w", "heater_loss_w_k", "heater_loss_rad_w")
_HEATERS = {
    "quartz": ((0.15, 0.08), (5e-5, 5e-4), (0.8, 1.1), (3e-4, 0), (0.6, 0.2), (0, 0.03)),
    "ceramic": ((0.6, 0.3), (5e-4, 1e-3), (1.25, 1.8), (5e-4, 3e-4), (0, 0), (0, 0.03)),
    "plate": ((0.05, 0.005), (0.01, 0.1), (0, 0), (0, 0), (0, 0), (0.8, 0.2)),
    "other": ((0.6, 0.005), (5e-4, 0.1), (1.25, 0), (5e-4, 0), (0, 0), (0.8, 0.2)),
}
# Seconds at the slow end: dead time, lag, time constant with which a slope dies away. The plants,
# hard ones too, reach 6 (ceramic 26), 7, and 27 (ceramic 52, plate 3, oven 7).
_OTHER_S = (30, 10, 80)
_TIMES_S = {"quartz": (10, 8, 40), "ceramic": _OTHER_S, "plate": (10, 8, 10), "other": _OTHER_S}
_BOARD_J_K = (600, 20)  # the heaviest board; the least of a rack, 40 g of steel
# Both faces of 600 J/K in still air, then the walls by the watt; the oven has 1 W/K at 3.5 kW.
_LOSS_W_K, _LOSS_W_K_W, _LOSS_RISE_K = (1.75, 0), (4e-4, 2e-4), (0.001, 0)
_COOLS_SHARE_S = 0.015  # what the lightest board loses of its excess in a second; a rack 0.0125
_POWER = (0.75, 1.25)  # mains and ageing 20 %; less power is the same as more of all J/K and W/K
# A tune errs (in the heater's mass by 1 % on the plants), and no probe is taped down
# twice in the same way. Its numbers count from half the untuned ones up to those.
_COAST_SHARE = 0.75  # healthy plants come so near to the untuned number
_MASS_SHARE, _DEAD_S, _LAG_S, _LAG_SHARE = 1.1, 3, 1, 1.25
_AMBIENT_C = (23, 33)
WINDOW = 8  # ticks of the longest window; without a mean over it each pulse would warm and cool
FOLLOW_C, FOLLOW_TICKS = 5.0, 6
NOT_SEEN = -1000
NOT_KNOWN = 1e3
SETTLE_S = 3.0  # after dead time and lag: the pulse window, and most of the slope's own
# Noise of 0.2 °C and steps of a quarter degree tilt a slope over 4.5 s by 0.1 °C/s at times.
SLOPE_SHARE, SLOPE_C_S = 1.1, 0.1
HALF_MINUTE_S, HALF_MINUTE_C_S = 30.0, 0.02  # and so much over half a minute
DIP_C = 1.0  # further below its highest, a reading is on its way back


def band(model: "dict | None", zone: dict):
    """(slow, fast) of a unit; `model` and `zone` are checked tables of settings and board file.

    A bad tune can neither switch a judgement off nor make it trip on healthy plants at will.
    """
    slow, fast = _table(0, zone), _table(1, zone)
    slow["dead_s"], slow["lag_s"], slow["coast_s"] = _TIMES_S[zone["heater_kind"]]
    if model is not None:
        _narrow(slow, "dead_s", model["dead_s"] + _DEAD_S)
        _narrow(slow, "lag_s", model["lag_s"] * _LAG_SHARE + _LAG_S)
        if model["heater_seen"]:  # else `tune` cannot tell heater and board apart
            tuned_j_k = model["heater_j_k"] * _MASS_SHARE / _POWER[0]
            share = _narrow(slow, "heater_j_k", tuned_j_k)
            slow["coast_s"] *= max(_COAST_SHARE, share)
    slow["settle_s"] = slow["dead_s"] + slow["lag_s"] + SETTLE_S
    slow["cool_j_k"] = slow["loss_w_k"] / _COOLS_SHARE_S
    fast["cool_j_k"] = slow["board_j_k"]
    return slow, fast


def heater_j_k_w(model: "dict | None", zone: dict):
    """(least, most) J/K per watt of rated power of what a heater's own probe sits in.

    A plate's probe sits in the plate. Tuning narrows both, by no more than half. None where
    nothing is known of the heater: an element of small mass has no slow loss to go by.
    """
    kind = zone["heater_kind"]
    if kind == "other":
        return None
    masses, *_, body = _HEATERS[kind]
    most = (masses[0] + max(body)) / _POWER[0]
    least = (masses[1] + (min(body) if kind == "plate" else 0)) / _POWER[1]
    if model is not None and model["heater_seen"]:
        tuned = model["heater_j_k"] / zone["power_w"]
        most = max(most / 2, min(most, tuned * _MASS_SHARE / _POWER[0]))
        least = min(least * 2, max(least, tuned / _MASS_SHARE / _POWER[1]))
    return least, most


def _table(end, zone) -> dict:
    power_w = zone["power_w"]
    *rows, body = _HEATERS[zone["heater_kind"]]
    d = {key: row[end] * power_w for key, row in zip(_KEYS, rows)}
    body_j_k = body[end] * power_w
    d["board_j_k"] = max(body_j_k, _BOARD_J_K[1]) if end else body_j_k + _BOARD_J_K[0]
    d["loss_w_k"] = _LOSS_W_K[end] + _LOSS_W_K_W[end] * power_w
    for key in d:
        d[key] /= _POWER[end]
    d.update(loss_rise_k=_LOSS_RISE_K[end], ambient_c=_AMBIENT_C[end], dead_s=0, lag_s=0)
    return dict(d, heater_lag_s=0, heater_seen=False, fit_c=0, tuned="")


def _narrow(d, key, tuned):
    """Take a tuned number within its bounds; what share of the untuned one that is."""
    most = d[key]
    d[key] = max(most / 2, min(most, tuned))
    return d[key] / most


class Walker:
    """What the probe reads by one of the tables, `reading_c`; board and heater begin at rest.

    A colder start than the table's ambient is a colder room. One `step` is a tick.
    """

    def __init__(self, table: dict, power_w: float, temp_c: float):
        self.model = Model(dict(table, ambient_c=min(table["ambient_c"], temp_c)))
        self._full_w = power_w / WINDOW / 1000
        self.heater_c = temp_c
        self._cool_share = table["board_j_k"] / table["cool_j_k"]
        # Delivered shares, per mille. No unit need be that late: heat counts while new and old.
        self._shares = [0] * (int(table["dead_s"] * 1000 / TICK_MS + 0.5) + WINDOW)
        # Bounds of the heater by its own probe, whole °C, as long ago.
        self._least_c = [NOT_SEEN] * len(self._shares)
        self._most_c = [NOT_SEEN] * len(self._shares)
        self._at = self._new = self._old = 0  # sums: the newest WINDOW shares, and the oldest
        self.start(temp_c)

    def start(self, temp_c: float, ahead_c: float = 0.0) -> None:
        """Go on from this reading; the heater keeps its heat, and what is under way arrives.

        `ahead_c`: how far the board may be ahead of its late probe, up or down.
        """
        self.reading_c = self._turn_c = temp_c
        self._board_c = temp_c + ahead_c
        self._gained = 0

    def follow(self, temp_c: float) -> None:
        """Start anew when the true reading rose (`slow`) or fell (`fast`) by FOLLOW_C and stays
        there: a rising board is hotter than its probe and a falling one colder, so the walk stays
        a bound. Not where that would make it a looser one.
        """
        way = 1 if self._cool_share > 1 else -1
        gained_c = (temp_c - self._turn_c) * way
        if gained_c < 0:
            self._turn_c = temp_c
        if gained_c < FOLLOW_C or (temp_c - self.reading_c) * way <= 0:
            self._gained = 0
            return
        self._gained += 1  # three wild samples of five pass the median for up to five ticks
        if self._gained >= FOLLOW_TICKS:
            self.start(temp_c)

    def step(self, dt_s: float, on_s: float, least_c=NOT_SEEN, most_c=NOT_SEEN) -> float:
        """`dt_s` seconds, `on_s` of them with heat: what the probe reads then.

        The heater is now between `least_c` and `most_c`, by a probe of its own.
        """
        ring, at, m = self._shares, self._at, self.model
        self._old -= ring[at]
        self._new -= ring[at - WINDOW]
        ring[at] = int(1000 * min(1.0, on_s / dt_s) + 0.5)
        self._new += ring[at]
        old = (at + WINDOW) % len(ring)
        self._old += ring[old]
        self._least_c[at], self._most_c[at] = least_c, most_c
        if self._most_c[old] != NOT_SEEN:
            self.heater_c = min(max(self.heater_c, self._least_c[old]), self._most_c[old])
        self._at = (at + 1) % len(ring)
        watts = self._full_w * min(self._new, self._old)
        self.heater_c, flow_w = m.heat(self.heater_c, self._board_c, watts, dt_s)
        rise_c = m.warm(self._board_c, flow_w, dt_s) - self._board_c
        self._board_c += rise_c if rise_c > 0 else rise_c * self._cool_share
        gap_c = self._board_c - self.reading_c
        self.reading_c += gap_c * dt_s / (m.lag_s + dt_s) if gap_c > 0 else gap_c
        return self.reading_c


class Coast:
    """How high a reading may still go, once heat has been off for `settle_s` of the slow table.

    `slope_c_s` is how steep it may be, with the noise of a slope.
    """

    def __init__(self, temp_c: float, slope_c_s: float):
        self._top_c = temp_c
        self.slope_c_s = max(0.0, slope_c_s) * SLOPE_SHARE + SLOPE_C_S

    def step(self, dt_s: float, coast_s: float) -> float:
        """`dt_s` more seconds without heat: the highest healthy reading then.

        `coast_s`: the time constant with which the slope dies away.
        """
        kept = math.exp(-dt_s / coast_s)
        self._top_c += self.slope_c_s * coast_s * (1 - kept)
        self.slope_c_s *= kept
        return self._top_c


class HalfMinutes:
    """The same from what a reading rose in every half minute, where the slope dies so slowly that
    a few seconds' noise would count for minutes.
    """

    def __init__(self, temp_c: float):
        self._from_c = self._high_c = temp_c
        self._s = 0.0
        self._top_c = self._slope_c_s = NOT_KNOWN  # before the first is over

    def step(self, dt_s: float, temp_c: float, coast_s: float) -> float:
        """The highest healthy reading now; see Coast.step."""
        if self._slope_c_s < NOT_KNOWN:
            kept = math.exp(-dt_s / coast_s)
            self._top_c += self._slope_c_s * coast_s * (1 - kept)
            self._slope_c_s *= kept
        self._high_c = max(self._high_c, temp_c)
        self._s += dt_s
        if self._s >= HALF_MINUTE_S:
            slope_c_s = max(SLOPE_C_S, (temp_c - self._from_c) / self._s + HALF_MINUTE_C_S)
            # What is down from where it was, by a draught or a tool at the probe, comes back.
            if slope_c_s < self._slope_c_s and self._high_c - temp_c < DIP_C:
                self._top_c, self._slope_c_s = temp_c, slope_c_s
            self._from_c = self._high_c = temp_c
            self._s = 0.0
        return self._top_c
