"""New settings and a new tune: what the guard has seen of a heater's heat is not thrown away."""

from preheat_core.faults import COOL, FAULT
from rig import Rig, recipe, stage


def watched(rig):
    """The models for which new judges are made from now on."""
    made = []
    rig.kernel.guard.heat.use_model = made.append
    return made


def test_new_settings_make_no_new_judges_while_a_run_or_a_fault_is_watched():
    rig = Rig().running(recipe(stage("a", 100)), 60)
    made = watched(rig)
    rig.kernel.orders.stop()
    rig.wait(1)
    assert rig.kernel.state == COOL
    rig.kernel.use_settings(rig.kernel.settings)
    assert made == []
    rig.kernel.fail("detached", "while it cools")
    rig.kernel.close_run()
    rig.wait(1)
    assert rig.kernel.run is None and rig.kernel.state == FAULT
    rig.wait(1)
    assert made == []
    assert rig.kernel.orders.clear() is None
    assert made == [rig.kernel.settings["model"]]


def test_an_idle_unit_judges_by_its_new_settings_at_once():
    rig = Rig()
    made = watched(rig)
    rig.kernel.use_settings(rig.kernel.settings)
    assert made == [rig.kernel.settings["model"]]
