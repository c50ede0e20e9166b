"""tests/core once more with every float of the device's code rounded to 32 bits."""

import struct
import subprocess
import sys

import pytest

import core_report
from preheat_core import metrics, thermocouple

FLOAT32 = core_report.TESTS / "float32.py"


@pytest.mark.parametrize("number", range(core_report.PARTS))
def test_core(number):
    core_report.check_part(number, str(FLOAT32))


def rounded(expression: str) -> str:
    """What print(expression) gives where the device's code is rounded."""
    code = (
        "import float32; float32.install()\n"
        "from preheat_core import filters, metrics, thermocouple\n"
        f"print({expression})"
    )
    paths = [str(core_report.TESTS), str(core_report.ROOT / "firmware" / "lib")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{code}"],
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return done.stdout.strip()


def single(x: float) -> float:
    return struct.unpack("f", struct.pack("f", x))[0]


@pytest.mark.parametrize("t_c", [25.3, 183.0, 245.0, 217.7])
def test_results_are_32_bit_floats_and_differ_from_64_bit_ones(t_c):
    value = float(rounded(f"repr(thermocouple.emf_mv({t_c}))"))
    assert value == single(value)
    assert value != thermocouple.emf_mv(t_c)
    assert value == pytest.approx(thermocouple.emf_mv(t_c), abs=1e-4)


def test_arguments_constants_and_sums_are_rounded():
    assert float(rounded("thermocouple.LINEAR_MV_C")) == single(0.041276)
    assert float(rounded("filters.Median(1).add(0.1)")) == single(0.1)
    assert rounded("filters.sum([2.0**24, 1.0, 1.0])") == "16777216.0"


def test_text_shows_the_digits_of_a_32_bit_float():
    assert rounded("repr(thermocouple.Reading(temp_c=0.1))").startswith("Reading(0.1, None")


def test_modules_of_this_process_are_not_rounded():
    assert thermocouple.LINEAR_MV_C == 0.041276
    assert not hasattr(metrics, "__f32__")
