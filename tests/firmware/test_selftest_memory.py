"""What selftest loads goes with the next run: a controller has no memory to spare."""

import sys

LOADED = ("preheat_fw.trials", "preheat_core.contactor_proof")


def test_a_start_lets_go_of_what_only_selftest_needs_and_it_comes_back(bench):
    token = bench.ask("claim", host="test")["token"]
    assert bench.ask("test", token=token, what="contactor")["ok"]
    bench.wait(3)
    assert bench.ask("tested")["verdict"] == "done"
    assert all(name in sys.modules for name in LOADED)
    bench.begin()
    assert not any(name in sys.modules for name in LOADED)
    bench.ask("stop")
    assert bench.ask("tested")["verdict"] == "done"
