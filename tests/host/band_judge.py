"""The admissible band beside plants of the benchmark: healthy ones recorded, faulty ones watched.

Readings pass the guard's filters, a median of five and a slope over 4.5 s.
"""

import sys
from pathlib import Path

from host.models import QUARTZ, tuned
from preheat.bench.noise import Noise
from preheat.bench.plant import Plant
from preheat_core.band import Coast, Walker, band
from preheat_core.filters import Median, Slope
from preheat_core.watch_limits import SLOPE_WINDOW_MS

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import bench_plants

TICK_S = 0.25
OUTSIDE_C = 2.0
NOISE_C = 0.2
# What a run may do: one short heat, a long one, a cut, half the power, cooling. (seconds, share)
SHORT = ((12, 1.0), (150, 0.0))
HALF = ((120, 0.0), (100, 0.5), (120, 0.0))
TOP_C, LONGEST_S = 150.0, 300
FAULT_C = 80.0  # a fault that comes in mid-heat comes here
WATCH_S = 330  # it is looked for so long


class Judge:
    """Both walks and the coast of one unit beside its readings, as a guard would run them."""

    def __init__(self, tables, power_w, temp_c):
        self.table = tables[0]
        self.slow, self.fast = (Walker(table, power_w, temp_c) for table in tables)
        self.coast = None
        self.off_s = 0.0
        self.outside = {"slow": -99.0, "fast": -99.0, "coast": -99.0}  # the most so far, °C
        self._median, self._slope = Median(5), Slope(SLOPE_WINDOW_MS)
        self._now_ms = 0

    def see(self, read_c):
        """A new reading; how far outside the band it is at most, °C."""
        temp_c = self._median.add(read_c)
        self._now_ms += 250
        self._slope.add(self._now_ms, temp_c)
        out = {"slow": self.slow.reading_c - temp_c, "fast": temp_c - self.fast.reading_c}
        if self.coast is not None:
            out["coast"] = temp_c - self.coast.step(TICK_S, self.table["coast_s"])
        elif self.off_s >= self.table["settle_s"]:
            self.coast = Coast(temp_c, self._slope.c_s() or 0.0)
        self.slow.follow(temp_c)
        self.fast.follow(temp_c)
        for who, off_c in out.items():
            self.outside[who] = max(self.outside[who], off_c)
        return max(out.values())

    def heat(self, on_s):
        """What was delivered until the next reading."""
        self.slow.step(TICK_S, on_s)
        self.fast.step(TICK_S, on_s)
        self.off_s = 0.0 if on_s else self.off_s + TICK_S
        if on_s:
            self.coast = None


def as_read(temp_c, noise):
    """In steps of a quarter degree, with noise if there is any."""
    return temp_c if noise is None else round((temp_c + NOISE_C * noise.normal()) * 4) / 4


def phases(hot_c):
    """Generator of shares; it is sent (seconds, reading, heater) and keeps under `hot_c`."""
    t_s, read_c, heater_c = yield 0.0
    for seconds, share in SHORT:
        end_s = t_s + seconds
        while t_s < end_s:
            t_s, read_c, heater_c = yield share
    end_s = t_s + LONGEST_S
    while t_s < end_s and read_c < TOP_C:
        t_s, read_c, heater_c = yield 1.0 if heater_c < hot_c else 0.0
    for seconds, share in HALF:
        end_s = t_s + seconds
        while t_s < end_s:
            t_s, read_c, heater_c = yield share


def recorded(plant, board, gain):
    """[(reading, seconds of heat until the next)] of one plant, four a second."""
    body = Plant(plant)
    body.gain = gain
    play = phases(board["limits"]["heater_max_c"] - 20)
    next(play)
    rows = []
    window = board["window_ticks"]
    share = 0.0
    while True:
        tick = len(rows)
        read_c = body.probe_c("board")
        try:
            wanted = play.send((tick * TICK_S, read_c, body.heater_c()))
        except StopIteration:
            return rows
        share = wanted if tick % window == 0 else min(share, wanted)
        on = tick % window < round(share * window)
        rows.append((read_c, TICK_S if on else 0.0))
        body.step(TICK_S, on)


def judged(rows, tables, power_w, noise):
    judge = Judge(tables, power_w, rows[0][0])
    for read_c, on_s in rows:
        judge.see(as_read(read_c, noise))
        judge.heat(on_s)
    return judge.outside


def well_tuned(plant):
    """The tune of a plant as it was built: its heater's mass, dead time and lag."""
    heater = next(n for n in plant["node"] if n["name"] == plant["heater"]["node"])
    probe = next(p for p in plant["probe"] if p["role"] == "board")
    seen = any(p["role"] == "heater" for p in plant["probe"])
    late = {"dead_s": probe.get("dead_time_s", 0), "lag_s": probe["lag_s"]}
    return tuned(QUARTZ, heater_j_k=heater["j_k"], heater_seen=seen, **late)["model"]


def laid(name, j_k, loss_w_k, share):
    """A plant with another board: J/K, W/K lost, share of the heater's sight; and its board file.

    On a plate or in an oven it comes on top of what is there.
    """
    plant, board = bench_plants.plant_and_board(name, hard=True)
    nodes = {node["name"]: node for node in plant["node"]}
    if "board" in nodes:
        nodes["board"].update(j_k=j_k, loss_w_k=loss_w_k)
        for link in plant["link"]:
            if {link["a"], link["b"]} == {"emitter", "board"}:
                link["w_k"] *= share
                link["radiative_w_k4"] *= share
    else:
        plant["node"][-1]["j_k"] += j_k
    return plant, board


class Faulty:
    """A plant at full power with one fault: `dead`, `frozen`, `off` the board, `stuck` on."""

    def __init__(self, plant, kind, share=0.3):
        self.body = Plant(plant)
        self.kind = kind
        self.share = share  # of the way from ambient to the heater that a fallen probe reads
        self.since = 0 if kind in ("dead", "closed") else None
        self.tick = 0
        self._noise = Noise(11)
        self._read_c = 0.0
        if kind == "dead":
            self.body.gain = 0.0

    def read(self):
        """The next reading."""
        true_c = self.body.probe_c("board")
        if self.since is None and true_c >= FAULT_C:
            self.since = self.tick
            self._read_c = round(true_c * 4) / 4
        if self.since is not None and self.kind == "frozen":
            return self._read_c
        if self.since is not None and self.kind == "off":
            away_c = self.share * (self.body.heater_c() - self.body.ambient_c)
            self._read_c += (self.body.ambient_c + away_c - self._read_c) * TICK_S / 4.0
            return as_read(self._read_c, self._noise)
        return as_read(true_c, self._noise)

    def step(self):
        """A tick of heat; how much of it was commanded, s."""
        self.body.step(TICK_S, 1.0)
        self.tick += 1
        cut = self.kind == "closed" or (self.kind == "stuck" and self.since is not None)
        return 0.0 if cut else TICK_S


def seconds(plant, zone, model, kind, share=0.3):
    """From the fault until the reading is outside the band; None if that is not seen."""
    unit = Faulty(plant, kind, share)
    judge = Judge(band(model, zone), zone["power_w"], unit.body.ambient_c)
    while unit.since is None or (unit.tick - unit.since) * TICK_S < WATCH_S:
        off_c = judge.see(unit.read())
        if unit.since is not None and off_c > OUTSIDE_C:
            return (unit.tick - unit.since) * TICK_S
        judge.heat(unit.step())
        assert unit.tick < 4000
    return None
