"""What a run counts besides its metrics: how far and long limits were passed, and its noise."""

from preheat_core.board import PROCESS_ROLES

# A sample this far from the median of five is a spike. What the slope explains is none, nor are
# more than two in a row on one side: a quartz tube gains 10 °C/s.
SPIKE_C = 4.0
SPIKE_MOST = 2
MEDIAN_S = 0.5  # the median is this old
SPIKE = "spike"
BELOW_C = 1.0  # a reading is back this far below the limit
ROWS_MOST = 8  # of noise, the most frequent: the summary has to fit into a block


class Over:
    """One probe above its limit: in all, and in the stretch that is open (`now_ms` not None)."""

    __slots__ = ("ms", "now_c", "now_ms", "peak_c")

    def __init__(self):
        self.ms = 0
        self.peak_c = 0.0
        self.now_ms: "int | None" = None
        self.now_c = 0.0


class Tally:
    """The counts of one run, as long as its log is open."""

    __slots__ = ("_alloy", "_counts", "_limits", "_over", "_probes", "_valid_ms", "_wild")

    def __init__(self, probes, limits, alloy: str):
        self._probes = probes
        self._limits = limits
        self._alloy = alloy
        self._over = {}  # by the probe's index
        self._counts = {}  # (index, fault code or SPIKE): samples
        self._valid_ms = [0] * len(probes)
        self._wild = [0] * len(probes)  # samples running, negative below the median

    def step(self, dt_ms: int, readings, guard, heating: bool) -> list:
        """Take one tick; the events `over` and `over_end` of it.

        Limits are judged by the medians of five. Noise counts while the run heats, and not on
        probes that were absent at its start.
        """
        events = []
        for index, probe in enumerate(self._probes):
            reading = readings[index]
            watch = guard.limit_watches[index]
            if reading.fault is None and probe["role"] in PROCESS_ROLES:
                self._limit(index, probe, watch.temp_c, dt_ms, events)
            if heating and not guard.absent[index]:
                self._noise(index, reading, watch, dt_ms)
        return events

    def _noise(self, index, reading, watch, dt_ms) -> None:
        if reading.fault is not None:
            self._count(index, reading.fault, 1)
            return
        self._valid_ms[index] += dt_ms
        off_c = reading.temp_c - watch.temp_c - watch.slope_c_s * MEDIAN_S
        side = (off_c > SPIKE_C) - (off_c < -SPIKE_C)
        wild = self._wild[index]
        if side * wild > 0:
            self._wild[index] = wild + side
            return
        if 0 < abs(wild) <= SPIKE_MOST:
            self._count(index, SPIKE, abs(wild))
        self._wild[index] = side

    def _count(self, index, code, more) -> None:
        self._counts[index, code] = self._counts.get((index, code), 0) + more

    def _limit(self, index, probe, temp_c, dt_ms, events) -> None:
        row = self._limits.row(probe["role"])
        over = self._over.get(index)
        if over is None or over.now_ms is None:
            if temp_c < row.trip_c:
                return
            if over is None:
                over = self._over[index] = Over()
            over.now_ms = 0
            over.now_c = temp_c
            events.append(
                {
                    "ev": "over",
                    "role": row.role,
                    "probe": probe["name"],
                    "limit_c": row.trip_c,
                    "source": row.source,
                    "alloy": self._alloy,
                }
            )
        if temp_c >= row.trip_c:
            over.now_ms += dt_ms
            over.now_c = max(over.now_c, temp_c)
        elif temp_c < row.trip_c - BELOW_C:
            events.append(self._end(index, over))

    def _end(self, index, over) -> dict:
        event = {
            "ev": "over_end",
            "probe": self._probes[index]["name"],
            "peak_c": round(over.now_c, 1),
            "above_s": round(over.now_ms / 1000, 1),
        }
        over.peak_c = max(over.peak_c, over.now_c)
        over.ms += over.now_ms
        over.now_ms = None
        return event

    def finish(self) -> list:
        """The log closes: the last `over_end` of what is still above its limit."""
        return [
            self._end(index, over) for index, over in self._over.items() if over.now_ms is not None
        ]

    def over(self) -> list:
        """Rows [probe, limit °C, highest °C, seconds above] after `finish`."""
        rows = []
        for index, over in self._over.items():
            probe = self._probes[index]
            limit_c = self._limits.row(probe["role"]).trip_c
            rows.append([probe["name"], limit_c, round(over.peak_c, 1), round(over.ms / 1000, 1)])
        return rows

    def noise(self) -> list:
        """Rows [probe, fault code or SPIKE, samples, a minute of valid time or None]."""
        rows = []
        for (index, code), count in self._counts.items():
            valid_ms = self._valid_ms[index]
            rate = round(count * 60_000 / valid_ms, 1) if valid_ms else None
            rows.append([self._probes[index]["name"], code, count, rate])
        rows.sort(key=lambda row: -row[2])
        return rows[:ROWS_MOST]
