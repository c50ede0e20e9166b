"""The controller behind one seam: `make(settings, board, profile)` gives a run's strategy.

A strategy knows nothing of limits or faults. It has
`reset(temp_c, slope_c_s)`: a run begins, with the board at this temperature and moving so;
`observe(dt_s, on_s, temp_c, heater_c, ours)`: once a tick, always: the seconds of heat that were
    delivered since the last tick, what the probes read (None: nothing valid, or no heater
    probe), and whether all heat is ours (False while somebody heats from above);
`step(dt_s, preview, free) -> duty`: once a window, for the whole of it; `dt_s` since the last
    call, duty 0 to 1. `preview(ahead_s)` is the setpoint to come (see Sequencer.preview), `free`
    is False while heat is withheld;
`board_c`: where the board is now, as well as the strategy can tell;
`late_s`: how long after the board the strategy thinks its probe answers;
`lead_c`: how far the setpoint may get ahead of that before it waits; None: to its hold-back;
`done`: True once it has seen all it wanted, which ends the run's heat;
`fault`: (code, detail) once it cannot answer for the heat any longer, which ends the run; None.
"""


FIRST_C = 3.0
FIRST_DUTY = 0.7


class FirstHeat:
    """Full power only once the probe has answered the first heat: `most` is the largest duty.

    A cold heater takes a high current, and a probe that lies beside the board should show
    before everything is given.
    """

    def __init__(self, temp_c: float):
        self.most = FIRST_DUTY
        self._answer_c = temp_c + FIRST_C

    def see(self, temp_c: "float | None") -> None:
        """What the controlled probe reads."""
        if temp_c is not None and temp_c >= self._answer_c:
            self.most = 1.0


def make(settings: dict, board: dict, profile: dict):
    """The strategy that the settings name, for the board's zone; a tuning run has its own."""
    if profile["purpose"] == "tune":
        from preheat_core.steptest import StepTest

        return StepTest(profile, board)
    if settings["strategy"] == "predictive":
        from preheat_core.control_predictive import Predictive

        return Predictive(settings["model"], board)
    from preheat_core.control_pid import Pid

    return Pid(settings["pid"])
