"""The wheel, built and installed into a clean environment, does the demo outside the checkout
and would deploy exactly the files that an editable install deploys.
"""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CARRIED = (".py", ".toml", ".html", ".css")  # what the program reads of its own
DEMO_LIMIT_S = 240  # under 60 s on two idle cores; this test shares them with others
DEMO_KEYS = {
    "run_id", "state", "profile", "alloy", "duration_s", "peak_c", "max_ramp_c_s", "overshoot_c",
    "tracking_rmse_c", "tal_s", "events", "log", "csv", "interpreter",
}
WHAT_IT_HOLDS = """
import hashlib, json, preheat, preheat_core
from preheat import manifest
files = [(device, hashlib.sha256(path.read_bytes().replace(b"\\r\\n", b"\\n")).hexdigest())
         for device, path in manifest.device_files()]
print(json.dumps({"files": files, "hash": manifest.firmware_hash(manifest.device_files()),
                  "from": [preheat.__file__, preheat_core.__file__]}))
"""


def run(*command, cwd, env=None, timeout=120):
    """Run a program to its end and return its stdout; an error shows all that it said."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, timeout=timeout,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=ROOT)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """(python, environment, an empty folder): the wheel alone, its dependencies borrowed.

    The libraries come from the environment that runs the tests, by a .pth file: no network is
    needed. An editable install there stays invisible, since a .pth file is read only in a site
    folder itself.
    """
    home = tmp_path_factory.mktemp("clean")
    folder = home / "env"
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = programs / ("python.exe" if os.name == "nt" else "python")
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index",
        "--no-deps", "--disable-pip-version-check", wheel, cwd=home,
    )
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", ask, cwd=home).strip())
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREHEAT", "PYTHON"))}
    env.update(PREHEAT_HOME=str(home / "data"), PYTHONUTF8="1")
    empty = home / "elsewhere"
    empty.mkdir()
    return programs, env, empty


def test_the_wheel_holds_three_packages_and_the_data_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in names}
    info = {top for top in tops if top.endswith(".dist-info")}
    assert tops - info == {"preheat", "preheat_core", "preheat_fw"}
    expected = {"preheat/_device/boot.py", "preheat/_device/main.py"}
    expected |= {f"preheat/_boards/{p.name}" for p in (ROOT / "boards").glob("*.toml")}
    for folder in (ROOT / "host", ROOT / "firmware" / "lib"):
        expected |= {
            p.relative_to(folder).as_posix()
            for p in folder.rglob("*")
            if p.is_file() and p.suffix in CARRIED and "__pycache__" not in p.parts
        }
    held = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert expected <= held
    assert {Path(name).suffix for name in held - expected} <= {
        ".typed", ".txt", ".json", ".md", ".html", ".css",
    }


def test_it_would_deploy_what_the_checkout_would_deploy(installed):
    programs, env, empty = installed
    there = json.loads(run(programs / "python", "-c", WHAT_IT_HOLDS, cwd=empty, env=env))
    here = json.loads(run(sys.executable, "-c", WHAT_IT_HOLDS, cwd=ROOT / "tests"))
    for path in there["from"]:
        assert ROOT not in Path(path).parents
    assert there["files"] == here["files"]
    assert there["hash"] == here["hash"]


def test_it_finds_its_boards_outside_the_checkout(installed):
    programs, env, empty = installed
    answer = run(programs / "preheat", "board", "list", "--json", cwd=empty, env=env)
    for path in (ROOT / "boards").glob("*.toml"):
        assert path.stem in answer


def test_the_demo_runs_outside_the_checkout(installed):
    programs, env, empty = installed
    answer = run(
        programs / "preheat", "demo", "--json", cwd=empty, env=env, timeout=DEMO_LIMIT_S
    )
    result = json.loads(answer)
    assert set(result) >= DEMO_KEYS
    assert result["state"] == "done"
    for name in ("log", "csv"):
        path = Path(result[name])
        assert path.stat().st_size > 1000
        assert ROOT not in path.parents
    assert list(empty.iterdir()) == []
