"""The demo: a whole job on a virtual hot plate, from an empty flash to a CSV of the run.

Nothing in it is special: the same deploy, checks, protocol and log as on a real unit.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from preheat import job, logs, tomlfiles, units
from preheat.connect import open_direct

PLANT = "hotplate"
BOARD = "virtual-hotplate"
PROFILE = "hotplate-sac305"
NAME = "demo"


class Demo(NamedTuple):
    """What the demo made."""

    result: job.Result
    csv: "Path | None"
    interpreter: str

    def as_dict(self) -> dict[str, Any]:
        """The demo's JSON document."""
        keys = ("run_id", "state", "profile", "alloy", "duration_s", "peak_c", "max_ramp_c_s",
                "overshoot_c", "tracking_rmse_c", "tal_s", "events", "log")
        found = self.result.as_dict()
        return {
            **{key: found.get(key) for key in keys},
            "csv": str(self.csv) if self.csv else None,
            "interpreter": self.interpreter,
        }


def run(
    note: Callable[[str], None],
    make_view: Callable[[tuple[str, ...], tuple[str, ...]], AbstractContextManager[Any]],
    keys: Any,
    interrupts: Any,
    interpreter: "str | None" = None,
) -> Demo:
    """Carry out the demo; `note` gets a line per step. Raises what any of its steps raises.

    interpreter: "micropython" or "cpython"; None takes MicroPython where it runs.
    """
    from preheat.bench.supervisor import VirtualUnit, has_micropython
    from preheat.deploy import deploy

    profile = tomlfiles.load_profile(PROFILE)
    if interpreter is None:
        interpreter = "micropython" if has_micropython() else "cpython"
    empty = {"/boot.py": b"# nothing here yet\n"} if interpreter == "micropython" else None
    with VirtualUnit(PLANT, speed=0, interpreter=interpreter, files=empty) as unit:
        note(f"virtual hot plate at {unit.port} ({unit.interpreter})")
        if empty:
            report = deploy(unit.port, tomlfiles.load_board(BOARD))
            note(f"firmware deployed: {len(report.written)} files in {report.duration_s:.1f} s")
        else:
            note("without MicroPython: CPython runs the same firmware files, loaded directly")
        with open_direct(unit.port) as link:
            units.push_settings(link, settings_for(PLANT))
            link.request("clear")  # until now it had no settings: the fault `config` is latched
            note("settings pushed")
            ready = job.prepare(link, profile)
            for line in ready.card.lines():
                note(line)
            started = job.start(link, ready, by=NAME)
            names = tuple(probe.name for probe in ready.card.probes)
            stages = tuple(stage["name"] for stage in ready.profile["stages"])
            with make_view(names, stages) as view:
                result = job.attend(link, started, view, keys, interrupts)
        return Demo(result, write_csv(result.path), unit.interpreter)


def settings_for(plant: str) -> dict[str, Any]:
    """The settings file that ships with a virtual plant, under the demo's name."""
    from preheat.bench.flash import unit_settings

    return {**unit_settings(plant), "name": NAME}


def write_csv(log: "Path | None") -> "Path | None":
    """Export a log beside itself."""
    if log is None:
        return None
    target = log.with_suffix(".csv")
    target.write_text(logs.to_csv(logs.load(log)), encoding="utf-8", newline="\n")
    return target
