"""Provisioning a unit that is hot, or that cannot know whether it is."""

import contextlib

import pytest

from host.provision_bench import DEAD, Bench, refused_as_hot, wanted
from preheat.errors import Refused
from preheat.provisioning.record import FAILED, PROVISIONED


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setenv("PREHEAT_HOME", str(tmp_path / "home"))
    with contextlib.ExitStack() as stack:
        yield Bench(stack, tmp_path)


@pytest.mark.parametrize(
    ("probes", "why", "what_next"),
    [
        ([["plate", "board", 180.2, None]], "is hot: plate reads 180 °C", "let it cool down"),
        (DEAD, "cannot know whether it is hot: plate reports tc_open", "--yes"),
        ([], "cannot know whether it is hot: it has no probes", "--yes"),
        ([["plate", "board", 50.0, None], *DEAD], "is hot: plate reads 50 °C", "let it cool"),
    ],
)
def test_a_unit_that_cannot_know_is_told_from_a_hot_one(
    bench, monkeypatch, probes, why, what_next
):
    unit = bench.unit("aa")
    refused_as_hot(monkeypatch, unit, probes)
    (row,) = bench.provision(wanted(unit))
    assert (row.outcome, row.failed_step) == (FAILED, "deploy")
    assert why in row.reason and what_next in row.next


def test_with_consent_a_unit_with_a_dead_probe_is_provisioned_as_far_as_it_goes(
    bench, monkeypatch
):
    unit = bench.unit("aa")
    consents = refused_as_hot(monkeypatch, unit, DEAD)
    (row,) = bench.provision(wanted(unit), leave_hot=True)
    assert consents == [True] and row.outcome == PROVISIONED


def test_a_hot_unit_is_told_to_cool_down(bench):
    unit = bench.unit("aa")
    bench.bad = {"aa": Refused("board reads 180 °C", "--yes", "hot")}
    (row,) = bench.provision(wanted(unit))
    assert (row.outcome, row.next) == (FAILED, "let it cool down, then run this again")
