"""The module `machine` of a virtual unit: the part of its interface that firmware may use."""

try:
    from typing import Any
except ImportError:  # MicroPython: the names below are never looked up there
    pass

from ..benchclock import Timer as _BenchTimer  # noqa: TID252  not `preheat` here

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
# As on RP2, the harder case: machine.reset() looks like a bite of the watchdog.
_CAUSES = {
    "power": PWRON_RESET, "reset": WDT_RESET, "watchdog": WDT_RESET, "soft": SOFT_RESET,
}


class _Bound:
    """The unit that this module belongs to; `bind` fills it in."""

    child: "Any" = None
    world: "Any" = None
    uid = b""
    hz = 125000000


_unit = _Bound()


def bind(child, uid):
    """Join the module to its unit: a device.child.Child, and the unique id as bytes."""
    _unit.child = child
    _unit.world = child.world
    _unit.uid = uid


class Pin:
    """A GPIO; the world knows what is soldered to it."""

    IN, OUT, OPEN_DRAIN = 0, 1, 2
    PULL_UP, PULL_DOWN = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, id, mode=-1, pull=-1, value=None, drive=0, alt=-1):
        self.id = int(id)
        self._world = _unit.world
        self.init(mode, pull, value)

    def init(self, mode=-1, pull=-1, value=None, drive=0, alt=-1):
        """Set it up; an output takes `value` at once."""
        if mode in (Pin.OUT, Pin.OPEN_DRAIN) and value is not None:
            self._world.set_pin(self.id, value)

    def value(self, level=None):
        """Read it, or drive it."""
        if level is None:
            return self._world.get_pin(self.id)
        return self._world.set_pin(self.id, level)

    __call__ = value

    def on(self):
        """Drive it high."""
        self._world.set_pin(self.id, 1)

    def off(self):
        """Drive it low."""
        self._world.set_pin(self.id, 0)

    high = on
    low = off

    def toggle(self):
        """Drive it to the other level."""
        self._world.set_pin(self.id, 1 - self._world.get_pin(self.id))


class SPI:
    """The bus of the amplifiers: answers with the word of the chip whose select is low."""

    MSB, LSB = 0, 1

    def __init__(self, id=-1, baudrate=1000000, polarity=0, phase=0, bits=8, firstbit=0, **pins):
        self.baudrate = baudrate

    def init(self, **settings):
        """Change settings; only the baud rate matters here."""
        self.baudrate = settings.get("baudrate", self.baudrate)

    def deinit(self):
        """Nothing to give back."""

    def readinto(self, buf, write=0):
        """Fill buf with the chip's 32 bits, first bit first; zeros after them."""
        world = _unit.world
        word = world.bus_word()
        for i in range(len(buf)):
            buf[i] = (word >> (24 - 8 * i)) & 0xFF if i < 4 else 0
        world.advance(len(buf) * 8000000 // self.baudrate)

    def read(self, nbytes, write=0):
        """The same as new bytes."""
        buf = bytearray(nbytes)
        self.readinto(buf)
        return bytes(buf)

    def write(self, buf):
        """The chips have no input."""

    def write_readinto(self, write_buf, read_buf):
        """Full duplex: the chips do not listen."""
        self.readinto(read_buf)


SoftSPI = SPI


class Timer:
    """A hardware timer in bench time; its callback runs inside whatever sleeps."""

    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id=-1, **settings):
        self._timer = _BenchTimer(self)
        if settings:
            self.init(**settings)

    def init(self, mode=PERIODIC, freq=-1, period=-1, callback=None, hard=False):
        """Start it: a period in ms, or a frequency in Hz."""
        delay_us = 1000000 / freq if freq > 0 else period * 1000
        if callback is None:
            raise ValueError("the virtual timer needs a callback")
        _unit.world.start_timer(self._timer, delay_us, callback, mode == Timer.PERIODIC)

    def deinit(self):
        """Stop it."""
        _unit.world.stop_timer(self._timer)


class WDT:
    """The watchdog, in bench time."""

    def __init__(self, id=0, timeout=5000):
        _unit.world.start_watchdog(timeout)

    def feed(self):
        """Put the bite off."""
        _unit.world.feed()


class RTC:
    """The clock: unset after a power cut, kept over every other reset."""

    def __init__(self, id=0):
        pass

    def datetime(self, now=None):
        """(year, month, day, weekday, hours, minutes, seconds, subseconds): set or get."""
        from . import time_shim

        if now is None:
            y, mo, d, h, mi, s, wd, _ = time_shim.gmtime()
            return (y, mo, d, wd, h, mi, s, 0)
        y, mo, d, _, h, mi, s = now[:7]
        seconds = time_shim.mktime((y, mo, d, h, mi, s, 0, 0))
        _unit.world.rtc_us = seconds * 1000000 - _unit.world.now_us
        return None

    init = datetime

    def memory(self, data=None):
        """Bytes that survive every reset but a power cut (ESP32)."""
        if data is None:
            return _unit.child.rtc_memory
        _unit.child.rtc_memory = bytes(data)
        return None


def reset():
    """Reset the microcontroller; does not return."""
    _unit.world.reset("reset")


def soft_reset():
    """Restart the interpreter; here a fresh process too."""
    _unit.world.reset("soft")


def reset_cause():
    """Why this boot began."""
    return _CAUSES[_unit.child.cause]


def unique_id():
    """Eight bytes, the same for the same flash image."""
    return _unit.uid


def freq(hz=None):
    """Get or set the CPU clock; it changes nothing here."""
    if hz is None:
        return _unit.hz
    _unit.hz = hz
    return None


def disable_irq():
    """No interrupt comes between here."""
    return 0


def enable_irq(state=0):
    """Counterpart of disable_irq."""


def idle():
    """Wait for the next interrupt."""
    _unit.world.advance(1000)


def lightsleep(ms=0):
    """Sleep."""
    _unit.child.pace.sleep_us(ms * 1000)
