"""Import this first: a tool that was started outside .venv starts again inside it.

So `python3 tools/bench_control.py` works with any Python, as tools/dev.py does.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_PYTHON = _ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

if importlib.util.find_spec("preheat") is None:
    if not _PYTHON.exists():
        sys.exit("preheat is not installed here: run python3 tools/dev.py setup")
    sys.exit(subprocess.call([str(_PYTHON), *sys.argv]))
