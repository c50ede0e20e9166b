"""A picture of a tuning run: each probe as measured and as the model has it, the power below."""

from pathlib import Path

from preheat.errors import UsageError
from preheat.tuning.outcome import Tuned

ENDINGS = (".png", ".svg", ".pdf")
DOT = 3


def check_place(path: Path) -> None:
    """UsageError if a picture cannot be written there; asked before the heat."""
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"{path} is no picture", f"let its name end in {', '.join(ENDINGS)}")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"the folder of {path} does not exist", "make it, or choose another")


def save(tuned: Tuned, title: str, path: Path) -> None:
    """Draw the run, with the model where there is one. UsageError if it cannot be written."""
    from matplotlib.figure import Figure  # slow to import, and wanted only here

    data, fitted = tuned.data, tuned.fitted
    rows = [("board", data.board_c, fitted.board_c if fitted else None, "tab:red")]
    if data.heater_c is not None:
        rows.append(("heater", data.heater_c, fitted.heater_c if fitted else None, "tab:orange"))
    minutes = data.t_s / 60
    figure = Figure(figsize=(9, 3 + 2.5 * len(rows)), layout="constrained")
    panels = figure.subplots(
        len(rows) + 1, 1, sharex=True, squeeze=False, height_ratios=[3] * len(rows) + [1]
    )[:, 0]
    for panel, (name, measured_c, model_c, colour) in zip(panels, rows):
        panel.plot(minutes, measured_c, ".", color=colour, markersize=DOT, label="measured")
        if model_c is not None:
            panel.plot(minutes, model_c, color="black", linewidth=1, label="model")
        panel.set_ylabel(f"{name} °C")
        panel.legend(loc="upper left")
        panel.grid(alpha=0.3)
    panels[0].set_title(title)
    below = panels[-1]
    below.step(minutes, 100 * data.share, where="pre", color="tab:blue")
    below.set_ylabel("power %")
    below.set_ylim(0, 105)
    below.set_xlabel("minutes")
    try:
        figure.savefig(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "choose another") from error
