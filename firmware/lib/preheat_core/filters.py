"""Small filters on a stream of samples: a running median and a least-squares slope."""

from preheat_core import clock


class Median:
    """Median of the last n values (n >= 1); of an even number, the mean of the middle two."""

    def __init__(self, n):
        if n < 1:
            raise ValueError(f"a median needs n >= 1, not {n}")
        self._n = n
        self._values = []

    def add(self, x):
        """Take x, give the median of the values so far (at most the last n)."""
        values = self._values
        if len(values) == self._n:
            values.pop(0)
        values.append(x)
        ordered = sorted(values)
        middle = len(ordered) // 2
        if len(ordered) % 2:
            return ordered[middle]
        return (ordered[middle - 1] + ordered[middle]) / 2

    def reset(self):
        """Forget every value."""
        self._values.clear()


class Slope:
    """Least-squares slope over the last window_ms; a gap in the samples is no harm by itself."""

    def __init__(self, window_ms):
        if window_ms <= 0:
            raise ValueError(f"a slope needs a window above 0 ms, not {window_ms}")
        self._window_ms = window_ms
        self._times = []
        self._values = []

    def add(self, now_ms, value):
        """Take a value at a wrapped time; ValueError if time does not advance."""
        times = self._times
        if times and clock.diff(now_ms, times[-1]) <= 0:
            raise ValueError(f"time went from {times[-1]} to {now_ms} ms")
        times.append(now_ms)
        self._values.append(value)
        while clock.diff(now_ms, times[0]) > self._window_ms:
            times.pop(0)
            self._values.pop(0)

    def c_s(self):
        """Slope in °C/s over the window; None until the samples span 80 % of it."""
        times, values = self._times, self._values
        n = len(times)
        if n < 2 or clock.diff(times[-1], times[0]) * 5 < self._window_ms * 4:
            return None
        # Both axes are centred: sums of large squares would cost a 32-bit float its digits.
        offsets = [clock.diff(t, times[0]) for t in times]
        mean_ms = sum(offsets) / n
        mean = sum(v - values[0] for v in values) / n + values[0]
        across = along = 0.0
        for i in range(n):
            d_s = (offsets[i] - mean_ms) / 1000
            across += d_s * (values[i] - mean)
            along += d_s * d_s
        return across / along

    def reset(self):
        """Forget every sample."""
        self._times.clear()
        self._values.clear()
