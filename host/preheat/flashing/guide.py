"""Which MicroPython file a board needs, where it is had, and the command that then flashes it."""

from dataclasses import asdict, dataclass
from typing import Any

from preheat import quoted
from preheat.boardfacts import HostFacts
from preheat.errors import UsageError
from preheat.mcus import MCUS, UF2, Mcu

SITE = "https://micropython.org/download"


@dataclass(frozen=True)
class Guide:
    """The file for a board: `name` as the download page spells it (V: the version, D: its date),
    `page` to get it from, `oldest` version that will do ("" when any), `command` for then."""

    board: str
    name: str
    page: str
    oldest: str
    command: str

    def lines(self) -> list[str]:
        """The same for people."""
        newest = "the newest release there (none with `preview` in its name)"
        return [
            f"for {self.board}: get {self.name} from {self.page}",
            newest + (f", at least v{self.oldest}" if self.oldest else ""),
            "it may lie in any folder; then run:",
            f"  {self.command}",
        ]

    def document(self) -> dict[str, str]:
        """The same for programs."""
        return asdict(self)


def mcu_of(board: dict[str, Any]) -> Mcu:
    """The chip of a board; UsageError for one that has no flash, such as a virtual one."""
    mcu = MCUS.get(board["mcu"])
    if mcu is None:
        raise UsageError(f"board {board['name']!r} is {board['mcu']}: there is nothing to flash",
                         "`preheat virtual` starts it, `preheat deploy` gives it its firmware")
    return mcu


def guide(board: dict[str, Any], facts: HostFacts, ref: str) -> Guide:
    """What to get for a board (as from `load_board`); `ref` is how the user named it."""
    mcu = mcu_of(board)
    name = board["micropython"]
    suffix = "uf2" if mcu.loader == UF2 else "bin"
    oldest = ".".join(map(str, facts.micropython_min)) if any(facts.micropython_min) else ""
    return Guide(board["name"], f"{name}-D-vV.{suffix}", f"{SITE}/{name}/", oldest,
                 quoted.command("preheat", "flash", "--board", ref, "--image", f"FILE.{suffix}",
                                "--port", "PORT"))
