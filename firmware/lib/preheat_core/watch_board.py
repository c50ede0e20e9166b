"""Judges of what no single reading shows: spread, time above liquidus, amplifiers, sealed limits.

Spread is judged only after it was below its limit once: a warm plate under a cold board, or what
heat from above left behind, withholds heat but is no fault of this run.
"""

from preheat_core.board import PROCESS_ROLES
from preheat_core.sealed import LIQUIDUS, RUN, SPREAD, TAL

# Heat is withheld first. On four virtual plants, with limits of 8 to 40 °C, that kept a part which
# only the board warms (10 J/K by 0.1 W/K) within 4.4 °C of the limit and 176 s at most at it; one
# of 3 J/K by 0.01 W/K within 8.1 °C. What goes beyond is not cured by withheld heat.
SPREAD_FAR_C = 10.0
SPREAD_FAR_MS = 5000
SPREAD_MS = 300_000
# A MAX31855 is accurate to 2 °C while the chip itself is in this range (data sheet).
CJ_MIN_C = -20.0
CJ_MAX_C = 85.0
CJ_SAMPLES = 4
RUN_SLACK_MS = 1000  # the sequencer ends a run that is too long; this only makes sure


class BoardWatch:
    """The board and its amplifiers as a whole. `tal_ms` is the run's time above liquidus."""

    __slots__ = ("_cj", "_far_ms", "_judged", "_run_ms", "_wide_ms", "tal_ms")

    def __init__(self, count: int):
        self._cj = [0] * count  # samples in a row with the amplifier out of its range
        self.arm()

    def arm(self) -> None:
        """A run begins."""
        self.tal_ms = self._run_ms = self._wide_ms = self._far_ms = 0
        self._judged = False

    def out_of_range(self) -> "int | None":
        """Index of a probe whose amplifier is too hot or too cold, None without one."""
        for index, count in enumerate(self._cj):
            if count >= CJ_SAMPLES:
                return index
        return None

    def step(self, dt_ms: int, guard, readings, now) -> "str | None":
        """Judge one tick: adds to `guard.trips`, returns why heat is withheld or None."""
        if not guard.seal.intact():
            guard.trips.append(("memory", "a limit changed by itself"))
        hot = cold = None
        for index, probe in enumerate(guard.probes):
            reading = readings[index]
            if probe["role"] != "ambient":
                self._amplifier(index, reading)
            if guard.absent[index] and reading.fault is not None:
                continue
            watch = guard.limit_watches[index]
            if probe["role"] not in PROCESS_ROLES or watch.temp_c is None:
                continue
            if hot is None or watch.temp_c > guard.limit_watches[hot].temp_c:
                hot = index
            # One that is plugged in during the run may still hang in the air.
            if not guard.absent[index]:
                if cold is None or watch.temp_c < guard.limit_watches[cold].temp_c:
                    cold = index
        if not now.running:
            return None
        index = self.out_of_range()
        if index is not None:
            detail = f"{guard.probes[index]['name']}: {readings[index].cj_c} C"
            guard.trips.append(("cold_junction", detail))
        self._run_ms += dt_ms
        if (self._run_ms - RUN_SLACK_MS) // 10 > guard.seal.values[RUN]:
            guard.trips.append(("run_timeout", "the guard's own count"))
        if hot is None or cold is None:
            return None
        self._above(dt_ms, guard, hot)
        return self._spread(dt_ms, guard, hot, cold, now.external)

    def _amplifier(self, index, reading) -> None:
        if reading.cj_c is None:
            return
        if CJ_MIN_C <= reading.cj_c <= CJ_MAX_C:
            self._cj[index] = 0
        elif reading.fault is None:
            self._cj[index] = min(CJ_SAMPLES, self._cj[index] + 1)

    def _above(self, dt_ms, guard, hot) -> None:
        if guard.limit_watches[hot].temp_c < guard.seal.number(LIQUIDUS):
            return
        self.tal_ms += dt_ms
        if self.tal_ms // 10 > guard.seal.values[TAL]:
            name = guard.probes[hot]["name"]
            guard.trips.append(("tal_long", f"{name} {self.tal_ms // 1000} s"))

    def _spread(self, dt_ms, guard, hot, cold, external) -> "str | None":
        names = guard.probes[hot]["name"], guard.probes[cold]["name"]
        hot = guard.limit_watches[hot]
        cold = guard.limit_watches[cold]
        beyond_c = hot.temp_c - cold.temp_c - guard.seal.number(SPREAD)
        if external or beyond_c < 0:
            self._judged = not external
            self._wide_ms = self._far_ms = 0
            # The spread follows the heat that is on its way, as the temperature does.
            ahead_c = (hot.slope_c_s - cold.slope_c_s) * guard.coast_s
            return "spread" if not external and beyond_c + ahead_c >= 0 else None
        self._wide_ms += dt_ms
        self._far_ms = self._far_ms + dt_ms if beyond_c >= SPREAD_FAR_C else 0
        if self._judged and (self._wide_ms >= SPREAD_MS or self._far_ms >= SPREAD_FAR_MS):
            detail = f"{names[0]} {hot.temp_c:.0f} C, {names[1]} {cold.temp_c:.0f} C"
            guard.trips.append(("spread", detail))
        return "spread"
