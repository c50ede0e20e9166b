"""A plant for the virtual bench made of a unit's own model: heater, board, room, no noise.

What the model does not know is not there: one board node under every process probe.
"""

from typing import Any

from preheat_core.board import PROCESS_ROLES
from preheat_core.model import Model

ROOM_J_K = 1e12  # it takes up whatever the heater radiates past the board
LOSS_STEP_C = 10  # the plant's loss is linear between rows; the model's is a parabola
LOSS_TOP_C = 450
RAD_W_K4 = 1e-12  # the plant radiates by K to the fourth, the model by (1000 K) to the fourth


def plant_of(
    values: dict[str, Any], power_w: float, start_c: float, heater_c: float, mains_hz: int = 50
) -> dict[str, Any]:
    """The plant of a checked table `model`, with board and heater at these temperatures."""
    board: dict[str, Any] = {"name": "board", "j_k": values["board_j_k"], "start_c": start_c}
    if values["loss_w_k"] > 0:
        model = Model(values)
        steps = range(0, LOSS_TOP_C, LOSS_STEP_C)
        board["loss_table"] = [
            [model.ambient_c + step, model.loss_w(model.ambient_c + step)] for step in steps
        ]
    probes = [
        {"role": role, "node": "board", "lag_s": values["lag_s"], "dead_time_s": values["dead_s"]}
        for role in PROCESS_ROLES
    ]
    return {
        "node": [
            {"name": "heater", "j_k": values["heater_j_k"], "start_c": heater_c},
            board,
            {"name": "room", "j_k": ROOM_J_K},
        ],
        "link": [
            _link("heater", "board", values["couple_w_k"], values["couple_rad_w"]),
            _link("heater", "room", values["heater_loss_w_k"], values["heater_loss_rad_w"]),
        ],
        "heater": {"node": "heater", "power_w": power_w},
        "ambient": {"c": values["ambient_c"]},
        "mains": {"hz": mains_hz},
        "probe": [
            *probes,
            {"role": "heater", "node": "heater", "lag_s": values["heater_lag_s"]},
            {"role": "ambient", "node": "room"},
        ],
    }


def _link(a: str, b: str, w_k: float, rad_w: float) -> dict[str, Any]:
    return {"a": a, "b": b, "w_k": w_k, "radiative_w_k4": rad_w * RAD_W_K4}
