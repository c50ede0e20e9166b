"""Answers the host's selftest: what to try, and what is to be known of it. Loaded if asked for."""

from preheat_core.clock import diff
from preheat_fw.desk import Refusal

STORAGE_BYTES = 2048  # as the journal writes at once


def test(unit, what: str) -> dict:
    """Try one thing, or begin to; what it answers at once. Refusal where nothing may be tried."""
    out: dict = {"pad": None, "took_ms": None, "free": None}
    why = unit.kernel.orders.test(what)
    if why is not None:
        raise Refusal("state", why)
    if what == "ticks":
        unit.ticks = [0, 0, 0, 0]
    elif what == "storage":
        out["took_ms"] = _storage(unit)
        out["free"] = unit.logs.free_bytes()
    elif what not in ("contactor", "proof"):
        out["pad"] = unit.ports.try_output(what)
        if out["pad"] is None:
            raise Refusal("missing", f"no {what} is fitted")
    return out


def _storage(unit) -> int:
    """Milliseconds that it took to write, read back and remove a file; a fault where it failed."""
    began_ms = unit.ticks_ms()
    found = unit.logs.probe(STORAGE_BYTES)
    unit.retention.judge(found)
    if found is not None:
        raise Refusal("space" if found[0] == "flash_full" else "problem", found[1])
    return diff(unit.ticks_ms(), began_ms)


def tested(unit) -> dict:
    """What a test needs to know and no other answer tells; it changes nothing."""
    kernel = unit.kernel
    verdict, detail, what = kernel.tried
    if kernel.trial is not None:
        verdict, detail, what = "running", "", kernel.trial.what
    return {
        "what": what,
        "verdict": verdict,
        "detail": detail,
        "ticks": unit.ticks,
        "cj_c": [reading.cj_c for reading in kernel.readings],
        "load": kernel.load_seen,
    }
