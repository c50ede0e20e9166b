"""What the doctor knows before it judges: raw facts of the laptop and of the unit."""

from dataclasses import dataclass, field
from typing import Any

from preheat.errors import PreheatError
from preheat.sightings import Sighting

LINUX, MACOS, WINDOWS = "Linux", "Darwin", "Windows"


@dataclass(frozen=True)
class Port:
    """A serial port as the system lists it; it was not opened.

    vid, pid: USB ids or None. allowed: this user may open it (None: not known here). group: that
    owns it. holders: programs that have it open, such as "screen (pid 71)", as far as they show.
    """

    device: str
    vid: "int | None" = None
    pid: "int | None" = None
    title: str = ""
    allowed: "bool | None" = None
    group: str = ""
    holders: tuple[str, ...] = ()


@dataclass(frozen=True)
class Usb:
    """A USB device. port: the serial port it became, or ""; driver: of an interface, or ""."""

    vid: int
    pid: int
    title: str = ""
    port: str = ""
    driver: str = ""


@dataclass(frozen=True)
class Laptop:
    """This computer's side.

    usb: None where it cannot be listed. programs: names of running programs (Linux). rules: udev
    rules that matter, {file name: text}. volumes: mounted boot volumes. groups: of this session;
    groups_on_file: those it gets at the next login. stale: ports whose owner's note is left over.
    """

    system: str
    ports: tuple[Port, ...] = ()
    usb: "tuple[Usb, ...] | None" = ()
    programs: frozenset[str] = frozenset()
    rules: dict[str, str] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()
    user: str = ""
    groups: frozenset[str] = frozenset()
    groups_on_file: frozenset[str] = frozenset()
    home: str = ""
    home_problem: str = ""
    registry_problem: str = ""
    stale: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hello:
    """A hello and when it came: `clock_s` of this computer's wall clock, `slack_s` either way."""

    fields: dict[str, Any]
    clock_s: float
    slack_s: float


@dataclass(frozen=True)
class Unit:
    """The unit that was examined, or why it was not reached (`error`).

    name and board: as this computer knows them. holders: as in Port. through: the verb of the
    window that owns the port, or "". first, last: two hellos some seconds apart. settings: None
    when there are none or they were not asked for. logs: rows [kind, run id, bytes, end, pulled].
    reused: ids of runs that were given twice. memory: of earlier sightings. backup: the newest
    one's path, or "". micropython_min: of its board, (0, 0) if unknown. unusable: why its stored
    settings cannot be used, a line a problem.
    """

    port: str
    name: str = ""
    board: str = ""
    error: "PreheatError | None" = None
    holders: tuple[str, ...] = ()
    through: str = ""
    restarted: bool = False
    first: "Hello | None" = None
    last: "Hello | None" = None
    status: dict[str, Any] = field(default_factory=dict)
    settings: "dict[str, Any] | None" = None
    logs: tuple[tuple[Any, ...], ...] = ()
    reused: tuple[str, ...] = ()
    memory: "Sighting | None" = None
    backup: str = ""
    micropython_min: tuple[int, int] = (0, 0)
    unusable: tuple[str, ...] = ()

    @property
    def hello(self) -> dict[str, Any]:
        """The first hello's fields; {} when the unit was not reached."""
        return self.first.fields if self.first else {}


@dataclass(frozen=True)
class Facts:
    """Everything; `unit` is None, and `why_no_unit` says why, when none was named or known."""

    laptop: Laptop
    unit: "Unit | None" = None
    why_no_unit: str = ""
    toolkit: str = ""
    fw_hash: str = ""
    today: str = ""  # YYYY-MM-DD
