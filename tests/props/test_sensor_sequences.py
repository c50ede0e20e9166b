"""Any sequence of readings, inputs and orders: the kernel never raises and never heats wrongly."""

from hypothesis import given
from hypothesis import strategies as st

from preheat_core.faults import CODES, HEATING_STATES
from rig import Rig, recipe, stage, with_probes

SENSOR_FAULTS = (
    "tc_open", "tc_short_gnd", "tc_short_vcc", "bus_zero", "bus_ones", "frame_bad", "bus_error",
)  # fmt: skip
ROW = stage("ready", 60, hold_s=1, operator=True, operator_max_s=300, external_heat=True)
MADE = recipe(ROW, stage("peak", 230, ramp_c_s=2.5))

one_probe = st.one_of(
    st.none(),  # follows the plate
    st.sampled_from(SENSOR_FAULTS),
    st.floats(-200, 1300),
)
moment = st.fixed_dictionaries(
    {
        "probes": st.tuples(one_probe, one_probe, one_probe),
        "ticks": st.integers(1, 40),
        "dt_ms": st.sampled_from((250, 250, 250, 0, 1, 900, 20_000, -500)),
        "interlock_ok": st.sampled_from((True, True, True, False)),
        "button": st.booleans(),
        "load_seen": st.sampled_from((None, False, True)),
        "word_stands": st.booleans(),
        "order": st.sampled_from(
            ("", "", "", "start", "stop", "continue", "clear", "ack", "beat", "trim", "external")
        ),
    }
)


def give(rig, order):
    orders = rig.kernel.orders
    if order == "start":
        orders.start(MADE, {"run": "r000002", "detached": False})
    elif order == "stop":
        orders.stop()
    elif order == "continue":
        orders.proceed()
    elif order == "clear":
        orders.clear()
    elif order == "ack":
        orders.acknowledge()
    elif order == "beat":
        rig.kernel.beat()
    elif order == "trim":
        orders.trim(3.0)
    elif order == "external":
        orders.external(True)


def look(rig, decision):
    """What must be true after any tick."""
    kernel = rig.kernel
    assert all(code in CODES for code in kernel.latch.codes)
    assert 0 <= decision.on_ms <= 250
    if decision.contactor or decision.permit:
        assert not kernel.latch.rows
        assert kernel.state in HEATING_STATES
    if decision.permit:
        assert decision.contactor
        assert kernel.guard.inhibit is None
        assert kernel.interlock_ok
        for probe, reading, absent in zip(
            kernel.board["probes"], kernel.readings, kernel.guard.absent, strict=True
        ):
            if not absent:
                assert reading.fault is None
                row = kernel.run.limits.row(probe["role"])
                assert reading.temp_c < row.approach_c


@given(st.lists(moment, max_size=25))
def test_whatever_the_sensors_say(moments):
    rig = Rig(with_probes(("chip", "component"), ("coil", "heater")))
    rig.start(MADE, detached=False)
    for now in moments:
        rig.faults = {i: p for i, p in enumerate(now["probes"]) if isinstance(p, str)}
        rig.fixed_c = {i: p for i, p in enumerate(now["probes"]) if isinstance(p, float)}
        rig.inputs.interlock_ok = now["interlock_ok"]
        rig.inputs.button = now["button"]
        rig.inputs.load_seen = now["load_seen"]
        rig.word_stands = now["word_stands"]
        before = list(rig.kernel.latch.rows)
        give(rig, now["order"])
        if now["order"] != "clear":
            assert rig.kernel.latch.rows[: len(before)] == before  # latched stays latched
        for _ in range(now["ticks"]):
            look(rig, rig.tick(max(now["dt_ms"], 0) or 250))
            rig.now_ms = (rig.now_ms + now["dt_ms"] - 250) & 0x3FFFFFFF
