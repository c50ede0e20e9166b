"""Alarms: conditions with a life, from the tick in which they come until nobody needs them.

A notice (see notices.py) comes and returns by itself. A latched fault stays until `clear`, whether
its cause is still measured or not.
"""

from preheat_core import causes, notices
from preheat_core.faults import CODES, UNPLUG, severity

PRIORITIES = ("low", "medium", "high", "urgent")
LOW, MEDIUM, HIGH, URGENT = 0, 1, 2, 3
# The others are faults: HIGH, or URGENT where a person must pull the plug.
NOTICES = {notices.INHIBIT: LOW, notices.APPROACH: MEDIUM, notices.OVERSHOOT: MEDIUM}
UNACKED, ACKED, RETURNED, NORMAL = "unacked", "acked", "returned", "normal"

RETURN_S = 5  # a notice has returned once its condition was gone for so long
PAUSE_S = 5  # one that comes and goes is told again after this, then twice this, …
PAUSE_MAX_S = 10_240
LIST_ROWS = 16  # of one answer: it must fit into a line
DETAIL_CHARS = 72


def priority(code: str) -> int:
    """LOW to URGENT of a notice or a fault code."""
    if code in NOTICES:
        return NOTICES[code]
    return URGENT if severity(code) == UNPLUG else HIGH


class Alarm:
    """One condition: `active` while it is measured, `acked` once somebody has seen it."""

    __slots__ = ("acked", "active", "at_s", "code", "detail", "probe", "seen_s", "told")

    def __init__(self, code, probe, detail, at_s):
        self.code = code
        self.probe = probe  # its index; None for what concerns no single one
        self.renew(detail, at_s)

    def renew(self, detail, at_s) -> None:
        """It is there, and nobody has seen it."""
        self.detail = detail
        self.at_s = self.seen_s = at_s
        self.active = True
        self.acked = False
        self.told = False

    @property
    def state(self) -> str:
        """UNACKED, ACKED, or RETURNED: gone again before anybody acknowledged it."""
        if self.acked:
            return ACKED
        return UNACKED if self.active or self.code not in NOTICES else RETURNED


class Alarms:
    """The alarms of one unit. `latched`: stored rows (code, detail[, acknowledged])."""

    __slots__ = ("_changes", "_ms", "_now_s", "_pauses", "_sound", "rows")

    def __init__(self, latched=()):
        self.rows = []
        self._changes = []
        self._now_s = 0  # counted in seconds: milliseconds would outgrow a small integer
        self._ms = 0
        self._pauses = {}  # (code, probe): [not told again before, the pause after that]
        self._sound = False
        for row in latched:
            if row[0] in CODES:
                self.latch(row[0], str(row[1]))
                self.rows[-1].acked = len(row) > 2 and row[2] is True
        self._changes = []  # that was before the restart

    def step(self, dt_ms: int, kernel) -> list:
        """Judge one tick; returns the events worth a place in the log."""
        self._ms += dt_ms
        self._now_s += self._ms // 1000
        self._ms %= 1000
        told = []
        for code, probe, detail, event in notices.here(kernel, self._active):
            if self._notice(code, probe, detail) and event is not None:
                told.append(event)
        present = {}
        if kernel.latch.rows:
            present = causes.present(kernel)
            for code, detail in kernel.latch.rows:
                if self._find(code, None) is None:  # latched while something else failed
                    self.latch(code, detail)
        for alarm in list(self.rows):
            if alarm.code not in NOTICES:
                self._fault(alarm, present.get(alarm.code))
            elif alarm.active and self._now_s - alarm.seen_s >= RETURN_S:
                alarm.active = False
                self._changed(alarm)
        return told

    def _fault(self, alarm, still) -> None:
        """Whether its cause is measured now; one that returns once acknowledged is news."""
        alarm.active = still is not None
        if still is None:
            return
        if alarm.acked and self._now_s - alarm.seen_s >= RETURN_S:
            alarm.renew(still, self._now_s)
            self._tell(alarm)
        alarm.seen_s = self._now_s

    def _notice(self, code, probe, detail) -> bool:
        """The condition of a notice is there; True when it is to be told now."""
        found = self._find(code, probe)
        if found is None:
            found = Alarm(code, probe, detail, self._now_s)
            self.rows.append(found)
        elif not found.active or (code == notices.INHIBIT and found.detail != detail):
            found.renew(detail, self._now_s)
        found.seen_s = self._now_s
        if found.told:
            return False
        key = (code, probe)
        pause = self._pauses.get(key)
        if pause is None:
            pause = self._pauses[key] = [0, PAUSE_S]
        elif self._now_s < pause[0]:
            return False
        else:
            # A flickering probe in a bake of two days must not fill the run's log.
            pause[1] = min(2 * pause[1], PAUSE_MAX_S)
        pause[0] = self._now_s + pause[1]
        self._tell(found)
        return True

    def _tell(self, alarm) -> None:
        alarm.told = True
        self._sound = self._sound or priority(alarm.code) == MEDIUM
        self._changed(alarm)

    def _changed(self, alarm, over=False) -> None:
        """Something about it is news; a notice that has returned and is acknowledged goes."""
        state = alarm.state
        if over or (alarm.acked and not alarm.active and alarm.code in NOTICES):
            state = NORMAL
            self.rows.remove(alarm)
        if alarm.told:
            prio = PRIORITIES[priority(alarm.code)]
            self._changes.append({"ev": "alarm", "code": alarm.code, "state": state, "prio": prio})

    def _find(self, code, probe):
        for alarm in self.rows:
            if alarm.code == code and alarm.probe == probe:
                return alarm
        return None

    def _active(self, code, probe) -> bool:
        found = self._find(code, probe)
        return found is not None and found.active

    def latch(self, code: str, detail: str) -> None:
        """A fault was latched: a new alarm, which sounds again."""
        self.rows.append(Alarm(code, None, detail, self._now_s))
        self._tell(self.rows[-1])

    def age_s(self, code: str) -> int:
        """Seconds since a latched fault came, or since the start; 0 if there is none."""
        found = self._find(code, None)
        return 0 if found is None else self._now_s - found.at_s

    def reset(self) -> None:
        """A run begins: every notice is news again."""
        self._pauses = {}
        self._drop(True)

    def clear(self) -> None:
        """The latch was cleared."""
        self._drop(False)

    def _drop(self, notice) -> None:
        for alarm in list(self.rows):
            if (alarm.code in NOTICES) == notice:
                self._changed(alarm, True)

    def acknowledge(self) -> list:
        """Silence all that nobody has acknowledged; their codes, the worst first."""
        found = [alarm for alarm in self._ranked() if not alarm.acked]
        for alarm in found:
            alarm.acked = True
            self._changed(alarm)
        return [alarm.code for alarm in found]

    @property
    def silenced(self) -> bool:
        """Every latched fault is acknowledged."""
        return all(alarm.acked or alarm.code in NOTICES for alarm in self.rows)

    @property
    def unacked(self) -> "str | None":
        """The worst code that nobody has acknowledged, the first of equals."""
        for alarm in self._ranked():
            if not alarm.acked:
                return alarm.code
        return None

    def take_sound(self) -> bool:
        """True once after a warning of medium priority came up."""
        sound = self._sound
        self._sound = False
        return sound

    def take(self) -> list:
        """The `alarm` events since the last call: for the host, not for the log."""
        changes = self._changes
        self._changes = []
        return changes

    def listing(self) -> list:
        """Rows [code, priority, state, seconds, detail, active], the worst first."""
        return [
            [
                alarm.code,
                PRIORITIES[priority(alarm.code)],
                alarm.state,
                self._now_s - alarm.at_s,
                alarm.detail[:DETAIL_CHARS],
                alarm.active,
            ]
            for alarm in self._ranked()[:LIST_ROWS]
        ]

    def stored(self, rows) -> list:
        """The latched rows (code, detail) as they outlive a reset: with a third, acknowledged."""
        acked = [alarm.code for alarm in self.rows if alarm.acked]
        return [[code, detail, code in acked] for code, detail in rows]

    def _ranked(self):
        # No sort: MicroPython's does not keep the order of equals.
        return [
            alarm
            for rank in (URGENT, HIGH, MEDIUM, LOW)
            for alarm in self.rows
            if priority(alarm.code) == rank
        ]
