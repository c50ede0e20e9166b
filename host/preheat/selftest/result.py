"""One check's result: what was seen, what it means, what to do."""

from dataclasses import asdict, dataclass
from typing import Any

OK, WARN, FAIL, SKIPPED = "ok", "warn", "fail", "skipped"


@dataclass(frozen=True)
class Result:
    """`result` is OK, WARN (look at it), FAIL (did not verify) or SKIPPED (says nothing).

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
