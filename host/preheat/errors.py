"""Every way the toolkit can fail on purpose, and the exit code each one ends in.

    PreheatError            1  (base; raised itself only for what nobody foresaw)
    ├── UsageError          2  the request cannot be understood, or a file is missing or malformed
    ├── DeviceLost          3  no unit at the port, or it stopped answering
    │   ├── PortGone        3  the port broke while it was in use
    │   └── ServiceMode     3  there is one, but at the MicroPython prompt, not in the app
    ├── Refused             4  a limit, a check or a state forbids it (code, problems)
    ├── RunFault            5  the run ended in a fault or a reset (code)
    ├── OperatorStop        6  the operator stopped it
    ├── VerifyError         7  something was written or read back and is not what it should be
    └── OutOfLimits         8  the job is done, but outside its limits

Functions raise these; only the command line's `main()` prints them and exits.
"""


class PreheatError(Exception):
    """What happened (`message`) and what to do next (`fix`, may be empty).

    `str()` is one line: "what, why: what next", fit for stderr.
    """

    exit_code = 1

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}: {self.fix}" if self.fix else self.message


class UsageError(PreheatError):
    """The request cannot be carried out as it was put; nothing was sent to a unit.

    `problems` holds one line per finding when a file was checked (may be empty).
    """

    exit_code = 2

    def __init__(self, message: str, fix: str = "", problems: tuple[str, ...] = ()) -> None:
        super().__init__(message, fix)
        self.problems = tuple(problems)


class DeviceLost(PreheatError):
    """There is no unit at the port, or it stopped answering. `seen` is the last text it sent."""

    exit_code = 3

    def __init__(self, message: str, fix: str = "", seen: str = "") -> None:
        super().__init__(message, fix)
        self.seen = seen


class PortGone(DeviceLost):
    """The port itself went away: a pulled cable, or a USB port that restarts with its board."""


class ServiceMode(DeviceLost):
    """The board answers with a MicroPython prompt: no app is running on it."""


class Refused(PreheatError):
    """The unit, or a check made before asking it, said no.

    `code` is one of the line protocol's refusal codes; `problems` is one line per finding.
    """

    exit_code = 4

    def __init__(
        self,
        message: str,
        fix: str = "",
        code: str = "check",
        problems: tuple[str, ...] | list[str] = (),
    ) -> None:
        super().__init__(message, fix)
        self.code = code
        self.problems = tuple(problems)


class RunFault(PreheatError):
    """A run ended in a latched fault or a reset. `code` is the fault code, or "reset"."""

    exit_code = 5

    def __init__(self, message: str, fix: str = "", code: str = "") -> None:
        super().__init__(message, fix)
        self.code = code


class OperatorStop(PreheatError):
    """The operator stopped it. Of a run: the unit has said that heat is off."""

    exit_code = 6


class VerifyError(PreheatError):
    """What was read back is not what was sent, or a checksum is wrong."""

    exit_code = 7


class OutOfLimits(PreheatError):
    """The work was done, but a measured number is outside its limit."""

    exit_code = 8
