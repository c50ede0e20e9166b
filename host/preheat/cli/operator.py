"""`operator`: the people of the rework record, their certificates and skill, what expires."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output
from preheat.cli.recordoptions import begins, plain, reads, writes

SKILL = click.Choice(["I", "A", "E"], case_sensitive=False)
NAME = click.argument("name")


@click.group()
def operator() -> None:
    """People at the bench: certificates with their modules, demonstrated skill, what expires."""


@operator.command()
@NAME
@click.option("--skill", type=SKILL, help="Demonstrated: Intermediate, Advanced, Expert.")
@click.option("--role", "roles", multiple=True, help="What the person may do besides.")
@begins
def add(
    name: str, skill: "str | None", roles: tuple[str, ...], author: str, store: Any,
    output: Output,
) -> None:
    """Enter NAME, as it is given to `run --by`."""
    from preheat.record import names

    name = names.new(store, name)
    body = {"skill": skill} if skill else {}
    store.append(author, "operator.added", f"operator/{name}", {**body, "roles": list(roles)})
    _said(store, name, output)


@operator.command()
@NAME
@click.option("--level", required=True, type=click.Choice(["CIS", "CSE", "CIT"]),
              help="Specialist, standards expert, trainer.")
@click.option("--modules", required=True, help="Its modules, for example 1,4,8.")
@click.option("--practised", default="", metavar="MODULES",
              help="Of the modules that are lectures in the basic programme: those practised.")
@click.option("--number", required=True, help="The certificate's number.")
@click.option("--issued", required=True, help="YYYY-MM-DD.")
@click.option("--expires", help="YYYY-MM-DD. Default: two years later.")
@writes
def certify(name: str, author: str, store: Any, output: Output, **paper: Any) -> None:
    """Enter a certificate of NAME as it stands on the paper."""
    from preheat.record import people

    problems: list[str] = []
    numbers = [_numbers(paper[key], key, problems) for key in ("modules", "practised")]
    days = [_day(paper[key], key, problems) for key in ("issued", "expires")]
    if problems:
        from preheat.errors import UsageError

        raise UsageError("; ".join(problems), "enter it as it stands on the paper",
                         tuple(problems))  # fmt: skip
    made = people.certificate(paper["level"], numbers[0], days[0], number=paper["number"],
                              expires=days[1], practised=numbers[1])  # fmt: skip
    name = _known(store, name)
    store.append(author, "operator.certified", f"operator/{name}", plain(made))
    _said(store, name, output)


@operator.command()
@NAME
@click.argument("number")
@click.option("--reason", required=True, help="Why it no longer counts.")
@writes
def revoke(
    name: str, number: str, reason: str, author: str, store: Any, output: Output
) -> None:
    """Let certificate NUMBER of NAME count no longer, from today on."""
    from preheat.calibration import dates

    name = _known(store, name)
    body = {"number": number, "reason": reason, "at": dates.today().isoformat()}
    store.append(author, "operator.revoked", f"operator/{name}", body)
    _said(store, name, output)


@operator.command()
@NAME
@click.argument("level", type=SKILL)
@writes
def skill(name: str, level: str, author: str, store: Any, output: Output) -> None:
    """Enter the skill that NAME demonstrated to you: I, A or E."""
    from preheat.calibration import dates

    name = _known(store, name)
    body = {"skill": level, "skill_at": dates.today().isoformat(), "skill_by": author}
    store.append(author, "operator.set", f"operator/{name}", body)
    _said(store, name, output)


@operator.command()
@NAME
@click.option("--back", is_flag=True, help="The person is here again.")
@writes
def leave(name: str, back: bool, author: str, store: Any, output: Output) -> None:
    """NAME works here no longer; everything about the person stays."""
    name = _known(store, name)
    store.append(author, "operator.set", f"operator/{name}", {"active": back})
    _said(store, name, output)


@operator.command("list")
@reads
def list_(store: Any, output: Output) -> None:
    """List everybody with what counts today."""
    from preheat.calibration import dates
    from preheat.record import people

    today, every = dates.today(), store.operators()
    rows = []
    for one in every:
        papers = people.counting(one, today)
        until = max((paper.expires for paper in papers), default=None)
        modules = ",".join(str(n) for n in sorted(people.held(one, today).modules))
        rows.append((one.name, one.skill, modules or None, until, "" if one.active else "left"))
    if rows:
        output.table(("operator", "skill", "modules", "certified until", ""), rows)
    else:
        output.say("nobody is entered; `preheat operator add NAME`")
    output.document([plain(one) for one in every])


@operator.command()
@NAME
@reads
def show(name: str, store: Any, output: Output) -> None:
    """Show NAME: skill and certificates."""
    _said(store, _known(store, name), output)


@operator.command()
@click.option("--days", type=click.IntRange(0, 3650), default=60, show_default=True,
              help="Look so far ahead.")
@reads
def expiring(days: int, store: Any, output: Output) -> None:
    """List the certificates that expire soon, or have expired, the most urgent first."""
    from preheat.calibration import dates
    from preheat.record import people

    found = people.expiring(store.operators(), dates.today(), days)
    if found:
        output.table(
            ("operator", "certificate", "level", "expires", ""),
            [(row.operator, row.certificate.number, row.certificate.level,
              row.certificate.expires, _left(row.days_left)) for row in found],
        )  # fmt: skip
    else:
        output.say(f"no certificate expires within {days} days")
    output.document([plain(row) for row in found])


def _left(days: int) -> str:
    return f"in {days} days" if days > 0 else "today" if days == 0 else f"{-days} days ago"


def _known(store: Any, name: str) -> str:
    from preheat.record import names

    return store.operator(names.spelled(store, name)).name


def _said(store: Any, name: str, output: Output) -> None:
    one = store.operator(name)
    state = "" if one.active else ", left"
    seen = f", skill {one.skill} since {one.skill_at}, seen by {one.skill_by}" if one.skill else ""
    output.say(f"{one.name}{seen}{state}")
    for paper in one.certificates:
        lecture = ", ".join(map(str, paper.lecture_only))
        output.say(f"  {paper.level} {paper.number}: modules "
                   f"{', '.join(map(str, paper.modules))}"
                   + (f" ({lecture} by lecture)" if lecture else "")
                   + f"; {paper.issued} to {paper.expires}"
                   + (f"; revoked {paper.revoked_at}: {paper.revoked}" if paper.revoked
                      else ""))  # fmt: skip
    output.document(plain(one))


def _numbers(text: str, word: str, problems: "list[str]") -> "list[int]":
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        problems.append(f"--{word} {text} is no list of numbers")
        return []


def _day(text: "str | None", word: str, problems: "list[str]") -> Any:
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(f"--{word} {text} is no date as YYYY-MM-DD")
        return None
