"""The options that say what limits are asked for, for every verb that asks for them alike."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rich_click as click

from preheat.cli.common import FiniteRange

if TYPE_CHECKING:
    from preheat.limits.question import Question

_OPTIONS = (
    click.option("--alloy", metavar="NAME", help="Solder that is used, e.g. SAC305 or 63/37."),
    click.option("--existing", metavar="NAME", help="Solder that is on the board already."),
    click.option("--package", metavar="NAME", help="Kind of part, e.g. bga, qfn, mlcc."),
    click.option("--thickness", "thickness_mm", metavar="MM", type=FiniteRange(0.1, 50),
                 help="Thickness of the part's body."),
    click.option("--volume", "volume_mm3", metavar="MM3", type=FiniteRange(0.1, 100_000),
                 help="Volume of the part's body, without balls and leads."),
    click.option("--laminate", metavar="NAME", help="Board material, e.g. FR-4 or /126."),
    click.option("--procedure", metavar="NAME", help="Kind of work, e.g. bga-removal."),
)  # fmt: skip
KEYS = (
    "alloy", "existing", "package", "thickness_mm", "volume_mm3", "laminate", "procedure",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What was given of the options; None where one was left out."""

    alloy: "str | None" = None
    existing: "str | None" = None
    package: "str | None" = None
    thickness_mm: "float | None" = None
    volume_mm3: "float | None" = None
    laminate: "str | None" = None
    procedure: "str | None" = None

    @property
    def given(self) -> bool:
        """Whether any of them was."""
        return any(getattr(self, key) is not None for key in KEYS)

    def question(
        self, *, alloy: "str | None" = None, package: "str | None" = None,
        purpose: "str | None" = None, sensor_error_c: "float | None" = None,
    ) -> "Question":
        """The Question. alloy and package stand in for options that were left out.

        purpose None: that of the procedure, or preheat. UsageError where no alloy is known;
        Refused for an unknown procedure (other names are looked up by the stack).
        """
        from preheat.errors import UsageError
        from preheat.limits import parts
        from preheat.limits.question import SENSOR_ERROR_C, Question

        named = self.alloy or alloy
        if named is None:
            raise UsageError("limits depend on the solder", "say which with --alloy NAME")
        if purpose is None:
            work = self.procedure
            purpose = parts.find_procedure(work).purpose if work else "preheat"
        return Question(
            named, self.existing, self.package or package, self.thickness_mm, self.volume_mm3,
            self.laminate, self.procedure,
            SENSOR_ERROR_C if sensor_error_c is None else sensor_error_c, purpose,
        )


def limit_options(function: "Callable[..., Any]") -> "Callable[..., Any]":
    """Adds the options; the verb gets them as one argument `wanted`, a Wanted."""

    @functools.wraps(function)
    def verb(*arguments: Any, **own: Any) -> Any:
        wanted = Wanted(**{key: own.pop(key) for key in KEYS})
        return function(*arguments, wanted=wanted, **own)

    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb
