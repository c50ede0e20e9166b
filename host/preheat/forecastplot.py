"""A picture of a forecast: setpoint, board, heater and power over time. Needs matplotlib."""

from preheat.errors import UsageError
from preheat.forecast import COLUMNS, Forecast


def save(found: Forecast, title: str, path: str) -> None:
    """Write the curve of `found` to `path` (PNG, SVG or PDF, by its ending).

    UsageError when there is no curve or the file cannot be written.
    """
    from matplotlib.figure import Figure  # slow to import, and wanted only here

    if not found.curve:
        raise UsageError("there is no curve to draw", "the forecast says why")
    column = {name: [row[i] for row in found.curve] for i, name in enumerate(COLUMNS)}
    minutes = [t_s / 60 for t_s in column["t_s"]]
    figure = Figure(figsize=(9, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot(minutes, column["setpoint_c"], color="0.5", linestyle="--", label="setpoint")
    above.plot(minutes, column["board_c"], color="tab:red", label="board")
    above.set_ylabel("board °C")
    above.set_title(title)
    above.legend(loc="upper left")
    above.grid(alpha=0.3)
    below.plot(minutes, [100 * duty for duty in column["duty"]], color="tab:blue", label="power")
    below.set_ylabel("power %")
    below.set_ylim(0, 105)
    below.set_xlabel("minutes")
    hot = below.twinx()
    hot.plot(minutes, column["heater_c"], color="tab:orange", linewidth=1)
    hot.set_ylabel("heater °C", color="tab:orange")
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:  # ValueError: an ending that it does not know
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot write {path}: {why}", "name a file.png") from error
