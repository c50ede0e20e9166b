"""Does the contactor open? The relay is switched on while it should be open: no heat may come.

The kernel asks a trial every tick whether it goes on, and obeys it: the contactor as `contactor`
says, `on` is this tick's permit for the whole tick, and a `verdict` ends it.

In a proof the relay rests first, so that the contactor has long been open and nothing still warms
or cools. Then it is on, until heat shows or ON_S is over. What is proven is that no heat came: the
relay or the heater may be dead too. That heat comes with the contactor closed is for whoever asks
to see next.
"""

from preheat_core.run import LINK_LOST_MS
from preheat_core.watch_time import LATE_MS

PROVEN, WELDED, UNPROVABLE, DONE = "proven", "welded", "unprovable", "done"
MOVES = "the temperature still moves: wait"  # the host tries again then
CLICK_MS = 1000
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


class Trial:
    """What selftest tries on a unit without a run; over when `verdict` is set."""

    what = ""
    contactor = False

    def __init__(self):
        self.on = False
        self.verdict: "str | None" = None
        self.detail = ""  # what was seen
        self.silent_ms = 0  # since the host's last heartbeat
        self._begun = False
        self._ms = 0

    def goes_on(self, kernel, dt_ms: int) -> bool:
        """One tick of a kernel without run and fault; False as soon as one of its terms is broken.

        The first tick may be late: the order came in it, with the reading of this file.
        """
        guard = kernel.guard
        took_ms = kernel.took_ms
        self.silent_ms += dt_ms
        temp_c, valid = guard.control()
        if not kernel.interlock_ok:
            self.end(UNPROVABLE, "the interlock opened")
        elif guard.inhibit is not None:
            self.end(UNPROVABLE, "withheld: " + guard.inhibit)
        elif not (guard.valid() if self.on else kernel.cool):
            self.end(UNPROVABLE, "a probe is dead, or not below 50 C")
        elif self._begun and not 0 < took_ms <= LATE_MS:
            self.end(UNPROVABLE, f"a tick took {took_ms} ms")
        elif self.silent_ms >= LINK_LOST_MS:
            self.end(UNPROVABLE, "10 s without a heartbeat")
        elif self.verdict is None:
            self._begun = True
            self.step(dt_ms, guard.heater(), temp_c if valid else None, kernel.load_seen)
        return self.verdict is None

    def step(self, dt_ms: int, heater_c, board_c, load_seen) -> bool:
        """One tick: whether the relay is to be on now."""
        raise NotImplementedError

    def end(self, verdict: str, detail: str) -> bool:
        """Over, with the relay off; False, for whoever asks whether it is on."""
        self.on = False
        self.verdict = verdict
        self.detail = detail
        return False


class Click(Trial):
    """The contactor closes for a second, to be heard and read back; the relay stays off."""

    what = "contactor"
    contactor = True

    def step(self, dt_ms: int, heater_c, board_c, load_seen) -> bool:
        """One tick: always False."""
        self._ms += dt_ms
        if self._ms > CLICK_MS:
            self.end(DONE, "it was closed for a second")
        return False


class ContactorProof(Trial):
    """One proof on a checked board."""

    what = "proof"
    contactor = False  # never closed here: this is what makes switching the relay on harmless

    def __init__(self, board: dict):
        Trial.__init__(self)  # _ms: of the rest, then of the relay on
        self._sure_ms = 0
        self._sums = ([0.0, 0.0, 0], [0.0, 0.0, 0])  # heater, board, samples: first, last
        self._from_c = None  # [heater or None, board] at the end of the rest
        zones = board["zones"]
        self._most_ms = ON_S[zones[0]["heater_kind"]] * 1000 if zones else 0
        if not zones or "contactor" not in board["pins"]:
            self.end(UNPROVABLE, "no contactor is fitted")

    def step(self, dt_ms: int, heater_c, board_c, load_seen) -> bool:
        """One tick: whether the relay is to be on now. Filtered °C, None where not valid.

        `load_seen`: the load-sense input, None where there is none.
        """
        if self.verdict is not None:
            return False
        if board_c is None or (heater_c is None and load_seen is None):
            return self.end(UNPROVABLE, "neither heater probe nor load sense, or a dead probe")
        if not 0 < dt_ms <= TICK_MOST_MS:
            return self.end(UNPROVABLE, f"a tick of {dt_ms} ms")
        self._ms += dt_ms
        if self._from_c is None:
            return self._rest(dt_ms, heater_c, board_c, load_seen)
        heater_from_c, board_from_c = self._from_c
        if (heater_c is None) != (heater_from_c is None):
            return self.end(UNPROVABLE, "the heater probe came or went")
        rise_c = board_c - board_from_c
        if heater_c is not None:
            rise_c = max(rise_c, heater_c - heater_from_c)
        self._sure_ms = self._sure_ms + dt_ms if load_seen or rise_c >= RISE_C else 0
        if self._sure_ms >= SURE_MS:
            seen = "a load was seen" if load_seen else f"{rise_c:.1f} C warmer"
            return self.end(WELDED, f"{seen} with the contactor open: it is welded or bridged")
        self.on = self._ms < self._most_ms
        if not self.on and self._sure_ms == 0:
            return self.end(PROVEN, f"no heat in {self._ms // 1000} s with the relay on")
        return self.on

    def _rest(self, dt_ms, heater_c, board_c, load_seen) -> bool:
        self._sure_ms = self._sure_ms + dt_ms if load_seen else 0
        if self._sure_ms >= SURE_MS:
            return self.end(WELDED, "a load was seen with relay off and contactor open")
        if max(board_c, heater_c or 0.0) >= TOUCH_C:
            return self.end(UNPROVABLE, "not below 50 C: wait")
        for row, wanted in zip(self._sums, (self._ms <= MEAN_MS, self._ms > REST_MS - MEAN_MS)):
            if wanted:
                row[0] += heater_c or 0.0
                row[1] += board_c
                row[2] += 1
        if self._ms < REST_MS:
            return False
        first, last = self._sums
        if not first[2] or not last[2]:
            return self.end(UNPROVABLE, "the ticks came late")
        for index in (0, 1):
            if abs(last[index] / last[2] - first[index] / first[2]) > REST_C:
                return self.end(UNPROVABLE, MOVES)
        self._from_c = [None if heater_c is None else last[0] / last[2], last[1] / last[2]]
        if heater_c is None:
            self._most_ms = LOAD_MS
        self._ms = self._sure_ms = 0
        self.on = True
        return True
