"""What a reset of the unit must not lose: the faults of a tick that did not live to show them."""

from typing import Any

SAVED_S = 0.6  # a latch may be lost with a supply that goes so soon after it


class Resets:
    """Looks at a campaign_play.Play before and after each reset of its unit."""

    def __init__(self, play: Any):
        self._play = play
        self._at_s = 0.0
        self._cause = ""

    def hits(self) -> None:
        """An exception that was raised began its fault, whether or not a tick came after it."""
        play = self._play
        for bend, tracker in zip(play.bends, play.judge.trackers):
            if bend is not None and bend.row["kind"] == "raise" and bend.hit:
                tracker.begin(play.sight)

    def unbend(self) -> None:
        """What was bent in the firmware ends with its boot."""
        for bend in self._play.bends:
            if bend is not None and bend.state == "active":
                bend.end()

    def before(self, cause: str) -> list[str]:
        """The unit is about to start again; what is latched in the memory that it loses."""
        play = self._play
        self._cause, self._at_s = cause, play.now_s
        self.hits()
        self.unbend()
        if play.unit.app is None:
            return play.codes
        codes = list(play.unit.kernel.latch.codes)
        play.judge.details = dict(play.unit.kernel.latch.rows)
        play.judge.reset(play.sight, codes)
        return codes

    def after(self, was: list[str], now: list[str], ordered: bool) -> None:
        """It has started again, and `now` is latched; `ordered`: by whom plays it."""
        judge = self._play.judge
        lost = [code for code in was if code not in now and code != "config"]
        if lost and judge.latched_s is not None and judge.latched_s < self._at_s - SAVED_S:
            judge.unsafe.append(f"{', '.join(lost)} lost over the reset at {self._at_s:.1f} s")
        if ordered or self._cause == "power":
            return
        for tracker in judge.trackers:
            kept = tracker.codes is not None and any(code in tracker.codes for code in now)
            if tracker.kind != "raise" or tracker.done or kept:
                continue
            if tracker.began_s is not None:
                judge.unsafe.append(f"an exception at {tracker.began_s:.1f} s, a reset at "
                                    f"{self._at_s:.1f} s, and nothing latched")
