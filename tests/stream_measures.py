"""A run's numbers by the streaming code of the core, on CPython or on MicroPython.

Usage there: stream_measures.py LIB FILE…, the folder of preheat_core and files of JSON with "rows"
and "given"; it prints a line of JSON for each.
"""

import json
import sys


def stream(rows, liquidus_c, body_max_c, soak_c, power_w):
    """The numbers of rows (t_ms, °C, highest °C, other probe's °C, setpoint °C, score, delivered).

    Temperatures and setpoints may be None.
    """
    from preheat_core.measures import NEAR_BODY_C, Climb, Energy, Spread, TimeBetween
    from preheat_core.metrics import RunMetrics

    run = RunMetrics(liquidus_c)
    spans = {
        "tal": TimeBetween(liquidus_c), "near_body": TimeBetween(body_max_c - NEAR_BODY_C),
        "soak": TimeBetween(soak_c[0], soak_c[1], True),
    }  # fmt: skip
    climb, spread, energy = Climb(), Spread(), Energy()
    for t_ms, temp_c, high_c, other_c, setpoint_c, score, delivered in rows:
        run.add(t_ms, temp_c, setpoint_c, score)
        for span in spans.values():
            span.add(t_ms, temp_c)
        climb.add(t_ms, temp_c, high_c)
        spread.add((temp_c, other_c))
        energy.add(t_ms, delivered)
    found = run.summary()
    for name, span in spans.items():
        found[name] = [span.ms, span.longest_ms]
    found["climb_ms"] = climb.ms
    found["spread_c"] = spread.spread_c
    found["wh"] = energy.wh(power_w)
    return found


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    for name in sys.argv[2:]:
        with open(name) as file:
            case = json.load(file)
        print(json.dumps(stream(case["rows"], *case["given"])))
