"""The unit's own button, lamp and buzzer: what a press means now, what to show and to sound."""

from preheat_core import signals
from preheat_core.faults import WAIT


class Panel:
    """Knows nothing of pins: the kernel hands in the button and takes lamp and buzzer."""

    __slots__ = ("_button", "_tick", "_was_hot", "buzzer")

    def __init__(self):
        self.buzzer = signals.Buzzer()
        self._tick = 0
        self._button = True  # one that is stuck since the start has never been pressed
        self._was_hot = False

    def press(self, down: bool, kernel) -> bool:
        """Obey the button; True when it asks for a start of the armed profile."""
        pressed = down and not self._button
        self._button = down
        if not pressed:
            return False
        if kernel.latch.rows:
            kernel.orders.acknowledge()
        elif kernel.heating and kernel.run.state == WAIT:
            kernel.orders.proceed()
        elif kernel.driving:
            kernel.orders.stop()
        else:
            return kernel.armed is not None
        return False

    def show(self, decision, kernel) -> None:
        """Set lamp and buzzer of this tick's decision."""
        hot = not kernel.cool
        if self._was_hot and not hot and not kernel.heating:
            self.buzzer.play(signals.SAFE)
        self._was_hot = hot
        if kernel.alarms.take_sound():
            self.buzzer.play(signals.APPROACH)
        code = kernel.latch.worst
        lamp = signals.lamp(self._tick, kernel.state, code is not None, hot)
        decision.lamp = lamp or kernel.trial is not None
        decision.buzzer = self.buzzer.tick(self._tick, code, kernel.alarms.silenced)
        self._tick += 1
