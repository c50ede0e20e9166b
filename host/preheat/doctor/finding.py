"""One finding: how bad it is, what was seen, what that means, what to do."""

from dataclasses import asdict, dataclass

PROBLEM, WARNING, NOTE = "problem", "warning", "note"
SEVERITIES = (PROBLEM, WARNING, NOTE)  # the worst first


@dataclass(frozen=True)
class Finding:
    """severity: problem (something does not work or must not be used so), warning (it will give
    trouble) or note (good to know). code: its name for programs. The rest are sentences."""

    severity: str
    code: str
    seen: str
    meaning: str
    next: str

    def as_dict(self) -> dict[str, str]:
        """As plain JSON values."""
        return asdict(self)


def ordered(found: "list[Finding]") -> "list[Finding]":
    """The worst first, otherwise in the order in which they were found."""
    return sorted(found, key=lambda row: SEVERITIES.index(row.severity))
