"""tests/core once more, the same files, on the real MicroPython interpreter."""

import importlib.util

import pytest

import core_report

if importlib.util.find_spec("micropython_unix") is None:
    pytest.skip(
        "no MicroPython wheel is installed (there is none for this platform): "
        "tests/core ran on CPython only",
        allow_module_level=True,
    )

# The exit code of this entry point is not the script's own, so the printed lines decide.
MICROPYTHON = ("-c", "from micropython_unix import main; main()", "-X", "heapsize=16m")


@pytest.mark.parametrize("number", range(core_report.PARTS))
def test_core(number):
    core_report.check_part(number, *MICROPYTHON, str(core_report.RUNNER))


def test_a_failure_there_is_seen_here(tmp_path):
    bad = tmp_path / "test_bad.py"
    bad.write_text("import sys\ndef test_a():\n    assert False\ndef test_b():\n    pass\n")
    empty = tmp_path / "test_empty.py"
    empty.write_text("x = 1\n")
    other = tmp_path / "test_other.py"
    other.write_text(
        "import sys\ndef test_a():\n    pass\n"
        "if sys.implementation.name == 'micropython':\n    del test_a\n"
        "    def test_b():\n        pass\n"
    )
    seen = core_report.run(
        *MICROPYTHON, str(core_report.RUNNER), files=[bad, empty, other, tmp_path / "test_no.py"]
    )
    assert seen.files["test_bad"].failed == {"test_a"}
    assert seen.files["test_bad"].passed == {"test_b"}
    for path in (bad, empty, other, tmp_path / "test_no.py", tmp_path / "test_not_run.py"):
        with pytest.raises(AssertionError):
            seen.check(path, {"test_a"})
    assert seen.last_line == "core: 2 passed, 3 failed, 4 files"
