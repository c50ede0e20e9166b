"""Which constants docs/safety.md has to show for each guard, and in which sentences others stand.

A constant that is renamed, gone or another number than the page says fails; so does a number that
is taken off the page, or a new one in a judge that is neither shown nor listed here as inner.
"""

INVALID = ("watch_sensors.STALE_MS",)
BAND = ("envelope.OUTSIDE_C", "envelope.SURE_MS")
CURRENT = ("watch_load.SURE_MS",)


def _of(module: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for name in names)


NEEDED = {
    "tc_open": INVALID, "tc_short_gnd": INVALID, "tc_short_vcc": INVALID, "bus_zero": INVALID,
    "bus_ones": INVALID, "frame_bad": INVALID, "bus_error": INVALID,
    "frozen": (
        *_of("watch_sensors", "FROZEN_MS", "FROZEN_FAST_MS", "MOVED_C"),
        *_of("guard", "FAR_C", "GLOWS_C"), *_of("envelope", "STILL_C", "STILL_MS"),
        "causes.STANDS_MS",
    ),
    "detached": _of("watch_jump", "HALF", "FALL_C", "RISE_C", "FALL_ABOVE_C", "SURE_TICKS"),
    "cold_junction": _of("watch_board", "CJ_MIN_C", "CJ_MAX_C", "CJ_SAMPLES"),
    "over_temp": ("alloys.BGA_MAX_C", "limits.SOLIDUS_MARGIN_C"),
    "heater_over_temp": ("limits.HEATER_MARGIN_C",),
    "ramp_fast": _of(
        "watch_limits", "SLOPE_WINDOW_MS", "RAMP_TRIP_MARGIN_C_S", "RAMP_PERSIST_MS"
    ),
    "spread": _of("watch_board", "SPREAD_FAR_C", "SPREAD_FAR_MS", "SPREAD_MS"),
    "no_rise": (
        *BAND, *CURRENT, *_of("control_predictive", "LOST_SHARE", "LOST_S"),
        *_of("watch_heater", "DEAD_SHARE", "DEAD_DUTY", "DEAD_MS", "DEAD_LOW_MS", "FALL_C",
             "OFF_MS", "ANSWER_SHARE", "COLD_C", "COLD_SHARE", "COLD_S"),
    ),
    "stuck_on": (
        *BAND, *CURRENT, "watch_load.EDGE_MS", "heat_judges.AHEAD_C",
        *_of("envelope", "STEEP_C_S", "STEEP_MS", "HOT_C", "BOOT_C", "ROSE_C", "STORED_C"),
        *_of("band", "HALF_MINUTE_S", "HALF_MINUTE_C_S", "DIP_C"),
        *_of("watch_heater", "DROP", "EXCESS", "DROP_MS", "DUTY_MOST", "TEST_MS", "LONG_TEST_MS",
             "CALM_MS", "SETTLED_MS", "SEEN_S", "STUCK_MS", "RISE_C", "RISE_EXTERNAL_C", "HOT_C",
             "CUT_S", "HELD", "AIR_C"),
        *_of("watch_heat", "STUCK_MS", "STUCK_C", "RISE_MS", "SURE_MS", "STUCK_HEATER_MS",
             "STUCK_HEATER_MIN_MS", "STUCK_HEATER_C", "STUCK_HEATER_EXTERNAL_C"),
    ),
    "anomaly": BAND,
    "pad": ("pads.TICKS",),
    "run_timeout": ("watch_board.RUN_SLACK_MS",),
    "link": ("run.LINK_LOST_MS",),
    "gate_timeout": ("gate.DROP_MS", "app.WATCHDOG_MS"),
    "late": _of("watch_time", "LATE_MS", "TRIP_MS", "LATE_MOST", "WINDOW"),
    "flash_full": ("logfile.RESERVE_BYTES",),
    "flash_bad": ("logfile.PROBE_BYTES",),
    "first heat": _of("first_heat", "COOL_C", "APART_C", "BELOW_BOX_C", "BOX_C"),
    "claim": ("desk.TOKEN_MS",),
    "order of switching": ("kernel.CONTACTOR_LEAD_MS",),
    "contactor": _of(
        "contactor_proof", "REST_MS", "RISE_C", "SURE_MS", "ON_S[quartz]", "ON_S[ceramic]",
        "ON_S[plate]", "ON_S[other]", "LOAD_MS",
    ),
}  # fmt: skip

# Modules whose every number is on the page, but for these: how they filter, follow and forget.
JUDGES = (
    "envelope", "first_heat", "heat_judges", "watch_board", "watch_heat", "watch_heater",
    "watch_jump", "watch_limits", "watch_load", "watch_sensors", "watch_time",
)  # fmt: skip
INNER = {
    "envelope": ("WARM_C", "COOLING", "FIRST", "SLOPELESS_S", "SEEN_LOW", "SEEN_HIGH", "SEEN_C"),
    "heat_judges": ("JUMP_MS", "GAP_MS", "STANDS_MS"),
    "watch_heater": (
        "WINDOW", "DELAY", "ENDS", "SPAN_S", "LATE_MS", "REF_S", "REF_NEAR", "REF_HELD_S",
        "SLOW_REF_S", "SLOW_NEAR", "WARMING", "RISING", "LOST_LEAST", "LOST_MOST",
        "DEAD_LOW_DUTY", "COLD_DUTY",
    ),
    "watch_jump": ("PARTS", "LATE_MS"),
    "watch_sensors": ("STANDS_MOST_MS",),
}  # fmt: skip

# (constant, the words around its number)
SENTENCES = (
    ("clock.TICK_MS", "judges every tick ({})"),
    ("kernel.CONTACTOR_LEAD_MS", "closes at least {} before the relay"),
    ("gate.DROP_MS", "switches relay and contactor off {} after the last one"),
    ("app.WATCHDOG_MS", "The watchdog ({})"),
    ("watch_sensors.FROZEN_MS", "freezes in a hold, for up to {} under heat"),
    ("watch_sensors.FROZEN_FAST_MS", "In a ramp it takes {}; where"),
    ("envelope.STILL_MS", "slowest unit must have moved, {}."),
    ("watch_jump.FALL_ABOVE_C", "only a fall of {} at once is judged"),
    ("watch_sensors.FROZEN_MS", "up to {} of heat on a frozen value"),
    ("heat_judges.AHEAD_C", "lets the board drift {} above its setpoint"),
    ("watch_load.SURE_MS", "A load sense sees it in {} of a whole pulse"),
    ("run.TOUCH_C", "*Cool* is every probe below {}."),
    ("run.TOUCH_C", "slow blink hot (above {}, run or not"),
    ("alarms.RETURN_S", "has returned after {} without its condition"),
    ("alarms.RETURN_S", "had been gone for {} and returns behind"),
    ("alarms.PAUSE_S", "comes and goes is told of after {}, then 10"),
    ("alarms.PAUSE_MAX_S", "then 10, 20 … {}, so that"),
    ("notices.APPROACH_AGAIN_C", "an approach is over {} below what called for it"),
    ("notices.BACK_C", "an overshoot {}. One"),
    ("causes.OFF_LONG_MS", "until no heat was on for {}. What has"),
    ("envelope.OUTSIDE_C", "Seconds until a reading is {} outside"),
)
