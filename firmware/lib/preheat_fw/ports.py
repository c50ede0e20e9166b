"""The unit's other pins, where fitted: lamp, buzzer, fan, interlock, start button, load sense."""


class Ports:
    """Optional pins by their names in the board file; each is a callable pin or None.

    Outputs are active-high. The interlock is normally closed to ground (low is safe), the start
    button pulls to ground, load sense is high while current flows.
    """

    def __init__(self, pins: dict):
        self._lamp = pins.get("lamp")
        self._buzzer = pins.get("buzzer")
        self._fan = pins.get("fan")
        self._interlock = pins.get("interlock")
        self._button = pins.get("start_button")
        self._load_sense = pins.get("load_sense")
        self._button_was = False

    def show(self, lamp: bool, buzzer: bool, fan: bool) -> None:
        """Write the outputs."""
        for pin, on in ((self._lamp, lamp), (self._buzzer, buzzer), (self._fan, fan)):
            if pin is not None:
                pin(1 if on else 0)

    def read(self, inputs) -> None:
        """Fill a kernel.Inputs; a button counts once it was down in two ticks running."""
        inputs.interlock_ok = self._interlock is None or self._interlock() == 0
        inputs.load_seen = self.load()
        down = self._button is not None and self._button() == 0
        inputs.button = down and self._button_was
        self._button_was = down

    def load(self) -> "bool | None":
        """Whether current flows now; None without a load-sense input."""
        return None if self._load_sense is None else self._load_sense() == 1
