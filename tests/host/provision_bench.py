"""Some scripted units on sockets to be provisioned, and one that may not be left just now."""

from host.backup_unit import BenchUnit
from preheat import deploy
from preheat.errors import Refused
from preheat.provisioning import crew, plan
from preheat.provisioning.record import Book
from preheat.provisioning.steps import Options
from preheat.selftest import FAIL, OK, WARN, Result

BOARD, PROFILE = "virtual-hotplate", "hotplate-sac305"


class Bench:
    """Some units, a manifest, and a self-test that finds what a test puts into `bad`."""

    def __init__(self, stack, folder):
        self._stack = stack
        self.book = Book(folder / "provision")
        self.bad = {}
        self.tested = []
        self.said = []

    def unit(self, uid, **more):
        unit = self._stack.enter_context(BenchUnit(uid=uid, profiles=(), **more))
        unit.settings = None
        return unit

    def selftest(self, link):
        uid = link.hello["uid"]
        self.tested.append(uid)
        fails = self.bad.get(uid)
        if isinstance(fails, Exception):
            raise fails
        return [Result(name, OK, "") for name in ("identity", "storage", "ticks")] + [
            Result("lamp", WARN, "not seen by a person"),
            Result("probes", FAIL if fails else OK, fails or "25 °C")]

    def provision(self, *plans, **more):
        options = Options(self.selftest, **more)
        works = crew.provision(list(plans), self.book, options, self.said.append)
        return [work.row for work in works]


def wanted(unit, name="bench-{n}", file=None):
    return plan.make(BOARD, name, unit.port, settings=file, profiles=(PROFILE,))


def refused_as_hot(monkeypatch, unit, probes):
    """A deploy that the unit refuses unless the operator consents; the consents, as they come."""
    consents = []

    def deploy_(port, board, progress, confirm):
        consents.append(confirm)
        if not confirm:
            raise Refused("the unit refused `service`: a probe reads 50 C or more, or is dead",
                          "with --yes", "hot")
        return deploy.DeployReport(port, False, "0" * 16, hello={"uid": unit.uid})

    status = unit.do_status
    unit.do_status = lambda ask: {**status(ask), "probes": probes}
    monkeypatch.setattr(deploy, "deploy", deploy_)
    return consents


DEAD = [["plate", "board", None, "tc_open"], ["room", "ambient", 55.0, None]]
