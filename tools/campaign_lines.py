"""The time line of one case of the campaign: what the unit says, the plant every five seconds."""

from collections.abc import Callable
from typing import Any

EVERY_S = 5.0


class Lines:
    """`tell` takes the lines; without one nothing is made up."""

    def __init__(self, play: Any, tell: "Callable[[str], None] | None"):
        self._play = play
        self._tell = tell
        self._told_s = -99.0
        self._bad = 0

    def say(self, words: str) -> None:
        """One line with the time before it."""
        if self._tell is not None:
            self._tell(f"{self._play.now_s:8.2f}  {words}")

    def tick(self) -> None:
        """One tick has passed."""
        play = self._play
        said, play.host.said = play.host.said, []
        if self._tell is None:
            return
        for words in said:
            self.say(words)
        wrong = play.judge.unsafe + play.judge.false
        news = len(wrong) > self._bad
        self._bad = len(wrong)
        if news or play.now_s >= self._told_s + EVERY_S:
            self._told_s = play.now_s
            self.say(self._state())
        if news:
            for words in play.judge.unsafe[-1:] + play.judge.false[-1:]:
                self.say(f"!! {words}")

    def _state(self) -> str:
        play = self._play
        world, kernel, run = play.unit.world, play.unit.kernel, play.unit.kernel.run
        read_c, valid = kernel.guard.control()
        asked = f"{run.sequencer.setpoint.setpoint_c:6.1f}" if kernel.heating else "     -"
        faults = [t.kind for t in play.judge.trackers if t.active]
        since = [f"{t.kind} reach {t.reach:.2f} hard {t.hard:.2f}"
                 for t in play.judge.trackers if t.since_s is not None and not t.done]
        return (f"{kernel.state:5} set {asked}  true {world.plant.board_c():6.1f}  read "
                f"{-99 if read_c is None else read_c:6.1f}{'' if valid else '!'}  heater "
                f"{world.plant.heater_c():6.1f}  duty {play.sight.duty:4.2f}  heat "
                f"{play.sight.heat_s:4.2f}  {' '.join(faults)} {'; '.join(since)}")
