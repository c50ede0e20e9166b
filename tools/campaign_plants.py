"""Random units for the campaign: a plant, its board file and its settings, all that is admissible.

Heaters, boards from a bare rack to 600 J/K, probes up to the benchmark's hard ones, power within
20 %. Everything comes from the `random.Random` that is passed in.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Any

import bench_plants

from preheat import tomlfiles
from preheat.bench import plantfile
from preheat_core import board as boards
from preheat_core import settings as unit_settings

Table = dict[str, Any]

HEATERS = ("quartz", "ceramic", "plate", "oven")
BASES = {"quartz": "quartz-medium", "ceramic": "ceramic-medium", "plate": "hotplate",
         "oven": "oven"}
# Heaters that may have a probe of their own. A plate is one mass with whatever lies on it here,
# which no heater's own probe sees.
PROBED = ("quartz", "ceramic", "oven")
POWER = (0.8, 1.2)  # of the rated one: mains and ageing
MASS = (0.6, 1.6)  # of the benchmark's heaters
BODY = (0.6, 1.25)  # of a plate's or an oven's own mass: what the band declares at 20 % of power
ROOM_C = (13.0, 33.0)
NOISE_C, SPIKES_MIN = 0.3, 6.0
HARD_DEAD_S, HARD_LAG_S = bench_plants.HARD_DEAD_S, bench_plants.HARD_LAG_S
# Boards over a heater: J/K, W/K lost, share of the benchmark's board in the heater's sight.
LAID = ((20, 0.25, 0.21), (50, 0.45, 0.44), (140, 0.95, 1.0), (450, 1.3, 1.17), (600, 1.7, 1.25))
LOAD_PIN = 21
RADIANT_W = 1e12  # the plant's W/K^4 in the model's W at (1000 K)^4


@dataclass
class Fitted:
    """One unit: its files, and what the judge has to know of them."""

    heater: str
    plant: Table
    board: Table
    settings: Table
    power: float  # share of the rated power that the plant has
    late_s: float  # dead time and lag of the controlled probe
    tune: str  # "none", "good" or "bad"
    body_j_k: float  # of a plate or an oven, on which boards only come on top; else 0

    def has(self, role: str) -> bool:
        """Whether the board has a probe of this role."""
        return any(row["role"] == role for row in self.board["probes"])

    @property
    def load_sense(self) -> bool:
        """Whether the board sees the heater's current."""
        return "load_sense" in self.board["pins"]

    @property
    def contactor(self) -> bool:
        """Whether the board has a contactor."""
        return "contactor" in self.board["pins"]

    @property
    def judged_heater(self) -> bool:
        """A heater's probe that the firmware judges by; of an oven's element too little is known.
        """
        return self.has("heater") and self.heater != "oven"

    @property
    def sensors(self) -> str:
        """The best that it has against a relay or a heater that fails."""
        if self.load_sense:
            return "load sense"
        return "heater probe" if self.judged_heater else "board probe only"

    @property
    def settle_s(self) -> float:
        """A person waits so long until the reading of a board that was laid on stands."""
        return 5.0 + 4 * self.late_s

    def __str__(self) -> str:
        sensors = "+".join(row["role"] for row in self.board["probes"])
        more = "".join(f" {name}" for name in ("contactor", "load_sense") if getattr(self, name))
        return (f"{self.heater} {sensors}{more}, window {self.board['window_ticks']}, "
                f"power {self.power:.2f}, late {self.late_s:.1f} s, tune {self.tune}")


def _laid(j_k: float) -> tuple[float, float]:
    """(W/K lost, share of the heater's sight) of a board of `j_k`, between the rows of LAID."""
    for (a_j, a_w, a_s), (b_j, b_w, b_s) in zip(LAID, LAID[1:]):
        if j_k <= b_j:
            share = max(0.0, math.log(j_k / a_j) / math.log(b_j / a_j))
            return a_w + share * (b_w - a_w), a_s + share * (b_s - a_s)
    return LAID[-1][1], LAID[-1][2]


def board_j_k(chance: Random) -> float:
    """A board's heat capacity: a bare rack to the heaviest, small ones as often as large ones."""
    return min(600.0, 20.0 * math.exp(chance.uniform(-0.3, math.log(30) + 0.1)) + 0.0)


def _lay(plant: Table, j_k: float) -> None:
    nodes = {node["name"]: node for node in plant["node"]}
    if "board" not in nodes:  # on a plate or in an oven it comes on top of what is there
        plant["node"][-1]["j_k"] += j_k
        return
    j_k = max(20.0, j_k)
    loss_w_k, share = _laid(j_k)
    nodes["board"].update(j_k=j_k, loss_w_k=loss_w_k)
    for link in plant["link"]:
        if {link["a"], link["b"]} == {"emitter", "board"}:
            link["w_k"] = link.get("w_k", 0) * share
            link["radiative_w_k4"] = link.get("radiative_w_k4", 0) * share


def _random_plant(chance: Random, heater: str, plant: Table) -> tuple[float, float, float]:
    """Vary `plant` in place; (power and heater's mass as shares of the usual, body's J/K or 0)."""
    nodes = {node["name"]: node for node in plant["node"]}
    mass = chance.uniform(*MASS)
    if heater == "plate":
        mass = chance.uniform(*BODY)
    nodes[plant["heater"]["node"]]["j_k"] *= mass
    if heater == "oven":
        nodes["oven"]["j_k"] *= chance.uniform(*BODY)
    body_j_k = plant["node"][-1]["j_k"] if heater in ("plate", "oven") else 0.0
    bare = heater in ("plate", "oven") and chance.random() < 0.3
    if not bare:
        _lay(plant, board_j_k(chance))
    power = chance.uniform(*POWER)
    plant["heater"]["power_w"] *= power
    plant["ambient"]["c"] = round(chance.uniform(*ROOM_C), 1)
    plant.setdefault("link", [])
    hard = chance.random() < 0.5
    for row in plant["probe"]:
        if hard and row["role"] == "board":
            row["dead_time_s"] = row.get("dead_time_s", 0) + chance.uniform(0, HARD_DEAD_S)
            row["lag_s"] += chance.uniform(0, HARD_LAG_S)
        row["noise_c"] = chance.uniform(0, NOISE_C)
        row["spikes_per_min"] = chance.uniform(0, SPIKES_MIN) if chance.random() < 0.3 else 0
    return power, mass, body_j_k


def _warm(chance: Random, plant: Table) -> None:
    """A warm start: the board as another run left it, the heater hotter still."""
    board_c = chance.uniform(35, 110)
    for node in plant["node"]:
        node["start_c"] = board_c
    if len(plant["node"]) > 1:
        heater = next(n for n in plant["node"] if n["name"] == plant["heater"]["node"])
        heater["start_c"] = board_c + chance.uniform(0, 60)


def _random_board(chance: Random, heater: str, plant: Table, board: Table, mass: float) -> Table:
    pins = dict(board["pins"])
    if chance.random() < 0.2:
        pins.pop("contactor", None)
    if chance.random() < 0.3:
        pins["load_sense"] = LOAD_PIN
    probes = [row for row in board["probes"] if row["role"] == "board"][:1]
    roles = [row["role"] for row in plant["probe"]]
    if chance.random() < 0.65 and heater in PROBED:
        if "heater" not in roles:
            plant["probe"].append({"role": "heater", "node": plant["heater"]["node"],
                                   "lag_s": chance.uniform(0.5, 3), "noise_c": 0.3})
        probes.append({"name": "heater", "role": "heater", "cs": 6})
    for cs, role in ((7, "component"), (8, "board_top")):
        if role in roles and chance.random() < 0.3:
            probes.append({"name": role.replace("_", "-"), "role": role, "cs": cs})
    coast_s = round(board["zones"][0]["coast_s"] * max(1.0, mass), 1)
    zone = {**board["zones"][0], "coast_s": coast_s}
    limits = {**board["limits"]}
    return boards.normalise({**board, "pins": pins, "probes": probes, "zones": [zone],
                             "window_ticks": chance.randint(1, 8), "limits": limits})


def model_of(plant: Table, heater_seen: bool) -> Table:
    """The tuned model of a plant as it was built: what `tune` would find without any error."""
    nodes = {node["name"]: node for node in plant["node"]}
    heater = plant["heater"]["node"]
    probe = next(row for row in plant["probe"] if row["role"] == "board")
    found = {
        "couple_rad_w": 0.0, "heater_loss_w_k": nodes[heater].get("loss_w_k", 0.0),
        "heater_loss_rad_w": 0.0, "loss_rise_k": 0.001,
        "dead_s": probe.get("dead_time_s", 0), "lag_s": probe["lag_s"],
        "heater_lag_s": 1.5, "heater_seen": heater_seen,
        "ambient_c": plant["ambient"]["c"], "fit_c": 0.5, "tuned": "by the campaign",
    }
    if probe["node"] == heater:  # a plate: no model can tell its element from it
        j_k = nodes[heater]["j_k"]
        return {**found, "heater_j_k": 0.05 * j_k, "board_j_k": 0.95 * j_k,
                "couple_w_k": 0.05 * plant["heater"]["power_w"], "heater_loss_w_k": 0.0,
                "loss_w_k": 0.14, "loss_rise_k": 0.0015, "heater_seen": False}
    couple_w_k = 0.0
    for link in plant["link"]:
        ends = {link["a"], link["b"]}
        radiant_w = link.get("radiative_w_k4", 0) * RADIANT_W
        if ends == {heater, probe["node"]}:
            couple_w_k += link.get("w_k", 0)
            found["couple_rad_w"] += radiant_w
        elif heater in ends:
            found["heater_loss_rad_w"] += radiant_w
            found["heater_loss_w_k"] += link.get("w_k", 0)
    part_j_k = nodes["part"]["j_k"] if "part" in nodes else 0
    return {**found, "heater_j_k": nodes[heater]["j_k"], "couple_w_k": couple_w_k,
            "board_j_k": nodes[probe["node"]]["j_k"] + part_j_k,
            "loss_w_k": nodes[probe["node"]].get("loss_w_k", 0.0)}


_ERRS = ("heater_j_k", "board_j_k", "couple_w_k", "couple_rad_w", "loss_w_k", "dead_s", "lag_s")


def _random_settings(chance: Random, plant: Table, seen: bool) -> tuple[Table, str]:
    settings = unit_settings.default("campaign")
    settings["sensor_error_c"] = chance.choice((2, 4, 4, 4, 6))
    draw = chance.random()
    if draw < 0.4:
        return settings, "none"
    bad = draw > 0.88
    model = model_of(plant, seen)
    for key in _ERRS:
        err = math.exp(chance.uniform(-1.1, 1.1)) if bad else chance.uniform(0.96, 1.04)
        model[key] = round(model[key] * err, 6)
    model["couple_w_k"] = min(model["couple_w_k"], model["board_j_k"])
    settings = {**settings, "strategy": "predictive", "model": model}
    if unit_settings.check(settings):  # beyond what `tune` could ever have stored
        return {k: v for k, v in settings.items() if k != "model"} | {"strategy": "pid"}, "none"
    return settings, "bad" if bad else "good"


def random_unit(chance: Random) -> Fitted:
    """Any admissible unit, its files checked."""
    heater = chance.choice(HEATERS)
    plant, board = bench_plants.plant_and_board(BASES[heater])
    power, mass, body_j_k = _random_plant(chance, heater, plant)
    board = _random_board(chance, heater, plant, board, mass)
    if chance.random() < 0.25:
        _warm(chance, plant)
    settings, tune = _random_settings(
        chance, plant, any(row["role"] == "heater" for row in board["probes"])
    )
    checked = {key: value for key, value in plant.items() if key not in ("name", "board")}
    tomlfiles.refuse([*plantfile.check_plant(checked), *boards.check(board)], heater)
    probe = next(row for row in plant["probe"] if row["role"] == "board")
    late_s = probe.get("dead_time_s", 0) + probe["lag_s"]
    return Fitted(heater, checked, board, settings, power, late_s, tune, body_j_k)
