"""Power that a profile needs, against plants that are worked out step by step."""

from expect import near
from preheat_core import feasible
from preheat_core.model import Model
from preheat_core.runlog import read
from rig import BOARD, MODEL, Rig, recipe, stage

QUARTZ = dict(
    MODEL, heater_j_k=70, board_j_k=150, couple_w_k=0.05, couple_rad_w=480, heater_loss_w_k=0.12,
    heater_loss_rad_w=440, loss_w_k=1.0, loss_rise_k=0.001, heater_seen=True,
)  # fmt: skip
POWER_W = 100  # of the rig's board
STRICT = {"stretch": False}


def board(**more) -> dict:
    """The rig's board with other limits or another power."""
    zone = dict(BOARD["zones"][0], power_w=more.pop("power_w", POWER_W))
    return dict(BOARD, zones=[zone], limits=dict(BOARD["limits"], **more))


def problems(profile, model=None, made=None):
    settings = {"model": dict(MODEL, **(model or {}))}
    return feasible.problems(profile, made or board(), settings)


def test_the_heater_is_as_hot_as_the_flow_asks():
    kinds = (
        {"couple_w_k": 5, "couple_rad_w": 0}, {"couple_w_k": 0, "couple_rad_w": 480},
        {"couple_w_k": 0.05, "couple_rad_w": 480}, {"couple_w_k": 3, "couple_rad_w": 200},
    )  # fmt: skip
    for kind in kinds:
        model = Model(dict(MODEL, **kind))
        for board_c in (25, 150, 250):
            for flow_w in (-3, 0, 1, 40, 400):
                heater_c = feasible.heater_for(model, board_c, flow_w)
                near(model.flow_w(heater_c, board_c), flow_w, 0.5)


def test_a_heater_that_touches_nothing_ends_the_search():
    model = Model(dict(MODEL, couple_w_k=0, couple_rad_w=0))
    assert feasible.heater_for(model, 100, 50) == feasible.HOTTEST_C


def follow(model, ramp_c_s, seconds, from_c):
    """The board's rise when the heater always gets the power that `need` says, in °C."""
    h_s = 0.05
    board_c = from_c
    _, heater_c = feasible.need(model, board_c, ramp_c_s)
    for _ in range(int(seconds / h_s)):
        watts, _ = feasible.need(model, board_c, ramp_c_s)
        flow_w = model.flow_w(heater_c, board_c)
        heater_c += (watts - flow_w - model.heater_loss_w(heater_c)) * h_s / model.heater_j_k
        board_c += (flow_w - model.loss_w(board_c)) * h_s / model.board_j_k
    return board_c - from_c


def test_a_plant_that_gets_the_power_needed_rises_at_the_ramp():
    near(follow(Model(QUARTZ), 0.8, 60, 60.0), 48, 1.0)
    near(follow(Model(MODEL), 1.0, 60, 100.0), 60, 0.5)
    near(follow(Model(MODEL), -0.5, 30, 200.0), -15, 0.5)


def test_rows_name_the_worst_of_each_stage():
    warm, keep, fall = feasible.rows(
        recipe(stage("warm", 150), stage("keep", 150), stage("fall", 100, ramp_c_s=0.2)),
        Model(MODEL), POWER_W,
    )  # fmt: skip
    # 50 J/K at 1 °C/s and 0.2 W/K over 125 °C; heater and board warm at nearly the same rate.
    near(warm.duty, 0.75, 0.01)
    near(warm.hold, 0.25, 0.001)
    assert (warm.name, warm.at_c, warm.ramp_c_s) == ("warm", 150, 1)
    assert (keep.ramp_c_s, keep.duty) == (0, keep.hold)
    near(fall.duty, (0.2 * 75 - 0.2 * 50) / POWER_W, 0.01)  # where it loses least: at the bottom
    assert fall.at_c == 100
    near(fall.ramp_c_s, -0.2, 0.0001)


def test_the_worst_need_not_be_the_end_of_a_ramp():
    # A heavy heater that only shines must itself warm fastest while all is cold.
    model = Model(dict(QUARTZ, heater_j_k=2000, board_j_k=20, couple_w_k=0, loss_w_k=0.3))
    (row,) = feasible.rows(recipe(stage("a", 200)), model, POWER_W)
    assert row.at_c == 25
    watts, _ = feasible.need(model, 25, 1)
    near(row.duty, watts / POWER_W, 0.001)


def test_a_ramp_may_be_as_steep_as_the_most_and_no_steeper():
    (row,) = feasible.rows(recipe(stage("a", 200)), Model(MODEL), POWER_W)
    most = feasible.most_c_s(Model(MODEL), board(), row)
    near(most, (95 - 0.2 * 175) / 50, 0.02)
    assert problems(recipe(stage("a", 200, ramp_c_s=most - 0.01), **STRICT)) == []
    assert problems(recipe(stage("a", 200, ramp_c_s=most + 0.01), **STRICT)) != []


def test_a_ramp_that_is_too_steep_is_a_problem_only_when_it_may_not_be_stretched():
    steep = (stage("easy", 80), stage("steep", 150, ramp_c_s=2))
    assert problems(recipe(*steep)) == []
    (found,) = problems(recipe(*steep, **STRICT))
    assert (found.path, found.value) == ("stages[1].ramp_c_s", "2")
    assert "at most 1.40 °C/s on this unit" in found.want, found.want
    assert "it needs 125 % of the power at 150 °C" in found.want, found.want
    assert "stretch = true" in found.fix


def test_a_target_that_cannot_be_held_is_a_problem_in_any_case():
    weak = board(power_w=20)
    for more in ({}, STRICT):
        (found,) = problems(recipe(stage("a", 150, ramp_c_s=0.02, ramp_max_s=7000), **more),
                            made=weak)  # fmt: skip
        assert found.path == "stages[0].target_c"
        assert "it needs 125 % of the power at 150 °C" in found.want, found.want
    assert problems(recipe(stage("a", 120)), made=weak) == []


def test_the_heaters_ceiling_counts_where_a_probe_watches_it():
    seen = dict(QUARTZ)
    made = recipe(stage("a", 150, ramp_c_s=0.5))
    _, holds_c = feasible.need(Model(seen), 150, 0)
    assert problems(made, seen, board(power_w=900, heater_max_c=int(holds_c) + 21)) == []
    (found,) = problems(made, seen, board(power_w=900, heater_max_c=int(holds_c) + 19))
    assert found.path == "stages[0].target_c" and "its heater needs" in found.want
    blind = dict(seen, heater_seen=False)
    assert problems(made, blind, board(power_w=900, heater_max_c=100)) == []
    strict = recipe(stage("a", 150, ramp_c_s=0.5), **STRICT)
    (found,) = problems(strict, seen, board(power_w=900, heater_max_c=int(holds_c) + 21))
    assert found.path == "stages[0].ramp_c_s" and "its heater needs" in found.want


def test_a_fall_faster_than_the_board_cools_cannot_be_followed():
    up = stage("up", 150, ramp_c_s=0.5)
    slow, fast = (stage("down", 60, ramp_c_s=x, ramp_max_s=1200) for x in (0.1, 0.5))
    assert problems(recipe(up, slow, **STRICT)) == []
    (found,) = problems(recipe(up, fast, **STRICT))
    assert found.path == "stages[1].ramp_c_s"
    assert "it cools no faster at 60 °C" in found.want
    assert "at most 0.14 °C/s" in found.want, found.want  # 0.2 W/K over 35 °C out of 50 J/K
    assert problems(recipe(up, fast)) == []


def test_nothing_is_said_of_heat_from_above_nor_without_a_model():
    steep = recipe(stage("a", 200, ramp_c_s=3, external_heat=True), **STRICT)
    assert problems(steep) == []
    plain = recipe(stage("a", 200, ramp_c_s=3), **STRICT)
    assert len(problems(plain)) == 1
    assert feasible.problems(plain, board(), {}) == []
    assert feasible.problems(dict(plain, purpose="tune"), board(), {"model": MODEL}) == []


def test_the_unit_itself_refuses_the_start():
    rig = Rig()
    steep = stage("a", 150, ramp_c_s=2)
    assert "stages[0].ramp_c_s" in rig.start(recipe(steep, **STRICT))
    assert not rig.kernel.heating
    assert rig.start(recipe(steep)) is None
    untuned = Rig(tuned=False)
    assert untuned.start(recipe(steep, **STRICT)) is None


def stretched_run(**more):
    """The log of a run whose controller found its power short for 20 s."""
    rig = Rig(tuned=False).running(recipe(stage("a", 60), **more), 10)
    rig.kernel.run.control.lead_c = -1000.0
    rig.wait(20)
    rig.kernel.run.control.lead_c = None
    rig.until(lambda: rig.kernel.run is None)
    return read(b"".join(rig.blocks))


def test_a_stretched_run_says_so_in_its_log():
    log = stretched_run()
    assert log.summary["metrics"]["stretched_s"] == 20
    assert [event["i"] for event in log.events if event["ev"] == "stretched"] == [0]
    log = stretched_run(stretch=False)
    assert log.summary["metrics"]["stretched_s"] == 0
    assert not [event for event in log.events if event["ev"] == "stretched"]
