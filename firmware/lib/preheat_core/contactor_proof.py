"""Does the contactor open? The relay is switched on while it should be open: no heat may come.

`selftest` steps a ContactorProof every tick and obeys it: the contactor stays open, `on` goes to
the gate as this tick's permit for the whole tick, and a `verdict` ends it. First the relay rests,
so that the contactor has long been open and nothing still warms or cools. Then it is on, until
heat shows or ON_S is over. What is proven is that no heat came: the relay or the heater may be
dead too. That heat comes with the contactor closed is for whoever asks to see next.
"""

PROVEN, WELDED, UNPROVABLE = "proven", "welded", "unprovable"
TOUCH_C = 50.0
REST_MS = 20_000
MEAN_MS = 5000  # means over the first and the last of these are compared
REST_C = 0.5  # what drifts no more than this hides less than 2 C of a rise later
RISE_C = 3.0
SURE_MS = 750  # a rise, or a load, must last: three ticks
LOAD_MS = 2000  # enough where only a load-sense input looks
TICK_MOST_MS = 1500  # a later tick says that nobody judged meanwhile
# Seconds by kind of heater. At three quarters of its power the slowest shows twice RISE_C through
# a probe that lags 8 s in 5 s (quartz) and 11 s (ceramic); a probe in a hot plate of 100 W under a
# board of 600 J/K takes 63 s, and 36 s for RISE_C. test_contactor_proof.py works these out again.
ON_S = {"quartz": 12, "ceramic": 25, "plate": 60, "other": 60}


class ContactorProof:
    """One proof on a checked board; over when `verdict` is set, `detail` says what was seen."""

    contactor = False  # never closed here: this is what makes switching the relay on harmless

    def __init__(self, board: dict):
        self.on = False
        self.verdict: "str | None" = None
        self.detail = ""
        self._ms = 0  # of the rest, then of the relay on
        self._sure_ms = 0
        self._sums = ([0.0, 0.0, 0], [0.0, 0.0, 0])  # heater, board, samples: first, last
        self._from_c = None  # [heater or None, board] at the end of the rest
        zones = board["zones"]
        self._most_ms = ON_S[zones[0]["heater_kind"]] * 1000 if zones else 0
        if not zones or "contactor" not in board["pins"]:
            self._end(UNPROVABLE, "no contactor is fitted")

    def step(self, dt_ms: int, heater_c, board_c, load_seen) -> bool:
        """One tick: whether the relay is to be on now. Filtered °C, None where not valid.

        `load_seen`: the load-sense input, None where there is none.
        """
        if self.verdict is not None:
            return False
        if board_c is None or (heater_c is None and load_seen is None):
            return self._end(UNPROVABLE, "neither heater probe nor load sense, or a dead probe")
        if not 0 < dt_ms <= TICK_MOST_MS:
            return self._end(UNPROVABLE, f"a tick of {dt_ms} ms")
        self._ms += dt_ms
        if self._from_c is None:
            return self._rest(dt_ms, heater_c, board_c, load_seen)
        heater_from_c, board_from_c = self._from_c
        if (heater_c is None) != (heater_from_c is None):
            return self._end(UNPROVABLE, "the heater probe came or went")
        rise_c = board_c - board_from_c
        if heater_c is not None:
            rise_c = max(rise_c, heater_c - heater_from_c)
        self._sure_ms = self._sure_ms + dt_ms if load_seen or rise_c >= RISE_C else 0
        if self._sure_ms >= SURE_MS:
            seen = "a load was seen" if load_seen else f"{rise_c:.1f} C warmer"
            return self._end(WELDED, f"{seen} with the contactor open: it is welded or bridged")
        self.on = self._ms < self._most_ms
        if not self.on and self._sure_ms == 0:
            return self._end(PROVEN, f"no heat in {self._ms // 1000} s with the relay on")
        return self.on

    def _rest(self, dt_ms, heater_c, board_c, load_seen) -> bool:
        self._sure_ms = self._sure_ms + dt_ms if load_seen else 0
        if self._sure_ms >= SURE_MS:
            return self._end(WELDED, "a load was seen with relay off and contactor open")
        if max(board_c, heater_c or 0.0) >= TOUCH_C:
            return self._end(UNPROVABLE, "not below 50 C: wait")
        for row, wanted in zip(self._sums, (self._ms <= MEAN_MS, self._ms > REST_MS - MEAN_MS)):
            if wanted:
                row[0] += heater_c or 0.0
                row[1] += board_c
                row[2] += 1
        if self._ms < REST_MS:
            return False
        first, last = self._sums
        if not first[2] or not last[2]:
            return self._end(UNPROVABLE, "the ticks came late")
        for index in (0, 1):
            if abs(last[index] / last[2] - first[index] / first[2]) > REST_C:
                return self._end(UNPROVABLE, "the temperature still moves: wait")
        self._from_c = [None if heater_c is None else last[0] / last[2], last[1] / last[2]]
        if heater_c is None:
            self._most_ms = LOAD_MS
        self._ms = self._sure_ms = 0
        self.on = True
        return True

    def _end(self, verdict, detail) -> bool:
        self.on = False
        self.verdict = verdict
        self.detail = detail
        return False
