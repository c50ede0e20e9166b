"""Many boards at once, each by a thread of its own; none waits for another, none stops another."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from preheat.errors import Refused
from preheat.provisioning.plan import Plan
from preheat.provisioning.record import FAILED, PROVISIONED, Book
from preheat.provisioning.steps import STEPS, Options, Work

_LOOK_S = 0.2  # Ctrl-C is noticed so soon, on Windows too
STOPPING = "stopping: each board comes to the end of its step; Ctrl-C again leaves at once"


def provision(
    plans: list[Plan], book: Book, options: Options, say: Callable[[str], None]
) -> list[Work]:
    """Carry out all plans; their finished works in the same order. `say` gets whole lines.

    Ctrl-C lets every board finish its present step, which the record then shows as unfinished; a
    second one is raised.
    """
    stop, turn = threading.Event(), threading.Lock()
    begun: dict[str, str] = {}

    def own(uid: str, name: str) -> None:
        with turn:
            first = begun.setdefault(uid, name) if uid else name
        if first != name:
            raise Refused(f"{first} is this very board (chip id {uid})",
                          "name each board once: by its port or by its serial number", "state")

    def line(text: str) -> None:
        with turn:
            say(text)

    options = replace(options, stop=stop.is_set, own=own)
    works = [_work(plan, book, options, line) for plan in plans]
    ends = [threading.Event() for _ in works]
    for work, end in zip(works, ends, strict=True):
        threading.Thread(target=_run, args=(work, line, end), name="preheat-provision",
                         daemon=True).start()
    # Never by join: interrupted, it takes a thread for ended that is at work (CPython to 3.12).
    while not all(end.is_set() for end in ends):
        try:
            time.sleep(_LOOK_S)
        except KeyboardInterrupt:
            if stop.is_set():
                raise
            stop.set()
            line(STOPPING)
    return works


def _work(plan: Plan, book: Book, options: Options, line: Callable[[str], None]) -> Work:
    told: list[str] = []

    def tell(step: str, _done: int, _total: int) -> None:
        if step in STEPS and step not in told:
            told.append(step)
            line(f"{work.row.name}: {step} …")

    work = Work(plan, book, options, tell)
    return work


def _run(work: Work, line: Callable[[str], None], end: threading.Event) -> None:
    try:
        work.run()
        line(result_line(work))
    finally:
        end.set()


def result_line(work: Work) -> str:
    """How one board's work ended, as a sentence."""
    row = work.row
    if row.outcome == PROVISIONED:
        done = [one["step"] for one in row.steps if one["result"] == "done"
                and one["step"] not in ("clock", "record")]
        return f"{row.name}: provisioned ({', '.join(done) or 'everything was there already'})" + (
            f"; not proven yet: {', '.join(row.unproven)}" if row.unproven else "")
    if row.outcome == FAILED:
        return f"{row.name}: FAILED at {row.failed_step}: {work.error}"
    return f"{row.name}: unfinished: {work.error}"
