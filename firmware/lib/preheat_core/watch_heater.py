"""Judge of a heater that has a probe of its own: does it take the heat that was delivered?

What a heater loses is its power less what warms it: `lost = share - j_k_w * slope`, as a share of
the rated power. It follows from temperatures, which change slowly; so it cannot change quickly.
Where it seems to drop, more heat arrives than was switched on; where it seems to rise, less does.
That alone is only a suspicion (another tube, a stronger mains, a tune that is not this unit's):
heat is withheld for some seconds. A heater that then does not cool is fed by a relay that is stuck
on; one to which it makes no difference is dead.
"""

WINDOW = 16  # ticks of one slope: a multiple of the usual pulse windows
DELAY = 8  # ticks that the probe and the median are late, about
ENDS = 3  # samples averaged at each end of the window
SPAN_S = (WINDOW - ENDS) * 0.25
LATE_MS = 600  # a gap in time: the window is void

REF_S = 8.0  # the reference follows this slowly, and not while it is far off
REF_NEAR = 0.15
REF_HELD_S = 25.0  # a change that stays this long without being a fault is the new state
SLOW_REF_S = 20.0  # for what is missing: a slow heater shows it slowly
SLOW_NEAR = 0.3  # of the heat delivered
WARMING = 0.02  # of the rated power goes into the heater

DROP = 0.25  # a suspicion: so much of the rated power too little is lost
EXCESS = 0.1  # the same: so much more goes into it than was switched on
DROP_MS = 1250
DUTY_MOST = 0.6  # above it a stuck relay adds little
TEST_MS = 10_000  # heat is withheld so long at most
LONG_TEST_MS = 45_000  # or this long, where others heat and it rises all the same
CALM_MS = 30_000  # after a test that the relay passed
OFF_MS = 8000  # the window and the probe's lag have passed: the slope is that without heat
SETTLED_MS = 4000  # most of the probe's lag has passed
SEEN_S = 4.0  # and what it does from then on is seen
STUCK_MS = 1000
RISE_C, RISE_EXTERNAL_C = 2.0, 25.0
AIR_C = 500.0  # no hot air for rework is hotter: above it nothing from above warms a heater
RISING = 0.04  # of the rated power goes into the heater although none is switched on
HELD = 0.2  # or it cools by less than this share of what it lost before
LOST_LEAST, LOST_MOST = 0.25, 0.8
HOT_C = 100.0
CUT_S = 36.0  # so long the heater is still known to be hot

DEAD_DUTY = 0.2
DEAD_MS = 8000
DEAD_LOW_DUTY = 0.08
COLD_DUTY = 0.04
DEAD_LOW_MS = 60_000
DEAD_SHARE = 0.4  # so much of the delivered heat does not show
FALL_C = 1.5  # and it cools
ANSWER_SHARE = 0.3  # a dead heater cools no faster when this share of its duty is withheld
COLD_C = 60.0  # below it a heater loses next to nothing: it must rise
COLD_S = 25.0
COLD_SHARE = 0.15  # a dead heater shows less than this of the rise that the slowest one does


class HeaterWatch:
    """One heater. `inhibit` says that heat must be withheld to find out about the relay."""

    def __init__(self, j_k_w, most_j_k_w):
        """`j_k_w`: see band.heater_j_k_w; `most_j_k_w`: its most without a tune."""
        self._low, self._high = j_k_w
        self._most = most_j_k_w  # a trip for cooling too little must not hang on a tune
        self._middle = (self._low * self._high) ** 0.5
        self._temps_c = [0.0] * WINDOW
        self._shares = [0] * (WINDOW + DELAY)  # per mille
        self.start()

    def start(self) -> None:
        """A run begins, or what others did is over: nothing is known of the loss."""
        self._count = self._at = self._share_at = 0
        self._ref: "float | None" = None
        self._held_s = 0.0
        self._slow_ref: "float | None" = None
        self._slow_held_s = 0.0
        self._lost = 0.0  # by the heaviest heater: the least that it may lose
        self._drop_ms = self._dead_ms = self._stuck_ms = 0
        self._dead_c = None
        # (slope, duty) before heat was withheld to see what it does
        self._tested: "tuple[float, float] | None" = None
        self._test_ms = self._calm_ms = 0
        self._off_ms = 0
        self._settled_c = 0.0
        self._cold_s = self._cold_on_s = 0.0
        self._cold_c = None
        self.inhibit = False

    def step(self, dt_ms, on_ms, temp_c, running, ahead=True, external=False) -> "str | None":
        """One tick: `on_ms` of heat were delivered, the filtered probe reads `temp_c`.

        `ahead`: the setpoint is well above the board. `external`: others heat the board, and it
        shines back on the heater.
        """
        if dt_ms > LATE_MS:
            self._count = 0
        share = min(1000, 1000 * on_ms // dt_ms)
        self._off_ms = 0 if on_ms > 0 else min(self._off_ms + dt_ms, 1 << 28)
        slope_c_s = self._slope(temp_c)
        duty = self._duty(share)
        self._test_ms = max(0, self._test_ms - dt_ms)
        self._calm_ms = max(0, self._calm_ms - dt_ms)
        self.inhibit = running and self._test_ms > 0
        if not ahead:
            self._cold_c = None  # it holds what it has: nothing has to rise
        elif self._cold(dt_ms / 1000, share / 1000, temp_c) and running:
            return "no_rise"
        goes_on = slope_c_s is not None and self._low * slope_c_s > RISING
        if self._stuck(dt_ms, temp_c, external, goes_on):
            return "stuck_on"
        if slope_c_s is None:
            return None
        lost = duty - self._middle * slope_c_s
        ref = self._follow(dt_ms / 1000, lost)
        rising = self._middle * slope_c_s > WARMING
        slow_ref = self._follow_slowly(dt_ms / 1000, lost, duty, rising)
        # Where it seems to lose less than just before, a stuck relay may feed it: that is no loss.
        known = lost - slow_ref <= SLOW_NEAR * duty and ref - lost <= REF_NEAR
        if self._off_ms == 0 and known:
            least = min(LOST_MOST, max(0.0, duty - self._most * slope_c_s))
            self._lost += (least - self._lost) * min(1.0, dt_ms / 1000 / REF_S)
        if not running:
            return None
        self._doubt(dt_ms, duty, ref - lost, self._low * slope_c_s - duty)
        dead = self._dead(dt_ms, duty, lost, slow_ref, slope_c_s, temp_c)
        return "no_rise" if dead else None

    def _slope(self, temp_c) -> "float | None":
        temps_c = self._temps_c
        temps_c[self._at] = temp_c
        self._at = (self._at + 1) % WINDOW
        if self._count < WINDOW:
            self._count += 1
            return None
        rise_c = 0.0
        for i in range(ENDS):
            rise_c += temps_c[self._at - 1 - i] - temps_c[(self._at + i) % WINDOW]
        return rise_c / ENDS / SPAN_S

    def _duty(self, share) -> float:
        shares = self._shares
        shares[self._share_at] = share
        self._share_at = (self._share_at + 1) % len(shares)
        total = 0
        for i in range(WINDOW):
            total += shares[(self._share_at + i) % len(shares)]
        return total / WINDOW / 1000

    def _follow(self, dt_s, lost) -> float:
        """The reference before this tick; it moves on."""
        ref = self._ref
        if ref is None:
            self._ref = lost
            return lost
        if abs(lost - ref) <= REF_NEAR:
            self._held_s = 0.0
            self._ref = ref + (lost - ref) * min(1.0, dt_s / REF_S)
            return ref
        self._held_s += dt_s
        if self._held_s >= REF_HELD_S:
            self._held_s = 0.0
            self._ref = lost
        return ref

    def _follow_slowly(self, dt_s, lost, duty, rising) -> float:
        """The reference for what is missing: a heater that warms up loses more by nature."""
        ref = self._slow_ref
        more = 0.0 if ref is None else lost - ref
        if ref is None:
            self._slow_ref = ref = lost
        elif rising or more <= SLOW_NEAR * duty:
            self._slow_held_s = 0.0
            over_s = REF_S if rising or more < 0 else SLOW_REF_S
            self._slow_ref = ref + more * min(1.0, dt_s / over_s)
        else:
            self._slow_held_s += dt_s
            held_s = REF_HELD_S if duty >= DEAD_DUTY else REF_HELD_S + DEAD_LOW_MS / 1000
            if self._slow_held_s >= held_s:
                self._slow_held_s = 0.0
                self._slow_ref = lost
        return ref

    def _doubt(self, dt_ms, duty, drop, excess) -> None:
        calm = drop < DROP and excess < EXCESS  # the second needs no past: stuck from the start
        if duty > DUTY_MOST or calm or self._calm_ms > 0:
            self._drop_ms = 0
            return
        self._drop_ms += dt_ms
        if self._drop_ms >= DROP_MS:
            self._drop_ms = 0
            self._test_ms = TEST_MS
            self._calm_ms = TEST_MS + CALM_MS

    def _stuck(self, dt_ms, temp_c, external, goes_on) -> bool:
        """Without heat for a while, it rises, or does not cool as it did before."""
        if self._off_ms < SETTLED_MS:
            self._stuck_ms = 0
            self._settled_c = temp_c
            return False
        seconds = (self._off_ms - SETTLED_MS) / 1000
        if seconds < SEEN_S:
            return False
        rise_c = temp_c - self._settled_c
        rises = rise_c >= RISE_C and self._low * rise_c > RISING * seconds
        if external and rise_c < RISE_EXTERNAL_C and self._settled_c < AIR_C:
            if goes_on and self._test_ms > 0 and self._off_ms < LONG_TEST_MS:
                self._test_ms += dt_ms  # heat from above may do that: look on without ours
            rises = False
        hot = self._settled_c >= HOT_C and seconds <= CUT_S and self._tested is None
        held = hot and self._lost >= LOST_LEAST
        held = held and -rise_c * self._most < HELD * self._lost * seconds
        self._stuck_ms = self._stuck_ms + dt_ms if rises or held else 0
        return self._stuck_ms >= STUCK_MS

    def _dead(self, dt_ms, duty, lost, ref, slope_c_s, temp_c) -> bool:
        if self._tested is not None:
            return self._answered(slope_c_s)
        missing = lost - ref >= DEAD_SHARE * duty and duty >= DEAD_SHARE * ref
        if duty < DEAD_LOW_DUTY or not missing:
            self._dead_ms = 0
            self._dead_c = temp_c
            return False
        if temp_c > self._dead_c + 1.0:  # it answers, if late
            self._dead_ms = 0
            self._dead_c = temp_c
        self._dead_ms += dt_ms
        due = self._dead_ms >= (DEAD_MS if duty >= DEAD_DUTY else DEAD_LOW_MS)
        if due and self._dead_c - temp_c >= FALL_C and self._calm_ms == 0:
            self._dead_ms = 0
            self._tested = slope_c_s, duty
            self._test_ms = TEST_MS
            self._calm_ms = TEST_MS + CALM_MS
        return False

    def _answered(self, slope_c_s) -> bool:
        """True when withheld heat made no difference: there was none."""
        before_c_s, share = self._tested or (0.0, 0.0)
        if self._off_ms < OFF_MS and self._test_ms > 0:
            return False
        self._tested = None
        self._test_ms = 0
        self._ref = self._slow_ref = None
        less_c_s = before_c_s - slope_c_s
        return self._off_ms >= OFF_MS and self._high * less_c_s < ANSWER_SHARE * share

    def _cold(self, dt_s, share, temp_c) -> bool:
        """A cold heater that is fed and does not rise."""
        if self._cold_c is None or temp_c > COLD_C:
            self._cold_c = temp_c
            self._cold_s = self._cold_on_s = 0.0
        if temp_c > COLD_C:
            return False
        self._cold_c = min(self._cold_c, temp_c)  # it may still have been cooling
        self._cold_s += dt_s
        self._cold_on_s += share * dt_s
        if self._cold_s < COLD_S:
            return False
        expected_c = COLD_SHARE * self._cold_on_s / self._high
        dead = self._cold_on_s >= COLD_DUTY * self._cold_s and expected_c >= 1.0
        dead = dead and temp_c - self._cold_c < expected_c
        if not dead and expected_c >= 1.0 or self._cold_on_s == 0.0:
            self._cold_c = temp_c
            self._cold_s = self._cold_on_s = 0.0
        return dead
