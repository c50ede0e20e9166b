"""A verdict in words: the model's numbers, what they mean, how well they fit, what changed."""

from typing import Any

from preheat.tuning import figures
from preheat.tuning.figures import Figure
from preheat.tuning.outcome import Tuned

HEADS = ("number", "value", "±", "unit")
CHANGE_HEADS = ("number", "stored", "now", "unit")


def table(tuned: Tuned) -> list[tuple[str, str, "str | None", str]]:
    """Rows under HEADS: first the model as it is stored, then what it means."""
    if tuned.fitted is None:
        return []
    numbers = figures.parameters(tuned.fitted)
    numbers += figures.derived(tuned.fitted, tuned.data.power_w)
    return [_row(number) for number in numbers]


def _row(number: Figure) -> "tuple[str, str, str | None, str]":
    if number.error is None:
        return number.name, f"over {figures.HOTTEST_C:.0f}", None, number.unit
    return number.name, f"{number.value:.4g}", f"{number.error:.2g}", number.unit


def lines(tuned: Tuned) -> list[str]:
    """How long it took, and how well the model fits."""
    found = [f"test      {tuned.minutes:.1f} min, the board rose by {tuned.data.rise_c:.0f} °C"]
    fitted = tuned.fitted
    if fitted is not None:
        word = figures.quality(fitted.fit_c)
        text = f"fit       {word}: the board's probe within {fitted.fit_c:.2f} °C (rms)"
        if fitted.heater_fit_c is not None:
            text += f", the heater's within {fitted.heater_fit_c:.1f} °C"
        found.append(text)
    return found


def changes(stored: dict[str, Any], tuned: Tuned) -> list[tuple[str, str, str, str]]:
    """Rows under CHANGE_HEADS: what the stored model and the new one mean."""
    power_w = tuned.data.power_w
    rows = []
    for old, new in zip(figures.meaning(stored, power_w), figures.meaning(tuned.model(), power_w)):
        rows.append((old.name, f"{old.value:.4g}", f"{new.value:.4g}", old.unit))
    return rows
