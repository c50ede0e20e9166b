"""The trace: what really happened, from the plant and not from the device, as CSV rows.

Columns: t_s (bench seconds since the SSR was first driven, 0 before) · heater_c · board_c (nodes,
°C) · ssr_cmd (1: the SSR pin was high at some moment of the row) · contactor (1: the heater
circuit was connected at some moment of the row; always 1 without a contactor) · heater_w (mean
heater power over the row). A row covers the time since the one before it.
"""

HEADER = "t_s,heater_c,board_c,ssr_cmd,contactor,heater_w\n"
ROW_US = 100000  # 10 rows a bench second


class Trace:
    """Writes rows through `write` (str → None), which must not keep them back in a buffer."""

    def __init__(self, write):
        self._write = write
        self.next_us = 0
        self._last_us = 0
        self._heat_j = 0.0
        self._ssr = 0
        self._closed = 0

    def passed(self, heat_j, ssr, closed):
        """Account for time that passed with one state of pins and circuit."""
        self._heat_j += heat_j
        self._ssr |= ssr
        self._closed |= closed

    def row(self, now_us, heat_us, plant):
        """Write the row that ends at now_us and choose the time of the next."""
        passed_us = now_us - self._last_us
        t_s = 0.0 if heat_us is None else (now_us - heat_us) / 1000000
        mean_w = self._heat_j * 1000000 / passed_us if passed_us > 0 else 0.0
        self._write(
            "%.3f,%.2f,%.2f,%d,%d,%.1f\n"
            % (t_s, plant.heater_c(), plant.board_c(), self._ssr, self._closed, mean_w)
        )
        self._last_us = now_us
        self._heat_j = 0.0
        self._ssr = 0
        self._closed = 0
        self.next_us = now_us + ROW_US

    def begin(self, now_us):
        """The trace starts, or the first heat does, or the process was restarted."""
        self._last_us = now_us
        self.next_us = now_us + ROW_US
