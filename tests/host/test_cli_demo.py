"""The demo from outside: one JSON document, files where it says, every number there."""

import csv
import json
import os
import subprocess
import sys

import pytest

from preheat.bench.supervisor import has_micropython
from preheat_core import runlog

KEYS = {
    "run_id", "state", "profile", "alloy", "duration_s", "peak_c", "max_ramp_c_s", "overshoot_c",
    "tracking_rmse_c", "tal_s", "events", "log", "csv", "interpreter",
}
INTERPRETERS = (["micropython"] if has_micropython() else []) + ["cpython"]


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_the_demo_does_a_whole_job(interpreter, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "preheat", "demo", "--json", "--interpreter", interpreter],
        capture_output=True, encoding="utf-8", timeout=170, cwd=tmp_path,
        env={**os.environ, "PREHEAT_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == KEYS
    assert (found["state"], found["interpreter"]) == ("done", interpreter)
    assert 230 <= found["peak_c"] <= 245
    assert found["tal_s"] > 20
    with open(found["log"], "rb") as file:
        log = runlog.read(file.read())
    assert (log.problem, log.end) == (None, "done")
    assert [event["ev"] for event in log.events][0] == "start"
    with open(found["csv"], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(log.records)
    assert max(float(row["plate_max_c"]) for row in rows if row["plate_max_c"]) >= 230
