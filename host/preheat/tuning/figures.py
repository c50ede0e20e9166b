"""What a fitted model means, in numbers that people know: rises, time constants, powers."""

from collections.abc import Callable
from typing import Any, NamedTuple

from preheat.tuning.fit import Fitted
from preheat_core import feasible, settings
from preheat_core.model import Model

LOW_C, MID_C, HIGH_C = 25.0, 75.0, 150.0
FASTEST_C_S = 50.0
HOTTEST_C = 600.0
Table = dict[str, Any]


class Figure(NamedTuple):
    """One number: what it is, its value, standard error (None: not known) and unit."""

    name: str
    value: float
    error: "float | None"
    unit: str


def full_power_c_s(d: Table, power_w: float, board_c: float) -> float:
    """The board's rise at `board_c` with all the power on, heater and board rising together."""
    model = Model(d)
    return _where(lambda c_s: feasible.need(model, board_c, c_s)[0], power_w, -5.0, FASTEST_C_S)


def hold_w(d: Table, board_c: float) -> float:
    """The power that keeps the board at `board_c`."""
    return feasible.need(Model(d), board_c, 0.0)[0]


def hottest_c(d: Table, power_w: float) -> float:
    """The board's temperature at which all the power is only just enough to stay there."""
    return _where(lambda c: hold_w(d, c), power_w, d["ambient_c"], HOTTEST_C)


def heater_tau_s(d: Table, board_c: float) -> float:
    """The heater's time constant while it keeps the board at `board_c`."""
    model = Model(d)
    return model.heater_tau_s(feasible.need(model, board_c, 0.0)[1])


def _where(rising: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where a rising function takes the wanted value, between `low` and `high`."""
    for _ in range(30):
        middle = (low + high) / 2
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _numbers(power_w: float) -> "list[tuple[str, Callable[[Table], float], str]]":
    return [
        (f"rise at full power, {LOW_C:.0f} °C", lambda d: full_power_c_s(d, power_w, LOW_C),
         "°C/s"),
        (f"rise at full power, {HIGH_C:.0f} °C", lambda d: full_power_c_s(d, power_w, HIGH_C),
         "°C/s"),
        ("time constant of the heater", lambda d: heater_tau_s(d, HIGH_C), "s"),
        ("dead time of the board's probe", lambda d: d["dead_s"], "s"),
        ("lag of the board's probe", lambda d: d["lag_s"], "s"),
        (f"power that holds {HIGH_C:.0f} °C", lambda d: 100 * hold_w(d, HIGH_C) / power_w, "%"),
        ("hottest it could hold", lambda d: hottest_c(d, power_w), "°C"),
    ]


def meaning(d: Table, power_w: float) -> list[Figure]:
    """What a model table means, in the order in which it is shown; without errors."""
    return [Figure(name, number(d), None, unit) for name, number, unit in _numbers(power_w)]


def derived(fitted: Fitted, power_w: float) -> list[Figure]:
    """The same of a fit, with errors where they are known."""
    found = []
    for name, number, unit in _numbers(power_w):
        value = number(fitted.model)
        beyond = unit == "°C" and value > HOTTEST_C - 1
        found.append(Figure(name, value, None if beyond else fitted.error(number), unit))
    return found


def parameters(fitted: Fitted) -> list[Figure]:
    """The numbers of the model itself, those apart that play no part in it."""
    found = []
    for field in settings.MODEL_FIELDS:
        value = fitted.model.get(field.key)
        if field.kind != "number" or value is None or field.key in ("ambient_c", "fit_c"):
            continue
        error = fitted.error(lambda d, key=field.key: d[key])
        if error > 0 or value > 0:
            found.append(Figure(field.key, value, error, field.unit))
    return found


def quality(fit_c: float) -> str:
    """A word for how well a model fits the board's probe."""
    return "good" if fit_c <= 0.5 else "fair" if fit_c <= 1.0 else "rough"
