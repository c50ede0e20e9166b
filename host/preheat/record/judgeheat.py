"""Judges of the gates on heat cycles, moisture and calibration. What is wrong, or None."""

from datetime import datetime, timedelta

from preheat.record import facts, people
from preheat.record.model import Bake
from preheat.record.question import Question

# Without a contract: AMD's AM013 allows a BGA two more reflows after assembly. A site that has
# had them is told of.
SITE_CYCLES = 2
# The label of a level 6 part says how long it may wait after its bake; our own choice, for nobody
# tells the record what the label says.
AFTER_BAKE_6 = timedelta(hours=24)
CLOCKS_DIFFER = timedelta(hours=1)  # between computers that share a record, at most


def contract_cycles(q: Question) -> str | None:
    """The next heat cycle must be within the limits that the job's contract sets."""
    if not _counts(q):
        return None
    job, found = q.job, []
    if job.cycle_limit_board is not None and q.cycles() >= job.cycle_limit_board:
        found.append(f"the board had {_times(q.cycles())} of {job.cycle_limit_board}")
    if job.cycle_limit_site is not None:
        if not q.references:
            found.append(f"the contract allows a site {_times(job.cycle_limit_site)}, but the job "
                         "names no site")  # fmt: skip
        found += [
            f"{ref} had {_times(q.cycles_at(ref))} of {job.cycle_limit_site}"
            for ref in q.references
            if q.cycles_at(ref) >= job.cycle_limit_site
        ]
    return ", ".join(found) or None


def many_cycles(q: Question) -> str | None:
    """Without a contract's limit, a site that was heated often is told of."""
    if not _counts(q) or q.job.cycle_limit_site is not None:
        return None
    found = [
        f"{ref} had {_times(q.cycles_at(ref))}"
        for ref in q.references
        if q.cycles_at(ref) >= SITE_CYCLES
    ]
    return ", ".join(found) or None


def bake(q: Question) -> str | None:
    """A moisture-sensitive part must be dry: within its floor life, or baked and not since wet."""
    wet = q.job.bake
    if wet is None or q.bakes:  # baking is what satisfies it
        return None
    life = facts.floor_life(wet.msl)
    if life is None:
        return None
    opened, baked = wet.out_of_bag_at, wet.done_at
    if wet.msl != "6" and opened is not None and q.now - opened <= life:
        return None
    if baked is not None and baked <= q.now and (opened is None or opened <= baked):
        after = AFTER_BAKE_6 if wet.msl == "6" else life
        return _short(wet) or _waited(wet, baked, after, "baked", q.now)
    if wet.msl == "6":
        return "a part of level 6 is baked before every use, and no bake is recorded"
    if opened is None:
        return f"nobody said since when the part of level {wet.msl} is out of its bag"
    return _waited(wet, opened, life, "taken out of its bag", q.now)


def calibration_expired(q: Question) -> str | None:
    """No probe's calibration may be past its last day."""
    day = people.day_of(q.now)
    old = [
        f"{row.probe} was due on {row.due}"
        for row in q.calibration or ()
        if row.due is not None and row.due < day
    ]
    return ", ".join(old) or None


def calibration_unknown(q: Question) -> str | None:
    """A probe without a calibration, or one without an end, is told of."""
    if q.calibration is None:
        return "the unit's calibration is not known"
    if not q.calibration:
        return "no probe of the unit is calibrated"
    open_ends = [row.probe for row in q.calibration if row.made is None or row.due is None]
    return f"{', '.join(open_ends)}: not said when calibrated or until when" if open_ends else None


def clock(q: Question) -> str | None:
    """A clock that is behind the record is told of: to it nothing has expired yet."""
    if q.newest is None or q.newest - q.now <= CLOCKS_DIFFER:
        return None
    return (f"this computer says {q.now:%Y-%m-%d %H:%M}Z, an entry of the record is of "
            f"{q.newest:%Y-%m-%d %H:%M}Z")  # fmt: skip


def _counts(q: Question) -> bool:
    return q.heat_cycle and not q.bakes


def _times(count: int) -> str:
    return "1 cycle" if count == 1 else f"{count} cycles"


def _short(wet: Bake) -> str | None:
    """What is wrong with a bake as such; where no table says, what a person recorded counts."""
    if wet.temp_c is None or wet.hours is None:
        return "the bake is recorded without its temperature or hours"
    need_h = facts.bake_hours(wet.msl, wet.thickness_mm, wet.temp_c)
    if need_h is None or wet.hours >= need_h:
        return None
    body = "a body" if wet.thickness_mm is None else f"{wet.thickness_mm:g} mm"
    return (
        f"it was baked {wet.hours:g} h at {wet.temp_c:g} °C; "
        f"level {wet.msl} and {body} take {need_h:g} h"
    )


def _waited(wet: Bake, since: datetime, life: timedelta, what: str, now: datetime) -> str | None:
    over = now - since
    if over <= life:
        return None
    hours = over.total_seconds() / 3600
    allowed = life.total_seconds() / 3600
    return f"the part of level {wet.msl} was {what} {hours:.0f} h ago, {allowed:.0f} h are allowed"
