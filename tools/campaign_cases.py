"""Draws the cases of the campaign: which unit, run and faults, and when. Same seed, same cases.

A label is "SEED:NUMBER", with an h for a healthy one; `draw(label)` makes the same case each time.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import campaign_bends as bends
from campaign_plants import Fitted, board_j_k, random_unit
from campaign_profiles import random_profile

from preheat.bench.script import CHIP_KINDS, KINDS
from preheat_core import feasible, limits
from preheat_core import profile as profiles
from preheat_core import settings as unit_settings

SCRIPTED = tuple(row[0] for row in KINDS)
# How often each kind is drawn; what heats unseen oftener than what a bit of a frame tells.
WEIGHTS = {
    "ssr_stuck_on": 4, "ssr_stuck_off": 3, "mains_loss": 1, "tc_frozen": 4, "tc_detached": 4,
    "tc_offset": 2, "heater_gain": 2, "raise": 3, "host_silent": 2, "external_heat": 2,
    "board_swap": 2, "power_cut": 2, "clock_jump": 2, "late": 2, "garbage": 2,
}
SEALED = 2 * len(limits.LIMIT_ROLES) + 5  # numbers that the guard keeps twice, see sealed.py
ALL_KINDS = SCRIPTED + tuple(bends.BENDS)
TWO_SHARE = 0.25
LAST_FAULT_S, LAST_SHARE = 240.0, 0.9  # a fault comes by then, and in this share of the plan
AGAIN_SHARE = 0.3  # of the runs with a fault: somebody clears it and starts again
RESTART_SHARE = 0.25  # of the next runs: the unit was restarted before it
HOT_SHARE = 0.12  # of the stuck relays: on a cold board over a heater that is hot from a first run
CAP_S, HEALTHY_CAP_S = 480.0, 420.0


@dataclass
class Case:
    """One unit's life: `runs` has a row per run it makes, `faults` those of script and bends."""

    label: str
    seed: int
    healthy: bool
    unit: Fitted
    profile: dict[str, Any]
    detached: bool
    runs: list[dict[str, Any]]
    faults: list[dict[str, Any]] = field(default_factory=list)
    gains: list[dict[str, Any]] = field(default_factory=list)  # mains, within what is admissible
    again: "dict[str, float] | None" = None  # what people do after a fault: campaign_people
    planned: int = 1  # runs that follow each other; one that comes after a fault is not among them
    cap_s: float = CAP_S
    first_s: "float | None" = None  # when the first of two is stopped, its heater hot
    limit_c: float = 0.0

    @property
    def script(self) -> list[dict[str, Any]]:
        """Rows for the virtual bench, the faults first and in their order."""
        rows = [{key: value for key, value in row.items() if value is not None}
                for row in self.faults if row["kind"] in SCRIPTED]
        return rows + self.gains

    def __str__(self) -> str:
        stages = ", ".join(
            f"{s['target_c']:g} C at {s['ramp_c_s']:g} C/s, {s['hold_s']} s"
            + "".join(f" {key}" for key in ("operator", "external_heat") if s.get(key))
            for s in self.profile["stages"]
        )
        return (f"{self.unit}\n  {self.profile['purpose']} {self.profile['alloy']}: {stages}; "
                f"{'detached' if self.detached else 'host'}; faults {self.faults}; "
                f"runs {self.runs}"
                + (f"; after a fault {self.again}" if self.again else ""))


def label(seed: int, number: int, healthy: bool) -> str:
    """The name of one case."""
    return f"{seed}:{number}{'h' if healthy else ''}"


def draw(name: str) -> Case:
    """The case of a label."""
    healthy = name.endswith("h")
    chance = Random(f"preheat campaign {name}")
    while True:
        unit = random_unit(chance)
        profile = random_profile(chance, unit)
        if profile is None or limits.check_profile(profile, unit.board, unit.settings):
            continue
        if "model" in unit.settings and feasible.problems(profile, unit.board, unit.settings):
            unit.settings, unit.tune = unit_settings.default("campaign"), "none"
            if limits.check_profile(profile, unit.board, unit.settings):
                continue
        break
    case = Case(
        name, chance.randrange(1 << 20), healthy, unit, profile, chance.random() < 0.5, [],
        cap_s=HEALTHY_CAP_S if healthy else CAP_S,
        limit_c=limits.effective(unit.board, unit.settings, profile).row("board").approach_c,
    )
    if healthy:
        _healthy(chance, case)
        case.planned = len(case.runs)
    else:
        case.runs.append(_run(chance, case, 0.0))
        _faulty(chance, case)
        if chance.random() < AGAIN_SHARE and case.planned == 1:
            case.runs.append(_run(chance, case, 0.0))
            case.again = {"ack_s": round(chance.uniform(0.5, 10), 1),
                          "clear_s": round(chance.uniform(1, 12), 1)}
    return case


def _run(chance: Random, case: Case, wild: float) -> dict[str, Any]:
    """People of one run; `wild`: how likely each of swaps, hot air, trims is."""
    acts: list[dict[str, Any]] = []
    if chance.random() < wild:
        at_s = round(chance.uniform(20, 160), 1)
        acts.append({"do": "ext", "on": True, "at_s": at_s})
        if chance.random() < 0.7:
            acts.append({"do": "swap", "j_k": round(board_j_k(chance), 1), "at_s": at_s + 5})
        gone_s = 5 + max(chance.uniform(25, 80), case.unit.settle_s)
        acts.append({"do": "ext", "on": False, "at_s": round(at_s + gone_s, 1)})
    if chance.random() < wild / 2:
        acts.append({"do": "trim", "delta_c": round(chance.uniform(-4, 3), 1),
                     "at_s": round(chance.uniform(20, 200), 1)})
    air_w = round(chance.uniform(15, 120), 1) if chance.random() < max(wild, 0.3) else 0.0
    patience_s = round(chance.uniform(2, 25), 1)
    return {"acts": acts, "air_w": air_w, "patience_s": patience_s, "swap_j_k": None,
            "wait_s": 1.5, "restart": False}


def _healthy(chance: Random, case: Case) -> None:
    for number in range(chance.choice((1, 1, 1, 2, 2, 3))):
        run = _run(chance, case, 0.35)
        if number and chance.random() < 0.8:
            run["swap_j_k"] = round(board_j_k(chance), 1)
        if number:
            run["wait_s"] = chance.choice((1.5, 20.0, 60.0, 200.0))
            run["restart"] = chance.random() < RESTART_SHARE
        case.runs.append(run)
    case.cap_s *= 1 + 0.5 * (len(case.runs) - 1)
    if chance.random() < 0.4:  # the mains wanders, the product stays within 20 %
        low, high = (share / case.unit.power for share in (0.8, 1.2))
        for _ in range(chance.randint(1, 2)):
            case.gains.append({"kind": "heater_gain", "value": round(chance.uniform(low, high), 3),
                               "at_s": chance.uniform(0, 200),
                               "duration_s": chance.uniform(20, 200)})
        if len(case.gains) == 2:  # both at once must stay within it as well
            case.gains[1]["at_s"] = case.gains[0]["at_s"] + case.gains[0]["duration_s"] + 1


def _faulty(chance: Random, case: Case) -> None:
    kinds = list(ALL_KINDS)
    weights = [WEIGHTS.get(kind, 1) for kind in kinds]
    count = 2 if chance.random() < TWO_SHARE else 1
    last_s = min(LAST_FAULT_S, LAST_SHARE * profiles.planned_s(case.profile, 25.0))
    while len(case.faults) < count:
        kind = chance.choices(kinds, weights)[0]
        row = {"kind": kind, "at_s": round(chance.uniform(0, last_s), 2)}
        if all(kind != other["kind"] for other in case.faults):
            case.faults.append(row | _details(chance, kind, case))
    if any(row["kind"] == "host_silent" for row in case.faults):
        case.detached = chance.random() < 0.15
    if chance.random() < 0.04:
        first = case.faults[0]
        if first["kind"] in ("ssr_stuck_on", "ssr_stuck_off", "heater_gain", "tc_detached"):
            first["at_s"] = -1.0  # it was there before
    elif count == 1 and case.faults[0]["kind"] == "ssr_stuck_on" and last_s > 90:
        if chance.random() < HOT_SHARE:
            _over_a_hot_heater(chance, case, last_s)


def _over_a_hot_heater(chance: Random, case: Case, last_s: float) -> None:
    case.first_s = round(chance.uniform(80, last_s), 1)
    second = _run(chance, case, 0.0)
    second["swap_j_k"] = round(board_j_k(chance), 1)
    case.runs.append(second)
    case.planned = 2
    begins_s = case.first_s + second["wait_s"] + case.unit.settle_s
    case.faults[0]["at_s"] = round(begins_s + chance.uniform(-5, 20), 1)


def _details(chance: Random, kind: str, case: Case) -> dict[str, Any]:
    if kind in CHIP_KINDS:
        return _chip(chance, kind, case)
    uniform = chance.uniform
    passing = {"duration_s": round(uniform(0.3, 60), 2)} if chance.random() < 0.2 else {}
    made: dict[str, Any] = {
        "heater_gain": lambda: {"value": round(
            chance.choice((uniform(0, 0.05), uniform(0.1, 0.7), uniform(1.3, 2.0))), 3)},
        "power_cut": lambda: {"value": round(uniform(0.1, 30), 1)},
        "external_heat": lambda: {"value": round(uniform(20, 250)),
                                  "duration_s": round(uniform(10, 90))},
        "board_swap": lambda: {"value": _swapped(chance, case)},
        "host_silent": lambda: passing,
        "ssr_stuck_on": lambda: passing,
        "ssr_stuck_off": lambda: passing,
        "mains_loss": lambda: passing,
        "interlock": lambda: passing,
        "raise": lambda: {
            "where": chance.choice(bends.PLACES), "error": chance.randrange(len(bends.ERRORS)),
            "after": chance.random() < 0.3, "times": chance.choice((1, 1, 3, bends.FOREVER))},
        "late": lambda: {
            "where": chance.choice(bends.PLACES), "late_s": round(uniform(0.35, 5), 3),
            "after": chance.random() < 0.5, "times": chance.choice((1, 1, 2))},
        "slow": lambda: {
            "where": chance.choice(bends.PLACES), "late_s": round(uniform(0.01, 0.2), 3),
            "after": chance.random() < 0.5, "times": chance.randint(1, 5)},
        "clock_jump": lambda: {"jump_ms": chance.choice((1, -1)) * int(
            chance.choice((uniform(1, 1000), uniform(1000, 20000), 1 << 28, 1 << 29)))},
        "clock_stand": lambda: {"duration_s": round(uniform(0.1, 8), 2)},
        "garbage": lambda: {"duration_s": round(uniform(1, 8), 1)},
        "deaf": lambda: {"duration_s": round(uniform(5, 90), 1)},
        "limits_flip": lambda: {"at": chance.randrange(SEALED), "bit": chance.randrange(16),
                                "mark": chance.random() < 0.3},
    }
    return made.get(kind, dict)()


def _chip(chance: Random, kind: str, case: Case) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if kind == "tc_detached":
        high = chance.random() < 0.25
        row["value"] = round(chance.uniform(0.3, 0.9) if high else chance.uniform(0, 0.3), 3)
    elif kind == "tc_offset":
        row["value"] = round(chance.choice((1, -1)) * chance.uniform(3, 40), 1)
    elif chance.random() < 0.25:
        longest_s = chance.choice((3, 60))
        row["duration_s"] = round(chance.uniform(0.3, longest_s), 2)
    others = [probe["name"] for probe in case.unit.board["probes"][1:]]
    if others and not kind.startswith("spi") and chance.random() < 0.25:
        row["probe"] = chance.choice(others)
    return row


def _swapped(chance: Random, case: Case) -> float:
    return round(case.unit.body_j_k + max(20.0, board_j_k(chance)), 1)
