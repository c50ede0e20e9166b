"""The unit's other pins, where fitted: lamp, buzzer, fan, interlock, start button, load sense."""

OUTPUTS = ("lamp", "buzzer", "fan")
TRY_TICKS = 5  # the one that is running, and a second


class Ports:
    """Optional pins by their names in the board file; each is a callable pin or None.

    Outputs are active-high. The interlock is normally closed to ground (low is safe), the start
    button pulls to ground, load sense is high while current flows.
    """

    def __init__(self, pins: dict):
        self._outputs = [pins.get(name) for name in OUTPUTS]
        self._tried = None  # the output that is on to be seen, for so many ticks
        self._tries = 0
        self._interlock = pins.get("interlock")
        self._button = pins.get("start_button")
        self._load_sense = pins.get("load_sense")
        self._button_was = False

    def show(self, lamp: bool, buzzer: bool, fan: bool) -> None:
        """Write the outputs."""
        self._tries = max(0, self._tries - 1)
        for pin, on in zip(self._outputs, (lamp, buzzer, fan)):
            if pin is not None:
                pin(1 if on or (self._tries > 0 and pin is self._tried) else 0)

    def try_output(self, name: str) -> "bool | None":
        """Lamp, buzzer or fan on for a second; whether its pad obeys, None where not fitted."""
        pin = self._outputs[OUTPUTS.index(name)]
        if pin is None:
            return None
        pin(0)
        low = pin()
        pin(1)
        self._tried = pin
        self._tries = TRY_TICKS
        return low == 0 and pin() == 1

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
