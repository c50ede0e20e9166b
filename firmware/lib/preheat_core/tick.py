"""What goes into the kernel in a tick, besides the readings, and what comes out."""


class Decision:
    """What the hardware has to do now, and what there is to tell."""

    __slots__ = ("buzzer", "contactor", "events", "lamp", "on_ms", "permit")

    def __init__(self):
        self.permit = False  # heat may be on during this tick
        self.on_ms = 0  # for so long, from the tick's beginning
        self.contactor = False
        self.lamp = False
        self.buzzer = False
        self.events: list = []  # dicts with "ev", for the host; the run's log has them already


class Inputs:
    """The inputs of one tick besides the readings."""

    __slots__ = ("button", "interlock_ok", "load_on", "load_seen", "on_ms", "trips")

    def __init__(self):
        self.on_ms = 0  # on-time that the gate delivered since the last step
        self.interlock_ok = True
        self.button = False  # start button held down
        self.load_seen: "bool | None" = None  # None without a load-sense input
        self.load_on: "bool | None" = None  # at the end of the last tick's pulse, if it had one
        self.trips: list = []  # (code, detail) that the hardware found about itself
