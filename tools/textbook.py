"""Textbook controllers for the benchmark: PI and PID, tuned by the SIMC rules.

Rules: S. Skogestad, "Simple analytic rules for model reduction and PID controller tuning",
Journal of Process Control 13 (2003) 291-309: half rule, series PID, tau_c = theta ("tight"), the
integral time at most 4 (tau_c + theta). Controller: K. J. Astrom, T. Hagglund, "Advanced PID
Control" (2006): derivative on the measurement, filtered by N = 10, and the integral clamped to
the output's range, which on these plants overshoots less than back-calculation does. No
feed-forward and no preview: it sees the working setpoint of now, as the seam in
preheat_core.control hands it over. Hold-back and everything else is the kernel's.
"""

from dataclasses import dataclass

FILTER_N = 10


@dataclass(frozen=True)
class Process:
    """Second order with dead time: °C per full duty, and three times in s (slow_s >= fast_s)."""

    gain_c: float
    slow_s: float
    fast_s: float
    dead_s: float


@dataclass(frozen=True)
class Gains:
    """Ideal (ISA) form: kp in duty/°C, ti_s and td_s in s. td_s = 0 makes a PI."""

    kp: float
    ti_s: float
    td_s: float


def simc_pid(process: Process) -> Gains:
    """Series PID for a second-order process with dead time, turned into the ideal form."""
    p = process
    closed_s = p.dead_s  # tau_c
    kc = p.slow_s / (p.gain_c * (closed_s + p.dead_s))
    ti_s = min(p.slow_s, 4 * (closed_s + p.dead_s))
    td_s = p.fast_s
    factor = 1 + td_s / ti_s
    return Gains(kc * factor, ti_s * factor, td_s / factor)


def simc_pi(process: Process) -> Gains:
    """PI: the half rule first makes the process one of first order."""
    p = process
    slow_s, dead_s = p.slow_s + p.fast_s / 2, p.dead_s + p.fast_s / 2
    kc = slow_s / (p.gain_c * 2 * dead_s)
    return Gains(kc, min(slow_s, 8 * dead_s), 0.0)


class Textbook:
    """The PI or PID of `gains` behind the kernel's seam for strategies."""

    late_s = 0.0
    lead_c = None
    done = False
    fault = None

    def __init__(self, gains: Gains) -> None:
        self.gains = gains
        self.reset(25.0, 0.0)

    def reset(self, temp_c: float, slope_c_s: float) -> None:
        """A run begins with the board at `temp_c`."""
        self.board_c = temp_c
        self._integral = 0.0
        self._slope_duty = 0.0  # the filtered derivative's part of the output
        self._before_c: float | None = None

    def observe(self, dt_s, on_s, temp_c, heater_c, ours) -> None:
        """Take the controlled reading; the derivative follows the measurement alone."""
        if temp_c is None or dt_s <= 0:
            return
        g = self.gains
        if g.td_s and self._before_c is not None:
            filter_s = g.td_s / FILTER_N
            keep = filter_s / (filter_s + dt_s)
            rise_c = temp_c - self._before_c
            self._slope_duty = keep * self._slope_duty - (
                g.kp * g.td_s / (filter_s + dt_s) * rise_c
            )
        self._before_c = self.board_c = temp_c

    def step(self, dt_s, preview, free) -> float:
        """The duty of this tick, 0 to 1."""
        g = self.gains
        error_c = preview(0.0) - self.board_c
        if free:  # withheld heat is not the controller's doing: its integral rests
            self._integral += g.kp * error_c * dt_s / g.ti_s
            self._integral = min(1.0, max(0.0, self._integral))
        return min(1.0, max(0.0, g.kp * error_c + self._integral + self._slope_duty))
