"""The thermal envelope: what any healthy unit's board probe can read, from the heat delivered.

Two walks through the admissible band, slowest and fastest, and how far a reading can coast after
a cut. Readings outside are faults with the names `no_rise`, `stuck_on`, `anomaly`; a reading that
stands where even the slowest unit moves is `frozen`.
"""

from preheat_core.band import NOT_SEEN, SLOPE_C_S, SLOPE_SHARE, Coast, HalfMinutes, Walker, band

OUTSIDE_C = 2.0  # noise of 0.2 °C, a quarter degree of resolution, the lag of the median
SURE_MS = 1000
WARM_C = 10.0  # a heater so much over the board is not cold
# A heater that was hot before warms a colder board for as long as its own heat lasts, and no
# board's loss makes that slope die sooner. It counts while it may be hotter than the board by
# this, and by what the heat delivered since would add to the heaviest heater.
STORED_C = 20.0
HOT_C = 500.0  # so hot a heater that no probe sees may be
BOOT_C = 40.0  # where a boot finds the board warmer than this
ROSE_C = 1.5  # or it rises by this before any heat is delivered
FIRST = 5  # valid samples, of which no median is a spike
SLOPELESS_S = 6.0  # after a boot no slope is known: a late probe may be far above its board
COOLING = 3  # time constants of a coast, after which a plate's heat has come through
STEEP_C_S = 0.1  # steeper than a coast may be, with the noise of its slope
STEEP_MS = 4000
# A heater's probe sees one place of it, a little late. A plate's sits in what heats the board.
SEEN_LOW, SEEN_HIGH, SEEN_C = 0.8, 1.25, 10.0
STILL_C = 1.0  # the slowest unit moves so far while the probe's word stands
STILL_MS = 9000  # and a probe's lag later it must have shown


class Envelope:
    """The envelope of one zone. It is fed from boot on: the heater keeps its heat over runs."""

    def __init__(self, board: dict, model: "dict | None"):
        zone = board["zones"][0]
        self._slow_d, self._fast_d = band(model, zone)
        self.settle_s = self._slow_d["settle_s"]
        self._sees = zone["heater_kind"] != "plate"
        self._power_w = zone["power_w"]
        self._unknown_s = 0.0  # so long the fastest walk proves nothing
        self._samples = 0  # valid ones since the boot, before it begins
        self._slopeless_s = SLOPELESS_S
        # So hot the heater may be from before, or None: a rise without heat proves nothing then.
        self.stored_c: "float | None" = None
        self._own_c = 0.0  # what was delivered since would add to that
        self._most_c: "float | None" = None  # and all in all, in a time without heat
        self._low_c: "float | None" = None  # the coldest reading before any heat
        self._above = False
        self._slow: "Walker | None" = None
        self._fast: "Walker | None" = None
        self._coast: "Coast | None" = None
        self._halves: "HalfMinutes | None" = None
        self._off_s = 0.0
        self._outside_ms = 0
        self._steep_ms = 0
        self._still_c: "float | None" = None
        self._still_ms = 0

    def _begin(self, temp_c, heater_c) -> None:
        self._slow = Walker(self._slow_d, self._power_w, temp_c)
        self._fast = Walker(self._fast_d, self._power_w, temp_c)
        # What happened before the boot is not known: a heater that nothing sees may still glow.
        if heater_c is not None and self._sees:
            self._fast.heater_c = max(temp_c, self._bounds(temp_c, heater_c)[1])
        elif heater_c is None or heater_c > temp_c + WARM_C:
            self._low_c = BOOT_C if self._sees else None
            self._unknown_s = self.settle_s + COOLING * self._slow_d["coast_s"]

    def _bounds(self, temp_c, heater_c):
        """(least, most) of the heater by its own probe, whole °C."""
        if heater_c is None or temp_c is None or not self._sees:
            return NOT_SEEN, NOT_SEEN
        over_c = heater_c - temp_c
        least_c = temp_c + min(over_c, SEEN_LOW * over_c) - SEEN_C
        return int(least_c), int(temp_c + max(over_c, SEEN_HIGH * over_c) + SEEN_C)

    def start(self, temp_c: "float | None", slope_c_s: float) -> None:
        """A run begins: another board may lie there now, over a heater that keeps its heat."""
        self._again(temp_c, slope_c_s)

    def other_board(self, temp_c: "float | None") -> None:
        """The reading fell as if a colder board were laid on."""
        fast = self._fast
        if temp_c is not None and fast is not None and self._sees:
            if fast.heater_c > temp_c + STORED_C:
                self._store(fast.heater_c)

    def _store(self, heater_c) -> None:
        self.stored_c = self._fast.heater_c = max(heater_c, self._fast.heater_c)
        self._own_c = 0.0
        self._coast = self._halves = None

    def from_cold(self, temp_c: float) -> bool:
        """Others may have warmed what the probe reads: the slowest walk starts at a room's.

        False before the first walk has begun.
        """
        if self._slow is not None:
            self._slow.start(min(temp_c, self._slow.model.ambient_c))
        return self._slow is not None

    def _again(self, temp_c, slope_c_s) -> None:
        self._coast = self._halves = None
        self._off_s = 0.0
        self._outside_ms = 0
        self._still_c = None
        if temp_c is not None and self._slow is not None:
            ahead_c = slope_c_s * self.settle_s
            room_c = self._slow.model.ambient_c - temp_c  # no board is colder
            down_c = room_c if self._slopeless_s > 0 else max(ahead_c, room_c)
            self._slow.start(temp_c, min(0.0, down_c))
            self._fast.start(temp_c, max(0.0, ahead_c))

    def step(self, dt_ms, on_ms, temp_c, slope_c_s, heater_c, running, judged, above=False):
        """A tick: (code, detail) of a reading outside, or None.

        `temp_c` is the filtered reading, None while it is invalid; `heater_c` the heater's own,
        None without one; `judged` False where others may heat or cool the board. `above`: they
        only heat it, so it may not be colder than the unit's own heat makes it.
        """
        dt_s, on_s = dt_ms / 1000, on_ms / 1000
        if self._slow is None:
            self._samples = 0 if temp_c is None else self._samples + 1
            if self._samples < FIRST:  # the median of a single sample may be a spike
                return None
            self._begin(temp_c, heater_c)
        self._unknown_s -= dt_s
        self._slopeless_s -= dt_s
        found = None
        if temp_c is not None and above:
            found = self._outside(dt_ms, temp_c, 0.0, self._slow.reading_c - temp_c, "")
            self._above = True
        elif temp_c is not None:
            self._follow_stored(dt_s, on_s, temp_c)
            if not judged or self._above:
                self._again(temp_c, slope_c_s)
                self._above = False
            if judged:
                found = self._judge(dt_ms, temp_c, slope_c_s, running)
            self._slow.follow(temp_c)
            self._fast.follow(temp_c)
        low_c, high_c = self._bounds(temp_c, heater_c)
        self._slow.step(dt_s, on_s, low_c, high_c)
        self._fast.step(dt_s, on_s, low_c, high_c)
        if on_ms > 0:
            self._off_s = 0.0
            self._coast = self._halves = self._most_c = None
        else:
            self._off_s += dt_s
        return found

    def _follow_stored(self, dt_s, on_s, temp_c) -> None:
        """What the heater has from before: noticed, gone into the board, or outweighed."""
        if self._low_c is not None:
            if on_s > 0:
                self._low_c = None
            elif temp_c > min(self._low_c + ROSE_C, BOOT_C):
                self._low_c = None
                self._store(HOT_C)
            else:
                self._low_c = min(self._low_c, temp_c)
        if self.stored_c is None:
            return
        model = self._slow.model
        self._own_c += self._power_w * on_s / model.heater_j_k
        self.stored_c = model.heat(self.stored_c, temp_c, 0.0, dt_s)[0]
        if self.stored_c < temp_c + STORED_C + self._own_c:
            self.stored_c = self._coast = None

    def _bound_heater(self, stored_c, dt_s, temp_c, slope_c_s) -> None:
        """No heat for `settle_s`: a hotter heater would warm even the heaviest board by more.

        The fastest walk begins anew with what it may have, cooling like the slowest.
        """
        model, fast = self._slow.model, self._fast
        slope_c_s = max(0.0, slope_c_s) * SLOPE_SHARE + SLOPE_C_S
        watts = model.board_j_k * slope_c_s + max(0.0, model.loss_w(temp_c))
        most_c = self._most_c
        if most_c is None:
            most_c = max(fast.heater_c, stored_c)
        most_c = model.heat(most_c, temp_c, 0.0, dt_s)[0]
        while most_c > temp_c and model.flow_w(most_c - SEEN_C, temp_c) > watts:
            most_c -= SEEN_C
        self._most_c = fast.heater_c = most_c
        fast.start(temp_c, slope_c_s * self.settle_s)
        self.stored_c = min(stored_c, most_c)

    def _judge(self, dt_ms, temp_c, slope_c_s, running):
        if self.stored_c is not None and self._off_s >= self.settle_s:
            self._bound_heater(self.stored_c, dt_ms / 1000, temp_c, slope_c_s)
        over_c = temp_c - self._fast.reading_c if self._unknown_s <= 0 else 0.0
        on_heat = self._off_s < self.settle_s
        if self._coast is not None:
            over_c = max(over_c, temp_c - self._coast_top_c(dt_ms / 1000, temp_c))
            steep = slope_c_s > self._coast.slope_c_s + STEEP_C_S
            self._steep_ms = self._steep_ms + dt_ms if steep else 0
            if self._steep_ms >= STEEP_MS:
                return "stuck_on", f"{temp_c:.1f} C, rises by {slope_c_s:.2f} C/s without heat"
        elif self._off_s >= self.settle_s:
            self._coast = Coast(temp_c, slope_c_s)
            self._steep_ms = 0
        under_c = self._slow.reading_c - temp_c if running else 0.0
        return self._outside(dt_ms, temp_c, over_c, under_c, "anomaly" if on_heat else "stuck_on")

    def _coast_top_c(self, dt_s, temp_c):
        """How high the reading may be by now, without heat."""
        coast_s = self._slow_d["coast_s"]
        own_s = max(coast_s, self._slow.model.heater_tau_s(self.stored_c or temp_c))
        if self.stored_c is not None:
            coast_s = own_s
            self._halves = self._halves or HalfMinutes(temp_c)
        top_c = self._coast.step(dt_s, coast_s)
        if self._halves is not None:
            top_c = min(top_c, self._halves.step(dt_s, temp_c, own_s))
        return top_c

    def _outside(self, dt_ms, temp_c, over_c, under_c, code):
        if max(over_c, under_c) <= OUTSIDE_C:
            self._outside_ms = 0
            return None
        self._outside_ms += dt_ms
        if self._outside_ms < SURE_MS:
            return None
        if under_c > OUTSIDE_C:
            return "no_rise", f"{temp_c:.1f} C, {under_c:.0f} C colder than heat delivered allows"
        return code, f"{temp_c:.1f} C, {over_c:.0f} C hotter than heat delivered allows"

    def stands(self, dt_ms: int, temp_c: float, same: bool) -> bool:
        """True when a word that stands must have moved by now, even on the slowest unit."""
        if not same or self._slow is None:
            self._still_c = None
            return False
        if self._still_c is None:
            self._still_c = temp_c
            self._still_ms = 0
        model = self._slow.model
        flow_w = model.flow_w(self._slow.heater_c, self._still_c)
        self._still_c = max(self._still_c, model.warm(self._still_c, flow_w, dt_ms / 1000))
        if self._still_c - temp_c >= STILL_C:
            self._still_ms += dt_ms
        return self._still_ms >= STILL_MS
