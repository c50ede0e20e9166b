"""One check's result: what was seen, what it means, what to do."""

from dataclasses import asdict, dataclass
from typing import Any

OK, WARN, FAIL, SKIPPED, ABSENT = "ok", "warn", "fail", "skipped", "absent"


@dataclass(frozen=True)
class Result:
    """`result` is OK, WARN (look at it), FAIL (did not verify), SKIPPED (says nothing) or ABSENT
    (the board has no such part).

    `meaning` and `next` are sentences, empty where there is nothing to say or to do.
    """

    name: str
    result: str
    seen: str
    meaning: str = ""
    next: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The result as plain JSON values."""
        return asdict(self)


def worst(results: "list[Result]") -> str:
    """FAIL if any failed, else WARN if any warned, else OK."""
    found = {row.result for row in results}
    return FAIL if FAIL in found else WARN if WARN in found else OK


def unproven(results: "list[Result]") -> list[str]:
    """Names of the checks that leave something open: not tried, or to be looked at by a person."""
    return [row.name for row in results if row.result in (WARN, SKIPPED)]
