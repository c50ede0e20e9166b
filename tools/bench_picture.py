"""The picture of the control benchmark: every plant as it is and hard, ours beside the PID."""

from pathlib import Path

from bench_matrix import AS_IT_IS, BENCH, OURS, PID

NAME = "bench-control.png"


def save(rows: list[dict], folder: Path) -> Path:
    """Write the picture into `folder`, made if need be; its path."""
    from matplotlib.figure import Figure  # slow to import, and wanted only here

    drawn = {
        (row["plant"], row["hard"], row["controller"]): row for row in rows
        if row["profile"] == BENCH and row["kind"] == AS_IT_IS and "curve" in row
    }
    plants = list(dict.fromkeys(plant for plant, _, _ in drawn))
    figure = Figure(figsize=(10, 2.4 * len(plants) + 0.6), layout="constrained")
    axes = figure.subplots(len(plants), 2, squeeze=False)
    for line, plant in zip(axes, plants):
        for place, hard in zip(line, (False, True)):
            _draw(place, drawn.get((plant, hard, OURS)), drawn.get((plant, hard, PID)))
            place.set_title(f"{plant}, {'hard' if hard else 'as is'}", fontsize=9)
            place.grid(alpha=0.3)
        line[0].set_ylabel("°C")
    axes[0][0].legend(loc="lower right", fontsize=7)
    for place in axes[-1]:
        place.set_xlabel("minutes")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    figure.savefig(path, dpi=90)
    return path


def _draw(place, ours, pid) -> None:
    """True temperatures of both, and the setpoint that ours worked to."""
    if pid is not None:
        curve = pid["curve"]
        minutes = [t_s / 60 for t_s in curve["t_s"]]
        place.plot(minutes, curve["true_c"], color="tab:orange", linewidth=1, label="textbook PID")
    if ours is not None:
        curve = ours["curve"]
        minutes = [t_s / 60 for t_s in curve["t_s"]]
        place.plot(minutes, curve["true_c"], color="tab:blue", linewidth=1.2, label="ours")
        place.plot(minutes, curve["setpoint_c"], color="0.2", linewidth=0.8, linestyle="--",
                   label="setpoint of ours")
