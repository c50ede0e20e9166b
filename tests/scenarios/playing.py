"""Plays one whole run on a virtual unit: real firmware, real MicroPython, the real host library.

What is judged comes from three independent places: the host's outcome, the log as pulled and
verified, and the trace that the plant wrote, not the device.
"""

import csv
import time
from pathlib import Path

from preheat import job, logs, tomlfiles
from preheat.bench.supervisor import VirtualUnit
from preheat.connect import open_direct
from preheat.errors import DeviceLost, PreheatError
from preheat.runner import raise_for_end

IDLE_SPEED = 20.0  # the boot window need not be waited for in real time


class Hands:
    """View, keys and interrupts in one: continues every operator hold, remembers what was said."""

    def __init__(self):
        self.count = 0
        self.notes = []
        self._orders = []

    def status(self, message):
        return None

    def event(self, message):
        if message["ev"] == "operator":
            self._orders.append("continue")

    def note(self, text):
        self.notes.append(text)

    def read(self):
        orders, self._orders = self._orders, []
        return orders

    def forgive(self):
        self.count = 0


class Played:
    """A finished run: `end` and `events` as the host saw them, `log` as read, `trace` rows."""

    def __init__(self, result, log, trace, faults_after_reset, exit_code):
        self.end = result.end
        self.log = log
        self.trace = trace
        self.faults_after_reset = faults_after_reset
        self.exit_code = exit_code

    @property
    def said(self):
        """The names of the logged events."""
        return [event["ev"] for event in self.log.events]

    def after_end(self):
        """The trace's rows from a second after the run's heat ended on."""
        end_ms = next(event["t_ms"] for event in self.log.events if event["ev"] == "end")
        # The log's time begins with the start order, half a second before the first heat.
        return [row for row in self.trace if row["t_s"] > end_ms / 1000 + 1.0]


def open_soon(port, within_s=20.0):
    """A link to a unit that is still starting."""
    until_s = time.monotonic() + within_s
    while True:
        try:
            return open_direct(port)
        except DeviceLost:
            if time.monotonic() > until_s:
                raise


def play(folder: Path, plant, profile, faults=(), board=None, shorten=None) -> Played:
    """Run `profile` on `plant` to the closing of its log, reset the unit, look again."""
    values = tomlfiles.load_profile(profile)
    if shorten is not None:
        shorten(values)
    trace = folder / "trace.csv"
    with VirtualUnit(
        plant, list(faults), speed=0, idle_speed=IDLE_SPEED, trace=trace, board=board
    ) as unit:
        with open_soon(unit.port) as link:
            ready = job.prepare(link, values)
            hands = Hands()
            result = job.attend(link, job.start(link, ready), hands, hands, hands)
        with open_soon(unit.port) as link:
            if link.request("status")["faults"]:
                link.request("reset", confirm=True)
        with open_soon(unit.port) as link:
            after = link.request("status")["faults"]
    assert result.path is not None, result
    exit_code = 0
    try:
        raise_for_end(result.end, result.detail)
    except PreheatError as error:
        exit_code = error.exit_code
    with trace.open(encoding="utf-8", newline="") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    return Played(result, logs.load(result.path), rows, after, exit_code)
