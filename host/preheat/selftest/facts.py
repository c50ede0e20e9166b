"""Checks of what a unit said, as pure functions: answers in, a Result out. Nothing is asked here.

The unit's own thresholds are imported, so that both sides judge alike.
"""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from preheat import faulttexts
from preheat.selftest.result import FAIL, OK, SKIPPED, WARN, Result
from preheat_core import clock, first_heat, runlog, watch_board, watch_time
from preheat_fw.logfile import RESERVE_BYTES

# A kernel with a tuned run takes 24 KB of the heap, its garbage in a tick up to 32 (test_mpy.py).
HEAP_LEAST, HEAP_LOW = 40_000, 56_000
ROOM_C = (5.0, 45.0)  # where people work; above it something was warm a moment ago
RUN_S = 3600  # a log of so long a run should find room
TICKS = 240  # a minute of them
BEHIND_MS = 100  # more than that is worth a look: the host is answered in between
MEAN_SHARE = 0.01
STORAGE_SLOW_MS = 1000  # an RP2 erases a sector in 400 ms at worst


def identity(hello: dict[str, Any], fw_hash: str) -> Result:
    """The firmware is this toolkit's own, and the unit has a board file and settings."""
    seen = (
        f"{hello.get('name') or '(unnamed)'}, chip {hello.get('uid')}, board "
        f"{hello.get('board')}, firmware {hello.get('fw')} {hello.get('fw_hash')}, "
        f"MicroPython {hello.get('micropython')}"
    )
    if hello.get("fw_hash") != fw_hash:
        return Result("identity", FAIL, seen, f"This toolkit's firmware is {fw_hash}.",
                      "Run `preheat deploy`.")
    if hello.get("board_hash") is None:
        return Result("identity", FAIL, seen, "The unit has no board file.",
                      "Run `preheat deploy --board NAME`.")
    if hello.get("settings_hash") is None:
        return Result("identity", WARN, seen, "The unit has no settings yet.",
                      "Run `preheat unit name NAME` or `preheat config push FILE`.")
    return Result("identity", OK, seen)


def heap(hello: dict[str, Any]) -> Result:
    """Free memory of an idle unit."""
    free = hello.get("mem_free") or 0
    if not free:
        return Result("heap", SKIPPED, "the unit's interpreter does not tell")
    seen = f"{free / 1000:.0f} KB free"
    if free < HEAP_LOW:
        return Result("heap", FAIL if free < HEAP_LEAST else WARN, seen,
                      "A run needs about 56 KB.", "Deploy .mpy files, not --source; restart it.")
    return Result("heap", OK, seen)


def probes(status: dict[str, Any]) -> Result:
    """Every probe of the board file reads, and reads like a room."""
    rows = status["probes"]
    seen = ", ".join(
        f"{name} {f'{temp_c:.1f} °C' if fault is None else fault}"
        for name, _, temp_c, fault in rows
    )
    bad = [(name, fault) for name, _, _, fault in rows if fault is not None]
    if bad:
        text = faulttexts.find(bad[0][1])
        names = ", ".join(name for name, _ in bad)
        return Result("probes", FAIL, seen, f"No reading from {names}.",
                      text.action if text else "Check its wiring.")
    low_c, high_c = ROOM_C
    odd = [name for name, _, temp_c, _ in rows if not low_c <= temp_c <= high_c]
    if odd:
        return Result("probes", WARN, seen, f"{', '.join(odd)}: not what a room has.",
                      "Let everything cool; if it stays, check the wires' polarity.")
    return Result("probes", OK, seen)


def cold_junctions(
    board: dict[str, Any], status: dict[str, Any], cold_c: "Sequence[float | None]"
) -> Result:
    """The amplifiers agree with each other and with cold probes, as before a first heat."""
    seen = ", ".join(
        f"{probe['name']} {'—' if temp_c is None else f'{temp_c:.1f} °C'}"
        for probe, temp_c in zip(board["probes"], cold_c)
    )
    if all(temp_c is None for temp_c in cold_c):
        return Result("cold-junctions", FAIL, seen, "No amplifier answers.",
                      "Check supply, clock, data and chip selects of the amplifiers.")
    outside = [
        index for index, temp_c in enumerate(cold_c)
        if temp_c is not None and not watch_board.CJ_MIN_C <= temp_c <= watch_board.CJ_MAX_C
    ]  # fmt: skip
    temps_c = [row[2] if row[3] is None else None for row in status["probes"]]
    guard: Any = SimpleNamespace(
        smooth=lambda: temps_c,
        board=SimpleNamespace(out_of_range=lambda: outside[0] if outside else None),
    )
    readings = [SimpleNamespace(cj_c=temp_c) for temp_c in cold_c]
    why = first_heat.problem(board, guard, readings)
    if why is not None:
        return Result("cold-junctions", FAIL, seen, f"No run would start: {why}.",
                      "Check which probe is where, and the amplifiers' wiring.")
    return Result("cold-junctions", OK, seen)


def storage(answer: dict[str, Any], probe_count: int) -> Result:
    """Answer to `test storage`: it held what was written, and a log of an hour finds room."""
    free, took_ms = int(answer["free"]), int(answer["took_ms"])
    seen = f"2 KB written, read back and removed in {took_ms} ms, {free / 1024:.0f} KB free"
    need = runlog.bytes_for(probe_count, RUN_S) + RESERVE_BYTES
    if free < need:
        result = FAIL if free < RESERVE_BYTES else WARN
        return Result("storage", result, seen,
                      f"A run of an hour wants {need / 1024:.0f} KB for its log.",
                      "Run `preheat log pull --all --delete`.")
    if took_ms > STORAGE_SLOW_MS:
        return Result("storage", WARN, seen, "The flash is slow: runs may see late ticks.",
                      "Pull and delete logs; if it stays, the flash is worn.")
    return Result("storage", OK, seen)


def ticks(counted: "Sequence[int] | None") -> Result:
    """A minute of ticks: [count, ms in all, longest ms, ms behind at most]."""
    if not counted or counted[0] < 1:
        return Result("ticks", FAIL, "no tick was counted", "The unit's loop does not go on.",
                      "Restart the unit.")
    count, total_ms, longest_ms, behind_ms = counted
    mean_ms = total_ms / count
    seen = (
        f"{count} ticks, mean {mean_ms:.1f} ms, longest {longest_ms} ms, "
        f"at most {behind_ms} ms behind"
    )
    if longest_ms > watch_time.LATE_MS:
        return Result("ticks", FAIL, seen,
                      f"In a run a tick over {watch_time.LATE_MS} ms counts as late, one over "
                      f"{watch_time.TRIP_MS} ms ends it.",
                      "Let nothing else use the unit's line; if it stays, the flash is slow.")
    if behind_ms > BEHIND_MS or abs(mean_ms / clock.TICK_MS - 1) > MEAN_SHARE:
        return Result("ticks", WARN, seen, "The loop is not steady.",
                      "Run it again with nothing else on the line.")
    return Result("ticks", OK, seen)


def latched(status: dict[str, Any]) -> list[Result]:
    """A failure for every fault that is latched after the tests: none was before them."""
    found = []
    for code in status["faults"]:
        text = faulttexts.find(code)
        found.append(Result(
            f"fault {code}", FAIL, text.evidence if text else "the unit latched it",
            text.sentence if text else "This toolkit does not know that fault.",
            text.action if text else "Update this toolkit, then run it again.",
        ))  # fmt: skip
    return found


def proof(found: dict[str, Any]) -> Result:
    """Answer to `tested` after a proof of the contactor."""
    name, seen = "contactor-proof", str(found["detail"])
    if found["verdict"] == "proven":
        return Result(name, OK, seen, "With the heater plugged in: the contactor opens. "
                      "That heat comes when it closes, the first heat shows.")
    if found["verdict"] == "welded":
        text = faulttexts.TEXTS["contactor"]
        return Result(name, FAIL, seen, text.sentence, text.action)
    return Result(name, SKIPPED, seen, "Whether the contactor opens is not known.",
                  "Remove the reason and run it again; a heater probe or a load sense is needed.")


def watchdog(hello: "dict[str, Any] | None") -> Result:
    """The hello after the watchdog was left unfed; None if the unit did not come back."""
    if hello is None:
        return Result("watchdog", FAIL, "the unit did not come back", "It hangs with heat off.",
                      "Unplug it and plug it in again; replace the controller.")
    seen = f"restarted by {hello.get('reset')}, intent {hello.get('intent')}"
    if hello.get("reset") == "watchdog" and hello.get("intent") == "bite":
        return Result("watchdog", OK, seen)
    if hello.get("intent") == "no_bite":
        return Result("watchdog", FAIL, seen, "The watchdog did not bite within 9 s.",
                      "Do not heat with it: replace the controller or its MicroPython.")
    return Result("watchdog", FAIL, seen, "Something else restarted the unit.",
                  "Run it again; look at supply and reset line.")
