"""After writing: wait for the board to come back, and hear from it which MicroPython it runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from preheat import boardimage, service
from preheat.boardfacts import HostFacts
from preheat.errors import DeviceLost, PortGone, VerifyError
from preheat.flashing.images import Image
from preheat.link import Link
from preheat.serialport import open_stream

BACK_S = 40.0  # a restart, a USB port that comes back, a file system made for the first time
_POLL_S = 0.3


@dataclass(frozen=True)
class Answer:
    """What the board said of itself. `live`: its app runs (then machine is not told)."""

    port: str
    version: tuple[int, ...]
    machine: str
    live: bool

    @property
    def label(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.version))


def wait_for(find: Callable[[], "str | None"], board: dict[str, Any], facts: HostFacts,
             image: Image) -> Answer:
    """The answer of the board whose port `find` gives (None while it is away).

    DeviceLost when it does not come back, VerifyError when another chip or version answers.
    """
    end_s = time.monotonic() + BACK_S
    heard: DeviceLost | None = None
    while True:
        port = find()
        if port is not None:
            try:
                return _judged(_ask(port, board), board, facts, image)
            except DeviceLost as err:
                heard = err
        if time.monotonic() > end_s:
            why = f": {heard.message}" if heard else ": no port of it appeared"
            raise DeviceLost(
                f"{image.path.name} was written, but the board did not come back{why}",
                "unplug it and plug it in again, then flash it once more",
                heard.seen if heard else "",
            )
        time.sleep(_POLL_S)


def _ask(port: str, board: dict[str, Any]) -> Answer:
    # The app is greeted first: Ctrl-C in its boot window would keep it from starting.
    try:
        with Link(open_stream(port), port, None, service.HELLO_S) as link:
            version = str(link.hello.get("micropython", ""))
        return Answer(port, tuple(int(n) for n in version.split(".") if n.isdigit()), "", True)
    except PortGone:
        raise
    except DeviceLost as why:
        with service.reach_prompt(port, why) as remote:
            about = remote.info()
    wrong = boardimage.misfit(board, about["platform"], about["machine"])
    if wrong:
        raise VerifyError(f"another board answers at {port} after the flash: {wrong}",
                          "leave only the board to be flashed plugged in")
    other = boardimage.other_build(board, about["machine"])
    if other:
        raise VerifyError(
            f"another board answers at {port} after the flash: its MicroPython is a {other}'s, "
            f"board {board['name']!r} has {board['micropython']}",
            "leave only the board to be flashed plugged in, then flash it once more")
    return Answer(port, tuple(about["version"]), about["machine"], False)


def _judged(answer: Answer, board: dict[str, Any], facts: HostFacts, image: Image) -> Answer:
    if answer.version[: len(image.version)] != image.version:
        raise VerifyError(
            f"the board at {answer.port} answers with MicroPython {answer.label}, "
            f"not with the {image.label} that was written",
            "flash it once more; if it stays so, another board is at that port",
        )
    if answer.version[:2] < facts.micropython_min:
        raise VerifyError(f"MicroPython {answer.label} is too old for {board['name']}",
                          "flash a newer one")
    return answer
