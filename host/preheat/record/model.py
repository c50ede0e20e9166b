"""The things the record speaks of, as frozen data: people, jobs, materials, runs, events. No SQL.

Times are aware `datetime`s in UTC, dates are `date`s; what a person did not say is None or "".
The annotations are the checker's rules too (`document.py`): a text's longest length, a number's
range, the choices of a code. The meaning of the codes is in `terms.py`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal, NamedTuple


class Bounds(NamedTuple):
    """Inclusive: of a number its value and unit, of a text its length in characters."""

    low: float
    high: float
    unit: str = ""


Name = Annotated[str, Bounds(1, 80)]
Short = Annotated[str, Bounds(0, 120)]
Long = Annotated[str, Bounds(0, 4000)]
Sha256 = Annotated[str, Bounds(64, 64, "sha256")]
Count = Annotated[int, Bounds(0, 10_000)]
Module = Annotated[int, Bounds(1, 10)]
Millimetres = Annotated[float, Bounds(0.01, 50, "mm")]
BakeCelsius = Annotated[float, Bounds(20, 200, "°C")]
Hours = Annotated[float, Bounds(0, 5000, "h")]

Level = Literal["CIS", "CSE", "CIT"]
Skill = Literal["I", "A", "E"]
Activity = Literal["rework", "repair", "modification"]
ProductClass = Literal[1, 2, 3]
BoardType = Literal["R", "F", "W", "C"]
Conformance = Literal["L", "M", "H"]
MaterialKind = Literal["flux", "solder", "paste", "cleaner", "epoxy", "frame", "wire", "coating"]
CoatingKind = Literal["acrylic", "epoxy", "silicone", "urethane", "parylene", "unknown"]
Msl = Literal["1", "2", "2a", "3", "4", "5", "5a", "6"]

VALID_YEARS = 2  # a certificate's life, IPC-7711/7721 training programme


def expiry(issued: date) -> date:
    """Two years after a certificate was issued; one of 29 February ends on 28 February."""
    year = issued.year + VALID_YEARS
    try:
        return issued.replace(year=year)
    except ValueError:
        return issued.replace(year=year, day=28)


@dataclass(frozen=True)
class Certificate:
    """A certificate of the training programme: the modules passed, and those only heard of.

    `modules` holds every module on it; `lecture_only` those of them without practical work.
    `expires` is two years after `issued` unless the certificate says otherwise; that day is the
    last on which it counts. `revoked` is why it no longer counts from `revoked_at` on, or None.
    """

    level: Level
    modules: tuple[Module, ...]
    issued: date
    expires: date = None  # type: ignore[assignment] - filled in below
    number: Name = "?"
    lecture_only: tuple[Module, ...] = ()
    revoked: Short | None = None
    revoked_at: date | None = None

    def __post_init__(self) -> None:
        if self.expires is None:
            object.__setattr__(self, "expires", expiry(self.issued))


@dataclass(frozen=True)
class Operator:
    """A person at the bench: certificates, and the skill that was demonstrated, with its date."""

    name: Name
    certificates: tuple[Certificate, ...] = ()
    skill: Skill | None = None
    skill_at: date | None = None
    skill_by: Short = ""
    roles: tuple[Name, ...] = ()
    active: bool = True


@dataclass(frozen=True)
class ProcedureFacts:
    """What a procedure asked for when it was entered; None or empty where its source is silent."""

    id: Name
    title: Short = ""
    activity: Activity | None = None
    skill: Skill | None = None
    conformance_low: Conformance | None = None
    conformance_high: Conformance | None = None
    board_types: tuple[BoardType, ...] = ()
    module: Module | None = None
    source: Short = ""
    verified: bool = False


@dataclass(frozen=True)
class Material:
    """What was used, with its lot. `alloy` of solder, paste and wire; `flux_type` as labelled."""

    kind: MaterialKind
    name: Name
    lot: Name
    alloy: Name | None = None
    flux_type: Name | None = None
    expires: date | None = None
    detail: Short = ""


@dataclass(frozen=True)
class Site:
    """A place on the board, "U7". `cycles_before`: heat it had seen before this job."""

    reference: Name
    package: Short = ""
    cycles_before: Count = 0


@dataclass(frozen=True)
class Bake:
    """Moisture: the component's level and body thickness, time out of its bag, and its bake."""

    msl: Msl
    thickness_mm: Millimetres | None = None
    out_of_bag_at: datetime | None = None
    done_at: datetime | None = None
    temp_c: BakeCelsius | None = None
    hours: Hours | None = None


@dataclass(frozen=True)
class Coating:
    """Conformal coating: by which method it was removed and replaced (None: not yet), by whom."""

    kind: CoatingKind
    removed_by: Name | None = None
    removed_at: datetime | None = None
    removed_who: Name | None = None
    replaced_by: Name | None = None
    replaced_at: datetime | None = None
    replaced_who: Name | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A person's own statement on an inspection; kept as said, never made or judged here."""

    name: Name
    result: Long
    by: Name
    at: datetime


@dataclass(frozen=True)
class ProbeCalibration:
    """A probe's calibration as the run's log has it. `due`: the last day on which it counts."""

    probe: Name
    made: date | None = None
    due: date | None = None
    instrument: Short = ""
    certificate: Short = ""


@dataclass(frozen=True)
class Warned:
    """A gate that only warned, by its name, and what it said when the run began."""

    rule: Name
    text: Long


@dataclass(frozen=True, kw_only=True)
class RunRef:
    """A run under this job: its log by hash, what made it, how it ended, which sites it heated.

    `end` is the log's end state ("done", "fault:link", …), `verdict` the report's first line.
    `heat_cycle`: it counts as a heat cycle for the board and for `sites`.
    """

    run_id: Name
    log_sha256: Sha256
    unit: Short = ""
    uid: Short = ""
    fw_hash: Short | None = None
    settings_hash: Short | None = None
    profile: Short = ""
    profile_hash: Short = ""
    alloy: Short = ""
    started_at: datetime | None = None
    end: Short = ""
    verdict: Long = ""
    operator: Short = ""
    sites: tuple[Name, ...] = ()
    heat_cycle: bool = True
    calibration: tuple[ProbeCalibration, ...] = ()
    warnings: tuple[Warned, ...] = ()
    also: Long = ""  # why this run is this job's too, where another has it


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A run that began under this job; its heat counts from then on, its log comes as a RunRef."""

    run_id: Name
    uid: Short = ""
    unit: Short = ""
    operator: Short = ""
    started_at: datetime | None = None
    sites: tuple[Name, ...] = ()
    heat_cycle: bool = True
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True)
class Override:
    """A gate that a person went past: its name, who, why, when. It stays for ever."""

    rule: Name
    name: Name
    reason: Annotated[str, Bounds(1, 2000)]
    at: datetime


@dataclass(frozen=True)
class Note:
    """A remark with its writer."""

    text: Annotated[str, Bounds(1, 4000)]
    by: Name
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Job:
    """A piece of work on one board. Numbers are given by the store, once each.

    `esd`: who or what checked the protection. `cycles_before`: heat cycles that the board had
    before this job; the limits are those of the customer or contract, None where there is none.
    `overrides_used`: so many of the overrides were there when the last run began; they are spent.
    """

    number: int
    status: Literal["open", "closed"] = "open"
    board_serial: Name
    assembly: Short = ""
    revision: Short = ""
    product_class: ProductClass
    board_type: BoardType
    activity: Activity
    procedures: tuple[Name, ...] = ()
    procedure_facts: tuple[ProcedureFacts, ...] = ()
    sites: tuple[Site, ...] = ()
    existing_alloy: Name | None = None
    new_alloy: Name | None = None
    coating: Coating | None = None
    approval_ref: Name | None = None
    change_order: Name | None = None
    materials: tuple[Material, ...] = ()
    equipment: tuple[Name, ...] = ()
    esd: Short | None = None
    bake: Bake | None = None
    checkpoints: tuple[Checkpoint, ...] = ()
    begun: tuple[Begun, ...] = ()
    runs: tuple[RunRef, ...] = ()
    overrides: tuple[Override, ...] = ()
    overrides_used: Count = 0
    notes: tuple[Note, ...] = ()
    cycles_before: Count = 0
    cycle_limit_board: Count | None = None
    cycle_limit_site: Count | None = None
    opened_at: datetime
    opened_by: Name
    closed_at: datetime | None = None
    closed_by: Name | None = None


@dataclass(frozen=True)
class Event:
    """One entry of the record. `sha` covers every other field, `prev_sha` the entry before.

    `seq` counts from 1; `at` is UTC, ISO 8601 with milliseconds, ending in Z.
    """

    seq: int
    at: str
    author: str
    kind: str
    subject: str
    body: dict[str, Any] = field(hash=False)
    prev_sha: str
    sha: str
