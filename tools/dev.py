"""Set-up, demo, checks and tests, each in one command; needs nothing but Python 3.11 or newer.

    python3 tools/dev.py setup           make .venv and install everything
    python3 tools/dev.py demo [ARG ...]  the virtual hot plate, from deploy to summary
    python3 tools/dev.py check           ruff and pyright
    python3 tools/dev.py test            check, then every test
    python3 tools/dev.py test ARG ...    only pytest, with these arguments

The first call makes .venv and installs what its verb needs; later calls start at once, until
pyproject.toml, this file or the Python changes. Nothing outside the checkout is touched.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is what refuses an older Python
    sys.exit(
        f"preheat needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\n"
        "Install a newer one from python.org or your system, and call it by its name, "
        "for example: python3.12 tools/dev.py demo"
    )

import argparse
import hashlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import threading
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "preheat-setup.json"
TYPINGS = VENV / "micropython-stubs"  # apart: among the libraries they would hide CPython's own
STUBS = ("micropython-rp2-stubs>=1.29,<1.30", "micropython-stdlib-stubs>=1.29,<1.30")
BROWSER = ROOT / "tools" / "testbrowser.py"
RUN, DEV = "run", "dev"  # what is installed: to use the toolkit, or to work on it as well
VERBS = {"setup": DEV, "demo": RUN, "check": DEV, "test": DEV}


class SetupError(Exception):
    """Set-up cannot go on; the text says what and why, and what to do about it."""


def key() -> str:
    """A hash that changes whenever the installed environment may no longer fit."""
    files = (ROOT / "pyproject.toml", Path(__file__), BROWSER)
    base = b"".join(path.read_bytes() for path in files)
    where = f"{ROOT}|{os.path.realpath(PYTHON)}"  # moved, or its Python was replaced
    return hashlib.sha256(base.replace(b"\r\n", b"\n") + where.encode()).hexdigest()


def installed() -> str | None:
    """RUN or DEV if .venv fits this checkout, else None."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    fits = isinstance(stamp, dict) and stamp.get("key") == key() and PYTHON.exists()
    return stamp.get("level") if fits else None


def environment() -> dict[str, str]:
    """The environment of every program started here: .venv first, UTF-8 everywhere."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH")}
    env.update(
        PATH=str(BIN) + os.pathsep + env.get("PATH", ""),
        VIRTUAL_ENV=str(VENV),
        PYTHONUTF8="1",
        PYRIGHT_PYTHON_IGNORE_WARNINGS="1",
    )
    return env


def make_venv() -> None:
    """Make .venv, or keep the one that is there if its Python runs and is new enough."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if PYTHON.exists():
        if subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0:
            return
        print(".venv does not work any more; making a new one", flush=True)
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupError(
            "This Python came without ensurepip, so it cannot make a virtual environment.\n"
            "On Debian and Ubuntu: sudo apt install python3-venv   "
            f"(or python3.{sys.version_info[1]}-venv); then run this again."
        )
    if VENV.is_file():
        raise SetupError(f"{VENV} is a file: remove it, and run this again.")
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=os.name != "nt").create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"Cannot make the virtual environment {VENV}: {error}\n"
            "Check that the folder can be written and the disk is not full, delete .venv, "
            "and run this again."
        ) from error


def pip(what: str, *args: str) -> None:
    """Run pip quietly; on failure show the end of what it said and the likely reason."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print(f"installing {what} ...", end="", flush=True)
    started = time.monotonic()
    finished = threading.Event()

    def hint() -> None:
        while not finished.wait(5):
            print(f" {time.monotonic() - started:.0f} s", end="", flush=True)

    threading.Thread(target=hint, daemon=True).start()
    try:
        done = subprocess.run(
            [*command, *args], cwd=ROOT, env=environment(), check=False, text=True,
            encoding="utf-8", errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
    finally:
        finished.set()
    if done.returncode == 0:
        print(f" done ({time.monotonic() - started:.0f} s)", flush=True)
        return
    print(" failed")
    print("\n".join(done.stdout.strip().splitlines()[-20:]))
    raise SetupError(
        f"pip could not install {what}; its last words are above.\n"
        "Without a way to the package index (offline, a proxy, a company certificate) set "
        "HTTPS_PROXY, or PIP_INDEX_URL to a mirror, and run this again. "
        "With a full disk, free about 1 GB."
    )


def browser() -> None:
    """The browser that tests look at pages with. Without it they say why they are skipped."""
    print("installing the tests' browser ...", end="", flush=True)
    done = subprocess.run([str(PYTHON), str(BROWSER)], cwd=ROOT, env=environment(), check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          encoding="utf-8", errors="replace")  # fmt: skip
    why = done.stderr.strip().splitlines()
    print(" done" if done.returncode == 0 else f" left out: {why[-1] if why else 'no reason'}")


def set_up(level: str) -> None:
    """Bring .venv to `level` (RUN or DEV); does nothing when it is there already."""
    have = installed()
    if have in (DEV, level):
        return
    if have is None:
        print(f"setting up {VENV.relative_to(ROOT)} (once; a minute or two)", flush=True)
        make_venv()
        STAMP.unlink(missing_ok=True)
    if level == DEV:
        pip("the toolkit and what its tests need", "-e", ".[dev]")
        shutil.rmtree(TYPINGS, ignore_errors=True)
        pip("MicroPython's type stubs", "--no-deps", "--target", str(TYPINGS), *STUBS)
        browser()
    else:
        pip("the toolkit", "-e", ".")
    STAMP.write_text(json.dumps({"key": key(), "level": level}), encoding="utf-8")


def call(*args: str) -> int:
    """Run a module in .venv with the terminal as its own; returns its exit code."""
    with subprocess.Popen([str(PYTHON), "-m", *args], cwd=ROOT, env=environment()) as child:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue  # the child got it too and ends in its own way


def steps(*jobs: tuple[str, tuple[str, ...]]) -> int:
    """Run every job, also after a failed one; say at the end what failed. Returns 0 or 1."""
    failed = []
    started = time.monotonic()
    for name, args in jobs:
        print(f"== {name}", flush=True)
        if call(*args) != 0:
            failed.append(name)
    took = time.monotonic() - started
    if failed:
        print(f"FAILED after {took:.0f} s: {', '.join(failed)}")
        return 1
    print(f"all good: {', '.join(name for name, _ in jobs)} ({took:.0f} s)")
    return 0


CHECKS = (
    ("ruff", ("ruff", "check", "--quiet", ".")),
    ("pyright (host and core)", ("pyright",)),
    ("pyright (firmware)", ("pyright", "-p", "tools/pyright-firmware.json")),
)


def pytest_args() -> tuple[str, ...]:
    """pytest over three processes or more: many tests wait for a virtual unit of their own."""
    workers = min(8, 1 + max(2, os.cpu_count() or 2))
    return ("pytest", "-q", "-n", str(workers), "--dist", "worksteal")


def main() -> int:
    """Do one verb; returns the exit code for the shell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("args", nargs=argparse.REMAINDER, default=[], help="passed on")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # pip may say what a console cannot show
            stream.reconfigure(errors="replace")
    chosen = parser.parse_args(sys.argv[1:] or ["--help"])
    try:
        set_up(VERBS[chosen.verb])
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if chosen.verb == "demo":
        return call("preheat", "demo", *chosen.args)
    if chosen.verb == "test" and chosen.args:
        return call(*pytest_args(), *chosen.args)
    if chosen.verb == "test":
        return steps(*CHECKS, ("pytest", pytest_args()))
    if chosen.verb == "check":
        return steps(*CHECKS)
    print(f"ready: {PYTHON.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
