"""Profiles of other controllers, built here to their published structures; all numbers our own."""

import json

# A reflow of tin-lead as (s, °C): what every builder below spells in its own way.
LEADED = ((0, 25), (75, 100), (165, 145), (245, 215), (260, 215))


def fahrenheit(temp_c):
    return temp_c * 9 / 5 + 32


def kiln_v1(points=LEADED, **more):
    return json.dumps({"type": "profile", "name": "bench", "data": [list(p) for p in points],
                       **more})  # fmt: skip


def kiln_v2(**changes):
    """90 °C/h steps are too slow for solder; these are 60 and 30 degrees a minute."""
    d = {
        "type": "profile", "version": 2, "name": "bench two", "start_temp": 25, "temp_units": "c",
        "segments": [
            {"rate": 3600, "target": 100, "hold": 0},
            {"rate": 1800, "target": 145, "hold": 1},
            {"rate": 3150, "target": 215, "hold": 0.25},
            {"rate": "cool", "target": 50, "hold": 0},
        ],
    }  # fmt: skip
    return json.dumps({**d, **changes})


def ez_oven(points=None, **changes):
    falling = ((275, 200), (330, 90))
    d = {
        "title": "bench paste", "alloy": "Sn63/Pb37", "melting_point": 183,
        "temp_range": [25, 215], "time_range": [0, 330],
        "reference": "https://example.com/paste.pdf",
        "stages": {"preheat": [25, 100], "soak": [100, 145], "reflow": [145, 183],
                   "cool": [215, 183]},
        "profile": [list(p) for p in points or (*LEADED, *falling)],
    }  # fmt: skip
    return json.dumps({**d, **changes})


def pico_kiln(**changes):
    d = {
        "name": "bench", "temp_units": "c", "description": "x",
        "steps": [
            {"type": "ramp", "target_temp": 120, "desired_rate": 1900, "min_rate": 900},
            {"type": "hold", "target_temp": 120, "duration": 600},
            {"type": "cooling"},
        ],
    }  # fmt: skip
    return json.dumps({**d, **changes})


CONTROLEO = """Controleo3 Profile  // the first word matters
Name "bench // paste #1"
Deviation to abort 25C
Maximum temperature 228C
Maximum duty 90/70/50
Close door over 1 second
Convection fan on
Element duty cycle 50/40/30
Wait until above 50C
Bias 90/70/50   # bottom, top, boost
Ramp temperature to 145C in 120 seconds
Maintain 145C for 30 seconds
Ramp temperature to 215C in 80 seconds
Element duty cycle 0/0/0
Open door over 10 seconds
Play tune
Wait for 60 seconds
Wait until below 100C
"""

PLAIN = "# bench\ntime_s temp_c\n" + "".join(f"{s} {c}\n" for s, c in LEADED) + "300 END\n"
