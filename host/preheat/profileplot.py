"""A picture of a profile: planned curve, stages, liquidus and limits. Needs matplotlib."""

from pathlib import Path
from typing import Any

from preheat.errors import UsageError
from preheat.plannedcurve import points, spans
from preheat.profiletext import process_limits
from preheat.tuning.picture import check_place

_COLOURS = ("tab:red", "tab:purple", "tab:orange")


def save(values: dict[str, Any], metal: str, liquidus_c: float, path: Path) -> None:
    """Draw a checked profile into a PNG, SVG or PDF, by the name's ending; UsageError.

    metal, liquidus_c: the solder's name and where it is liquid, °C, as tomlfiles.melting has it.
    """
    check_place(path)
    from matplotlib.figure import Figure  # slow to import, and wanted only here

    line = points(values)
    scale, unit = (3600, "hours") if line[-1][0] > 3 * 3600 else (60, "minutes")
    figure = Figure(figsize=(9, 5.5), layout="constrained")
    axes = figure.subplots()
    axes.plot([s / scale for s, _ in line], [c for _, c in line], color="black", label="setpoint")
    for number, span in enumerate(spans(values)):
        axes.axvspan(span.from_s / scale, span.to_s / scale, color="0.5",
                     alpha=0.14 if number % 2 else 0.06, linewidth=0)  # fmt: skip
        axes.annotate(
            span.name, (span.from_s / scale, 1), xycoords=("data", "axes fraction"),
            xytext=(3, -4), textcoords="offset points", va="top", fontsize=8, color="0.3",
        )  # fmt: skip
    axes.axhline(liquidus_c, color="tab:blue", linestyle=":",
                 label=f"{metal} liquid from {liquidus_c:g} °C")  # fmt: skip
    trips: dict[float, list[str]] = {}
    for role, (max_c, _) in process_limits(values).items():
        trips.setdefault(max_c, []).append(role)
    for colour, (max_c, roles) in zip(_COLOURS, trips.items()):
        axes.axhline(max_c, color=colour, linestyle="--", linewidth=1,
                     label=f"trip at {max_c:g} °C: {', '.join(roles)}")  # fmt: skip
    axes.set_ylim(0, 1.1 * max(liquidus_c, *trips, *(c for _, c in line)))
    axes.set_title(values["title"])
    axes.set_xlabel(f"{unit} as planned, operator waits not counted")
    axes.set_ylabel("°C")
    axes.set_xlim(0, max(1.06 * line[-1][0] / scale, 1e-3))  # room for a wait without length
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right", fontsize=8)
    try:
        figure.savefig(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "choose another") from error
