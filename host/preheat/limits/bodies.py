"""How hot a package body may get: the tables of J-STD-020 by thickness and volume."""

from typing import Any

from preheat.limits import load
from preheat.limits.ranges import within
from preheat.limits.row import LIMIT, Row


def rows(
    process: str, thickness_mm: "float | None", volume_mm3: "float | None"
) -> "list[Row]":
    """One Row for each edition of the standard: the body limit, °C, for probes on the component.

    process: "tin-lead" or "lead-free". A size that is None stands for the worst part. Several
    editions are all given: a part's label seldom says by which it was tested.
    """
    lowest: dict[str, dict[str, Any]] = {}
    for cell in cells(process, thickness_mm, volume_mm3):
        best = lowest.setdefault(cell["edition"], cell)
        if cell["high"] < best["high"]:
            lowest[cell["edition"]] = cell
    why = _why(thickness_mm, volume_mm3)
    return [
        Row("max_c", None, cell["high"], "°C", "component", load.sources()[cell["source"]],
            cell["confidence"], LIMIT, f"{process} body, {why}")
        for cell in lowest.values()
    ]  # fmt: skip


def cells(
    process: str, thickness_mm: "float | None", volume_mm3: "float | None"
) -> "list[dict[str, Any]]":
    """The cells of the tables that a body may fall into; one per edition where both sizes are."""
    return [
        cell
        for cell in load.tables()["jstd020"]["bodies"]
        if cell["process"] == process
        and (thickness_mm is None or within(cell["thickness_mm"], thickness_mm))
        and (volume_mm3 is None or within(cell["volume_mm3"], volume_mm3))
    ]


def _why(thickness_mm: "float | None", volume_mm3: "float | None") -> str:
    if thickness_mm is None and volume_mm3 is None:
        return "size not given, worst row"
    thick = "any thickness" if thickness_mm is None else f"{thickness_mm:g} mm"
    big = "any volume" if volume_mm3 is None else f"{volume_mm3:g} mm³"
    return f"{thick}, {big}" + ("" if None not in (thickness_mm, volume_mm3) else ", worst row")
