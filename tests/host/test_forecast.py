"""What a run will be like, foretold by the real kernel on a plant made of the unit's model."""

import json

import pytest

from host.models import OVEN, PLATE, QUARTZ, tuned
from preheat import forecast, forecastplot, forecasttext, modelplant
from preheat.bench.plant import Plant
from preheat.errors import UsageError
from preheat.tomlfiles import load_board, load_profile, stock_boards
from preheat_core import settings
from preheat_core.model import Model

SCALES = ("heater_j_k", "board_j_k", "couple_rad_w", "heater_loss_w_k", "heater_loss_rad_w",
          "loss_w_k")  # what grows with the size of a unit


def look(profile="hotplate-sac305", board="virtual-hotplate", model=PLATE, change=None, **more):
    """A forecast of a stock profile, changed by `change` first."""
    values = load_profile(profile)
    if change:
        change(values)
    found = forecast.make(values, load_board(board), tuned(model), **more)
    assert found is not None
    return found


def near_quartz(profile="preheat-sac305", **more):
    return look(profile, "virtual-quartz", QUARTZ, **more)


@pytest.mark.parametrize("values", [PLATE, QUARTZ, OVEN], ids=["plate", "quartz", "oven"])
def test_the_plant_does_what_the_model_says(values):
    model, power_w = Model(values), 300.0
    plant = Plant(modelplant.plant_of(values, power_w, 40.0, 90.0))
    heater_c, board_c, h_s = 90.0, 40.0, 0.02
    for second in range(200):
        share = 1.0 if second < 60 else 0.0
        for _ in range(int(1 / h_s)):
            flow_w = model.flow_w(heater_c, board_c)
            net_w = share * power_w - flow_w - model.heater_loss_w(heater_c)
            heater_c += net_w * h_s / model.heater_j_k
            board_c += (flow_w - model.loss_w(board_c)) * h_s / model.board_j_k
        plant.step(1.0, share)
    assert plant.board_c() == pytest.approx(board_c, abs=0.5)
    assert plant.heater_c() == pytest.approx(heater_c, abs=1.0)
    assert plant.node_c("room") == pytest.approx(values["ambient_c"], abs=0.001)


def test_a_board_below_ambient_warms_and_a_unit_without_losses_keeps_its_heat():
    cold = Plant(modelplant.plant_of(PLATE, 100, 10.0, 10.0))
    cold.step(100, 0)
    assert 10.5 < cold.board_c() < 23
    kept = Plant(modelplant.plant_of({**PLATE, "loss_w_k": 0}, 100, 150.0, 150.0))
    kept.step(600, 0)
    assert kept.board_c() == pytest.approx(150, abs=0.01)


def test_a_unit_with_power_to_spare_follows():
    found = look()
    assert found.follows, forecasttext.lines(found)
    assert found.seconds == pytest.approx(found.planned_s, abs=20)
    assert found.peak_c == pytest.approx(238, abs=4)
    assert found.overshoot_c is not None and found.overshoot_c < 4
    assert all(0.3 < stage.needed < 0.95 for stage in found.stages)
    assert all(stage.duty and stage.needed <= stage.duty <= 1 for stage in found.stages)
    assert found.curve[-1][0] == pytest.approx(found.seconds, abs=1)


def full_power_s(values, power_w, to_c):
    """Seconds of full power from ambient until the board is at `to_c`."""
    plant = Plant(modelplant.plant_of(values, power_w, values["ambient_c"], values["ambient_c"]))
    for quarter in range(100000):
        if plant.board_c() >= to_c:
            return quarter / 4
        plant.step(0.25, 1)
    raise AssertionError("never")


def test_a_ramp_beyond_the_power_is_stretched_to_what_the_heater_gives():
    found = look("preheat-sac305", "virtual-quartz", OVEN)
    assert found.end == "done" and not found.follows
    warm = found.stages[0]
    assert warm.needed > 2
    # 2 kJ/K at 600 W: the time to 110 °C is that of full power and hardly more.
    least_s = full_power_s(OVEN, 600, 110)
    reached_s = next(t_s for t_s, _, board_c, *_ in found.curve if board_c >= 109)
    assert least_s * 0.97 < reached_s < least_s * 1.25
    ramp_s = (110 - 23) / 0.8
    assert warm.stretched_s == pytest.approx(reached_s - ramp_s, rel=0.25)
    work = found.stages[2]
    assert (work.ramp_c_s, work.stretched_s) == (0, 0)


def test_a_profile_that_may_not_be_stretched_is_not_played():
    found = look("preheat-sac305", "virtual-quartz", OVEN, lambda d: d.update(stretch=False))
    paths = [problem.path for problem in found.problems]
    assert paths == ["stages[0].ramp_c_s", "stages[1].ramp_c_s"]
    assert found.curve == () and not found.follows
    assert [stage.duty for stage in found.stages] == [None] * 3


def test_a_unit_that_is_waited_for_without_stretching_does_not_follow():
    found = near_quartz(change=lambda d: d.update(stretch=False))
    assert found.end == "done" and not found.follows and not found.stretched
    (stage,) = found.lagging
    back_c = load_profile("preheat-sac305")["stages"][0].get("holdback_c", 10)
    assert stage.lag_c == pytest.approx(back_c, abs=2)
    assert stage.held_s == pytest.approx(found.seconds - found.planned_s, abs=15)
    words = f"lags by up to {stage.lag_c:.0f} °C and takes about {stage.held_s:.0f} s longer"
    assert words in forecasttext.verdict(found)
    assert words in forecasttext.card_lines(found)[-1]
    assert not near_quartz().lagging


def test_a_long_hold_is_cut_and_its_time_added_back():
    found = near_quartz("bake-125")
    assert found.end == "done"
    assert found.planned_s > 8 * 3600
    assert found.seconds == pytest.approx(found.planned_s, abs=240)
    assert found.curve[-1][0] == pytest.approx(found.seconds, abs=1)
    assert len(found.curve) < 1200


def test_a_hold_in_the_middle_is_cut_as_well():
    def longer(d):
        d["stages"][0].update(hold_s=1000, hold_max_s=2000)
        d["run_max_s"] = 7200

    short, long = look(), look(change=longer)
    added_s = 1000 - load_profile("hotplate-sac305")["stages"][0].get("hold_s", 0)
    assert long.seconds == pytest.approx(short.seconds + added_s, abs=15)
    assert len(long.curve) < len(short.curve) + forecast.LONG_HOLD_S + 15
    assert long.curve[-1][0] == pytest.approx(long.seconds, abs=1)


def test_operators_take_no_time():
    found = near_quartz()
    assert found.end == "done" and found.seconds < 600


def test_another_mass_changes_the_plant_and_what_is_needed():
    own, heavy = near_quartz(), near_quartz(mass_j_k=450)
    assert (own.board_j_k, heavy.board_j_k, heavy.tuned_j_k) == (150, 450, 150)
    assert heavy.stages[0].needed > 1.4 * own.stages[0].needed
    assert heavy.seconds > own.seconds + 20
    assert "board of 450 J/K; tuned with 150 J/K" in forecasttext.lines(heavy)
    assert "board as tuned, 150 J/K" in forecasttext.lines(own)


def test_a_warm_start_is_a_shorter_run():
    assert near_quartz(start_c=90, heater_c=300).seconds < near_quartz().seconds - 60


def test_a_run_that_would_end_in_a_fault_is_foretold():
    def impatient(d):
        for stage in d["stages"]:
            stage["ramp_max_s"] = 120

    found = look("preheat-sac305", "virtual-quartz", OVEN, impatient)
    assert (found.end, found.detail) == ("fault:ramp_timeout", "stage warm")
    assert found.seconds == pytest.approx(120, abs=1)
    assert found.stages[1].stretched_s is None
    assert "it would end in fault:ramp_timeout after 2.0 min (stage warm)" in (
        forecasttext.lines(found)
    )


def test_the_longest_run_counts_with_the_cut_holds():
    def tight(d):
        d["run_max_s"] = int(d["stages"][0]["hold_s"]) + 340  # hold and ramp, to a few seconds

    found = near_quartz("bake-125", change=tight)
    assert found.end == "fault:run_timeout"


def test_a_long_run_is_looked_at_no_longer_than_allowed():
    found = near_quartz(most_s=100)
    assert found.end == "" and len(found.curve) == 100
    assert found.seconds > 200
    assert "too long" in forecasttext.verdict(found)


def test_an_untuned_unit_is_not_guessed_at():
    board, profile = load_board("virtual-hotplate"), load_profile("hotplate-sac305")
    assert forecast.make(profile, board, settings.default("bench")) is None
    assert forecasttext.card_lines(None) == [forecasttext.NOT_TUNED]


def test_the_document_is_json_with_the_curve():
    found = near_quartz()
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert document["end"] == "done" and document["problems"] == []
    assert set(document["curve"]) == set(forecast.COLUMNS)
    assert len(document["curve"]["t_s"]) == len(document["curve"]["board_c"]) == len(found.curve)
    row = document["stages"][0]
    assert row["needed_w"] == pytest.approx(row["needed"] * document["power_w"], abs=0.5)


def told(*waits, **more):
    """A forecast made up of (needed, stretched_s) per stage."""
    stages = tuple(
        forecast.Stage(f"s{i}", 1.0, needed, 200.0, 0.5, 0.4, 1.0, 300.0, stretched_s)
        for i, (needed, stretched_s) in enumerate(waits)
    )
    made = forecast.Forecast(
        (), stages, power_w=100, board_j_k=50, tuned_j_k=50, planned_s=500, end="done",
        seconds=540, peak_c=239.1, overshoot_c=1.0, curve=((0.0,) * 5,),
    )
    return made._replace(**more)


def test_the_card_gets_three_lines_at_most():
    board = "(board as tuned, 50 J/K)"
    assert forecasttext.card_lines(told((0.8, 0.0), (0.9, 1.0))) == [
        f"this unit can follow it; 9.0 min, peak 239.1 °C {board}"
    ]
    assert forecasttext.card_lines(told((0.8, 30.0), (1.12, 40.0))) == [
        "stage 's1' needs 112 % of the power: stretched by about 40 s",
        "stage 's0' is stretched by about 30 s: the heater must get hot enough first",
        f"9.0 min, peak 239.1 °C {board}",
    ]
    assert forecasttext.card_lines(told((1.2, 50.0), (1.1, 20.0), (1.1, 10.0))) == [
        "stage 's0' needs 120 % of the power: stretched by about 50 s",
        "2 more stages are stretched by about 30 s in all",
        f"9.0 min, peak 239.1 °C {board}",
    ]
    late = told((1.2, 50.0), end="fault:ramp_timeout", detail="stage s0", seconds=1200)
    assert forecasttext.card_lines(late) == [
        "stage 's0' needs 120 % of the power: stretched by about 50 s",
        f"it would end in fault:ramp_timeout after 20 min (stage s0) {board}",
    ]


def test_the_verdict_counts_all_that_is_stretched():
    made = told((0.8, 30.0), (1.12, 40.0), (0.5, 1.0))
    assert forecasttext.verdict(made) == "this unit can follow it, stretched by 70 s in all"


def test_the_table_has_a_row_per_stage():
    rows = forecasttext.table(told((1.12, 40.0), (0.5, 0.0)))
    assert [len(row) for row in rows] == [len(forecasttext.HEADS)] * 2
    assert rows[0] == ("s0", "1 °C/s", "112 %", "200 °C", "0.50 °C/s", "40 %", "300 °C", "40 s")


def test_the_picture_is_written_or_the_reason_said(tmp_path):
    found = near_quartz()
    forecastplot.save(found, "title", str(tmp_path / "a.png"))
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    for place in (tmp_path / "a.nothing", tmp_path / "no" / "a.png"):
        with pytest.raises(UsageError):
            forecastplot.save(found, "title", str(place))
    with pytest.raises(UsageError):
        forecastplot.save(found._replace(curve=()), "title", str(tmp_path / "b.png"))


# The real boards describe the heater and probes of virtual-quartz, on other pins.
FORETOLD = [name for name in stock_boards() if name.startswith("virtual")] + ["raspberrypi-pico"]


@pytest.mark.parametrize("name", FORETOLD)
def test_every_stock_board_can_be_foretold(name):
    board = load_board(name)
    power_w = board["zones"][0]["power_w"]
    model = {**QUARTZ, **{key: QUARTZ[key] * power_w / 600 for key in SCALES}}
    seen = any(probe["role"] == "heater" for probe in board["probes"])
    own = tuned(model, heater_seen=seen)
    found = forecast.make(load_profile("preheat-sac305"), board, own)
    assert found is not None and found.end == "done", found
