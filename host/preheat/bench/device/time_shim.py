"""The module `time` of a virtual unit: bench time, with MicroPython's tick wrap."""

import time as _real

from ..benchclock import TICKS_PERIOD  # noqa: TID252  not `preheat` here

_HALF = TICKS_PERIOD // 2
_UNSET_S = 1609459200  # 2021-01-01: what a clock shows that nobody has set
_bound = []  # world, pace

def bind(world, pace):
    """Join the module to its unit."""
    _bound[:] = (world, pace)


def sleep_ms(ms):
    """Sleep for ms of bench time."""
    if ms > 0:
        _bound[1].sleep_us(int(ms * 1000))


def sleep_us(us):
    """Sleep for us of bench time."""
    if us >= 1000:
        _bound[1].sleep_us(int(us))
    elif us > 0:
        _bound[0].advance(us)


def sleep(s):
    """Sleep for s seconds of bench time."""
    sleep_ms(s * 1000)


def ticks_ms():
    """Milliseconds of this boot; begins 30 s before the wrap at 2^30."""
    return _bound[0].ticks_ms()


def ticks_us():
    """Microseconds of this boot, the same period."""
    return _bound[0].ticks_us()


ticks_cpu = ticks_us


def ticks_add(ticks, delta):
    """ticks + delta in the ring."""
    return (ticks + delta) & (TICKS_PERIOD - 1)


def ticks_diff(end, start):
    """end - start in the ring, signed."""
    return ((end - start + _HALF) & (TICKS_PERIOD - 1)) - _HALF


def _epoch_us():
    world = _bound[0]
    if world.rtc_us is None:
        return _UNSET_S * 1000000 + world.now_us - world.boot_us
    return world.rtc_us + world.now_us


def time():
    """Seconds since 1970 after this unit's clock."""
    return _epoch_us() // 1000000


def time_ns():
    """The same in ns."""
    return _epoch_us() * 1000


def gmtime(seconds=None):
    """(year, month, day, hours, minutes, seconds, weekday, yearday): eight, as on boards."""
    return tuple(_real.gmtime(time() if seconds is None else seconds)[:8])


def localtime(seconds=None):
    """Boards know no time zones: the same as gmtime."""
    return gmtime(seconds)


def mktime(when):
    """Seconds since 1970 of (year, month, day, hours, minutes, seconds, …)."""
    y, mo, d, h, mi, s = when[:6]
    if mo <= 2:  # years begin in March, so the leap day comes last
        y -= 1
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * ((mo + 9) % 12) + 2) // 5 + d - 719469
    return ((days * 24 + h) * 60 + mi) * 60 + s


def __getattr__(name):
    """CPython's own modules ask for more (monotonic and others): they get the real thing."""
    return getattr(_real, name)
