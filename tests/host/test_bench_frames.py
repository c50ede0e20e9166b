"""The virtual amplifiers: their frames, their noise, and the sensor faults of the script."""

import pytest

from host.bench_world import HEATER_CS, SSR, heat, make, read, run
from preheat import tomlfiles
from preheat.bench import amplifier, plantfile
from preheat.bench.world import World
from preheat_fw import max31855


@pytest.mark.parametrize("cold_c", [-10.0, 0.0, 23.4, 31.9, 60.0])
def test_the_firmware_reads_back_what_the_chip_was_given(cold_c):
    for tenth in range(-400, 9000, 37):
        true_c = tenth / 10
        reading = max31855.reading(amplifier.frame(true_c, cold_c))
        assert reading.fault is None
        # 0.25 °C steps of a straight line, and type K's slope is down to 0.9 of it below 0 °C
        assert reading.temp_c == pytest.approx(true_c, abs=0.25)
        assert reading.cj_c == pytest.approx(cold_c, abs=0.04)


def test_the_chip_errs_as_the_data_sheet_says():
    tc_c, _, _ = max31855.decode(amplifier.frame(245.0, 25.0))
    assert tc_c == pytest.approx(242, abs=0.6)  # uncorrected it is 3 °C low


@pytest.mark.parametrize(
    "kind, code",
    [("tc_open", "tc_open"), ("tc_short_gnd", "tc_short_gnd"), ("tc_short_vcc", "tc_short_vcc"),
     ("spi_zero", "bus_zero"), ("spi_ones", "bus_ones")],
)
def test_sensor_faults_answer_their_frames(kind, code):
    world = make(faults=[{"kind": kind, "at_s": -1}])
    assert max31855.reading(read(world)).fault == code
    other = max31855.reading(read(world, HEATER_CS)).fault
    assert other == (code if kind.startswith("spi") else None)  # the bus is shared


def test_a_fault_means_the_probe_it_names():
    world = make(faults=[{"kind": "tc_open", "at_s": -1, "probe": "heater"}])
    assert max31855.reading(read(world)).fault is None
    assert max31855.reading(read(world, HEATER_CS)).fault == "tc_open"


def test_words_of_a_healthy_chip_never_stand_still_and_a_frozen_one_does():
    world = make("hotplate", "virtual-hotplate")
    words = []
    for _ in range(240):
        world.advance(250000)
        words.append(read(world))
    longest = same = 1
    for a, b in zip(words, words[1:]):
        same = same + 1 if a == b else 1
        longest = max(longest, same)
    assert longest <= 12  # 3 s
    world.inject({"kind": "tc_frozen"})
    frozen = {read(world) for _ in range(3)}
    heat(world)
    run(world, 30)
    assert {read(world)} == frozen


def test_offset_detached_and_noise():
    world = make("hotplate", "virtual-hotplate", [{"kind": "tc_offset", "at_s": -1, "value": 20}])
    assert max31855.reading(read(world)).temp_c == pytest.approx(43, abs=1)
    world = make()
    heat(world)
    run(world, 120)
    world.inject({"kind": "tc_detached", "value": 0.1})
    for _ in range(240):
        world.advance(250000)
        word = read(world)
    wanted_c = 23 + 0.1 * (world.plant.heater_c() - 23)
    assert max31855.reading(word).temp_c == pytest.approx(wanted_c, abs=3)


def test_a_detached_probe_still_hangs_in_the_air_after_a_reset():
    rows = [{"kind": "tc_detached", "at_s": -1, "value": 0.2}]
    world = make("hotplate", "virtual-hotplate", rows)
    heat(world)
    run(world, 100)
    world.set_pin(SSR, 0)
    again = make("hotplate", "virtual-hotplate", rows)
    again.restore(world.state(), "reset", 0.0)
    wanted_c = 23 + 0.2 * (again.plant.heater_c() - 23)
    assert max31855.reading(read(again)).temp_c == pytest.approx(wanted_c, abs=1)


def test_spikes_come_as_often_as_the_plant_says():
    plant = plantfile.load_plant("hotplate")
    plant["probe"][0]["spikes_per_min"] = 6
    world = World(plant, tomlfiles.load_board("virtual-hotplate"))
    high = 0
    for _ in range(3000):
        world.advance(100000)
        high += max31855.reading(read(world)).temp_c > 40
    assert 15 <= high <= 45  # 30 expected in 5 minutes


def test_the_same_seed_gives_the_same_words():
    def words(seed):
        world = make("hotplate", "virtual-hotplate", seed=seed)
        out = []
        for _ in range(50):
            world.advance(250000)
            out.append(read(world))
        return out

    assert words(5) == words(5) != words(6)
