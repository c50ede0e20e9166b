"""What limits are asked for: solder, part, board material and work, as names; and as rows."""

from dataclasses import dataclass
from typing import Any

from preheat.errors import Refused
from preheat.limits import alloys, parts
from preheat.limits.units import PURPOSES

SENSOR_ERROR_C = 4.0  # what a unit's settings say where nobody measured it


@dataclass(frozen=True)
class Question:
    """One job. Names as people write them; `asked` looks them up.

    alloy: the solder that is used; existing: the one on the board, None where nobody said.
    thickness_mm, volume_mm3: of the part's body. sensor_error_c: declared in the unit's settings.
    purpose: "preheat", "reflow" or "bake", as in a profile.
    """

    alloy: str
    existing: "str | None" = None
    package: "str | None" = None
    thickness_mm: "float | None" = None
    volume_mm3: "float | None" = None
    laminate: "str | None" = None
    procedure: "str | None" = None
    sensor_error_c: float = SENSOR_ERROR_C
    purpose: str = "preheat"


@dataclass(frozen=True)
class Asked:
    """A Question with its names looked up; package from the procedure where none was named."""

    question: Question
    alloy: alloys.AlloyRow
    existing: "alloys.AlloyRow | None"
    package: "parts.Package | None"
    laminate: "parts.Laminate | None"
    procedure: "parts.Procedure | None"

    @property
    def classes(self) -> "tuple[str, ...]":
        """What rules call the part; a body of which only the size is known is an "smd"."""
        if self.package is not None:
            return self.package.classes
        sized = self.question.thickness_mm is not None or self.question.volume_mm3 is not None
        return ("smd",) if sized else ()


def asked(question: Question) -> Asked:
    """The rows that a question names.

    Refused (check), with every problem: unknown names with the known ones, sizes that are no
    sizes, bismuth solder on lead or the other way round, a procedure for another package or
    purpose.
    """
    lines: list[str] = []
    rows = {
        key: _row(find, getattr(question, key), lines)
        for key, find in (
            ("alloy", alloys.find), ("existing", alloys.find), ("package", parts.find_package),
            ("laminate", parts.find_laminate), ("procedure", parts.find_procedure),
        )
    }  # fmt: skip
    for key in ("thickness_mm", "volume_mm3", "sensor_error_c"):
        value = getattr(question, key)
        if value is not None and not 0 < value < 1_000_000:
            lines.append(f"{key} = {value:g} is no size: give a number above 0")
    if question.purpose not in PURPOSES:
        lines.append(f"no purpose {question.purpose!r}: use one of {', '.join(PURPOSES)}")
    if rows["alloy"] is not None:
        reason = alloys.why_not_together(rows["alloy"], rows["existing"])
        lines += [reason] if reason else []
    lines += _other_package(rows["package"], rows["procedure"])
    lines += _other_purpose(rows["procedure"], question.purpose)
    if lines:
        count = "" if len(lines) == 1 else f"{len(lines)} problems; "
        raise Refused(count + lines[0], code="check", problems=lines if count else ())
    if rows["package"] is None and rows["procedure"] is not None and rows["procedure"].package:
        rows["package"] = parts.find_package(rows["procedure"].package)
    return Asked(question, **rows)


def _other_package(
    package: "parts.Package | None", procedure: "parts.Procedure | None"
) -> "list[str]":
    """A procedure is about its own kind of part: beside another one, limits of both would mix."""
    if package is None or procedure is None or not procedure.package:
        return []
    if procedure.package in package.classes:
        return []
    return [f"package {package.name} contradicts procedure {procedure.name}, which is about a "
            f"{procedure.package}: correct one of the two"]  # fmt: skip


def _other_purpose(procedure: "parts.Procedure | None", purpose: str) -> "list[str]":
    """In a bake nothing melts: a run that melts solder is none, whatever it is called."""
    if procedure is None or procedure.purpose != "bake" or purpose != "reflow":
        return []
    return [f"procedure {procedure.name} is a bake, in which no solder melts, and the purpose is "
            "reflow: correct one of the two"]  # fmt: skip


def _row(find: Any, name: "str | None", lines: "list[str]") -> Any:
    """The row `find` gives for a name; None, and a line more, if it gives none."""
    if name is None:
        return None
    try:
        return find(name)
    except Refused as refusal:
        lines.append(str(refusal))
        return None
