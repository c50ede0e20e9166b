"""Run tests/core in another interpreter and read the lines of tests/run_core.py back, per file."""

import functools
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
FILES = sorted((TESTS / "core").glob("test_*.py"))
RUNNER = TESTS / "run_core.py"
TIME_LIMIT_S = 700
PARTS = 6  # of the files: as many runs, which several processes share


class FileReport:
    """What one file gave: the tests that passed, those that failed, and the failures' text."""

    def __init__(self):
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.text: list[str] = []

    @property
    def names(self) -> set[str]:
        return self.passed | self.failed


class Report:
    """All files by stem, the last line, and the whole output for when it stopped half-way."""

    def __init__(self, output: str):
        self.output = output
        self.files: dict[str, FileReport] = {}
        report = FileReport()
        for line in output.splitlines():
            kind, _, rest = line.partition(" ")
            path, found, name = rest.partition("::")
            if kind in ("ok", "FAIL") and found:
                report = self.files.setdefault(Path(path).stem, FileReport())
                (report.passed if kind == "ok" else report.failed).add(name)
            if kind != "ok":
                report.text.append(line)
        self.last_line = output.strip().rpartition("\n")[2]

    def check(self, path: Path, want: set[str]) -> None:
        """AssertionError unless the file ran exactly the tests `want` and all of them passed."""
        report = self.files.get(path.stem)
        assert report is not None, f"{path.name} was never reached:\n{self.output[-4000:]}"
        assert not report.failed, "\n".join([f"{path.name} failed:", *report.text])
        assert report.names == want, (
            f"{path.name} has other tests there than here: {sorted(report.names ^ want)}\n"
            f"{self.output[-4000:]}"
        )
        assert self.last_line.startswith("core: "), self.output[-4000:]


def part(number: int) -> list[Path]:
    """The files of one of PARTS runs."""
    return FILES[number::PARTS]


def check_part(number: int, *command: str) -> None:
    """Run one part of the files by this command; AssertionError unless all of it passed."""
    files = part(number)
    report = run(*command, files=files)
    for path in files:
        report.check(path, names_here().get(path.stem, set()))


def run(*command: str, files: list[Path] | None = None) -> Report:
    """Run the command with the test files behind it, from the checkout."""
    paths = [str(path) for path in (FILES if files is None else files)]
    try:
        done = subprocess.run(
            [sys.executable, *command, *paths], cwd=ROOT, timeout=TIME_LIMIT_S,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        )
    except subprocess.TimeoutExpired as late:
        return Report(f"{late.stdout!r}\nstopped after {TIME_LIMIT_S} s")
    return Report(done.stdout)


@functools.cache
def names_here() -> dict[str, set[str]]:
    """The names of the tests of every file as CPython collects them."""
    report = run(str(RUNNER), "--list")
    return {stem: file.passed for stem, file in report.files.items()}
