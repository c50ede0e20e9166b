"""What people do after a fault: silence it, try to clear it until that is granted, start again.

Whoever starts again on a cause that is still there must be told of it again.
"""

from typing import Any

CLEAR_S = 120.0  # so long it is tried
ASK_S = 2.0  # between two tries
START_S = 3.0  # after it was granted


class Again:
    """`plan` has `ack_s` and `clear_s` after the heat's end, or is None: they do nothing."""

    def __init__(self, plan: "dict[str, float] | None", host: Any):
        self._plan = plan
        self._host = host
        self._acked = False
        self._ask_s = -1.0
        self._granted_s: float | None = None
        self.cleared = False

    def wants(self, off_s: float, codes: list[str]) -> bool:
        """Whether anything is left to be done, `off_s` seconds after the heat's end."""
        if self._plan is None or self._host.run != 0:
            return False
        if self.cleared or self._host.cleared:
            return not codes  # else it came again at once
        return bool(codes) and off_s < self._plan["clear_s"] + CLEAR_S

    def step(self, off_s: float) -> str:
        """What is done now: "wait", "cleared" (once), or "start"."""
        plan, host = self._plan, self._host
        assert plan is not None
        if self.cleared:
            self._granted_s = off_s if self._granted_s is None else self._granted_s
            return "start" if off_s >= self._granted_s + START_S else "wait"
        if not self._acked and off_s >= plan["ack_s"]:
            self._acked = True
            host.send("ack")
        if host.cleared:
            self.cleared = True
            return "cleared"
        if off_s >= max(plan["clear_s"], self._ask_s + ASK_S):
            self._ask_s = off_s
            host.send("clear")
        return "wait"
