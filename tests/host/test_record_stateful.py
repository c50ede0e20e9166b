"""Whatever people do in whatever order: the chain verifies, tables and gates follow from it."""

import random
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from host.record_facts import BOARD, database, raw, run_ref
from preheat.errors import Refused
from preheat.record import bench, fold, gates
from preheat.record.heat import cycles
from preheat.record.store import Store

PEOPLE = ("Ines Vogt", "Tom Reuter")
SITES = ("U7", "U8", "R1")
SETTINGS = st.fixed_dictionaries({}, optional={
    "esd": st.text(max_size=8), "approval_ref": st.none() | st.just("QN-9"),
    "product_class": st.integers(0, 4), "change_order": st.just("ECO-1"),
    "coating": st.sampled_from([None, {"kind": "acrylic"}, {"kind": "acrylic", "x": 1}]),
})  # fmt: skip
ROWS = st.sampled_from([
    {"notes": [{"text": "°C"}]}, {"sites": [{"reference": "U8"}]}, {"procedures": ["a/1"]},
    {"materials": [{"kind": "flux", "name": "gel", "lot": "F-1"}]}, {"nothing": []},
])  # fmt: skip


class Bench(RuleBasedStateMachine):
    """Edits of all kinds, some of them senseless; a model of what must have come of them."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(database(Path(self.folder.name)))
        self.numbers, self.open, self.cycles, self.events = [], set(), {}, 0
        self.logs = 0

    def teardown(self):
        self.store.close()
        self.folder.cleanup()

    def tell(self, author, kind, subject, body):
        """Whether it was recorded; what is refused leaves no trace."""
        before = self.store.head()
        try:
            event = self.store.append(author, kind, subject, body)
        except Refused as err:
            assert err.problems or "opened by its number" in err.message
            assert self.store.head() == before
            return None
        self.events += 1
        return event

    @rule(author=st.sampled_from(PEOPLE), sites=st.sets(st.sampled_from(SITES)),
          serial=st.sampled_from(["S1", "S2"]))  # fmt: skip
    def open_job(self, author, sites, serial):
        body = {**BOARD, "board_serial": serial, "cycles_before": 0,
                "sites": [{"reference": name} for name in sorted(sites)]}  # fmt: skip
        event = self.tell(author, "job.opened", "job/new", body)
        number = fold.job_number(event.subject)
        assert number == len(self.numbers) + 1
        self.numbers.append(number)
        self.open.add(number)
        self.cycles[number] = 0

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), author=st.sampled_from((*PEOPLE, "")))
    def edit(self, data, author):
        number = data.draw(st.sampled_from(self.numbers))
        kind, body = data.draw(st.one_of(
            st.tuples(st.just("job.set"), SETTINGS), st.tuples(st.just("job.added"), ROWS),
            st.tuples(st.just("job.removed"), ROWS.map(lambda row: {**row, "reason": "typo"})),
        ))  # fmt: skip
        if self.tell(author, kind, f"job/{number}", body):
            assert number in self.open and author

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), heat=st.booleans(), sites=st.sets(st.sampled_from(SITES)))
    def run(self, data, heat, sites):
        number = data.draw(st.sampled_from(self.numbers))
        self.logs += 1
        run = run_ref(self.store, b"%d" % self.logs, heat_cycle=heat, sites=tuple(sorted(sites)))
        if self.tell(PEOPLE[0], "job.added", f"job/{number}", {"runs": [run]}):
            self.cycles[number] += heat

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def close_or_reopen(self, data):
        number = data.draw(st.sampled_from(self.numbers))
        was_open = number in self.open
        assert self.tell(PEOPLE[0], "job.closed", f"job/{number}", {}) if was_open else self.tell(
            PEOPLE[1], "job.reopened", f"job/{number}", {"reason": "again"})
        self.open ^= {number}

    @rule(name=st.sampled_from(PEOPLE), skill=st.sampled_from(["I", "A", "E", "X"]))
    def person(self, name, skill):
        self.tell(PEOPLE[0], "operator.added", f"operator/{name}", {})
        self.tell(PEOPLE[0], "operator.set", f"operator/{name}", {"skill": skill})
        self.tell(PEOPLE[0], "operator.certified", f"operator/{name}",
                  {"level": "CIS", "modules": [1], "issued": "2026-01-01", "number": skill})

    def held(self, number):
        """The gates that hold the heat of a job back, judged by what its events say."""
        asked = bench.question(self.store, bench.Order(number, PEOPLE[0]), None, (),
                               datetime.now(UTC))  # fmt: skip
        return [one.gate.name for one in gates.blocking(gates.judge_all(asked))]

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def go_past_all_gates(self, data):
        """Overrides let one run of an open job pass, and none after it."""
        number = data.draw(st.sampled_from(self.numbers))
        before = self.held(number)
        assert ("job-open" in before) == (number not in self.open)
        if number not in self.open or not before:
            return
        past = [gates.override(one, PEOPLE[0], "a test", datetime.now(UTC)) for one in before]
        assert self.tell(PEOPLE[0], "job.added", f"job/{number}", {"overrides": past})
        assert self.held(number) == []
        self.logs += 1
        run = run_ref(self.store, b"%d" % self.logs)
        assert self.tell(PEOPLE[0], "job.added", f"job/{number}", {"runs": [run]})
        self.cycles[number] += 1
        assert self.held(number) == before

    @rule()
    def open_anew(self):
        file = self.store.place.file
        self.store.close()
        self.store = Store(file, create=False)

    @precondition(lambda self: self.numbers)
    @rule(seed=st.integers(0, 10**9))
    def tamper(self, seed):
        """One edited event is found, and put right nothing is."""
        chance = random.Random(seed)
        seq, column = chance.randint(1, self.events), chance.choice(("at", "author", "body"))
        with self.store.reading() as connection:
            was = connection.exec_driver_sql(
                f"SELECT {column} FROM event WHERE seq = {seq}").scalar()
        at = chance.randrange(len(was))
        now = was[:at] + chr(ord(was[at]) ^ 1) + was[at + 1 :]
        raw(self.store, (f"UPDATE event SET {column} = ? WHERE seq = {seq}", (now,)))
        assert any(p.where == f"event {seq}" for p in self.store.verify())
        raw(self.store, (f"UPDATE event SET {column} = ? WHERE seq = {seq}", (was,)))

    @invariant()
    def everything_hangs_together(self):
        assert self.store.verify() == []
        assert self.store.head().events == self.events
        assert {line.number for line in self.store.jobs()} == set(self.numbers)
        for number in self.numbers:
            job = self.store.job(number)
            assert (job.status == "open") == (number in self.open)
            assert cycles(job) == self.cycles[number]


TestBench = Bench.TestCase
TestBench.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
