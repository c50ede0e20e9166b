"""The one place that prints errors and chooses the exit code; `preheat` and `python -m preheat`.

Everything below raises `PreheatError`; this file turns it into one line on stderr.
"""

import os
import sys
import traceback

import click

from preheat.errors import OperatorStop, PreheatError, UsageError

EXIT_BUG = 1
COMPLETE_VARIABLE = "_PREHEAT_COMPLETE"  # set by the shell when it asks for completions


def main(arguments: "list[str] | None" = None, group: "click.Group | None" = None) -> int:
    """Run one verb and return its exit code (the table is in `preheat.errors`).

    `group` holds the verbs; None means preheat's own.
    """
    _speak_utf8()
    if COMPLETE_VARIABLE in os.environ:
        import preheat.cli.completion  # noqa: F401  registers PowerShell with click

    if group is None:
        from preheat.cli import root as group

    try:
        result = group.main(args=arguments, prog_name="preheat", standalone_mode=False)
    except PreheatError as error:
        return _explain(error)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.message)
        return UsageError.exit_code
    except click.ClickException as error:
        return _explain(_as_usage_error(error))
    except click.Abort:
        return _explain(OperatorStop("interrupted at the keyboard"))
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:  # a defect: say so in one line, with the way to see more
        return _explain_defect(error)
    return result if isinstance(result, int) else 0


def _speak_utf8() -> None:
    """Make the three standard streams UTF-8, whatever the console's code page is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def _as_usage_error(error: click.ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "preheat"
    message = " ".join(error.format_message().split())
    return UsageError(message.rstrip("."), f"see `{path} --help`")


def _explain(error: PreheatError) -> int:
    print(f"preheat: {' '.join(str(error).split())}", file=sys.stderr)
    for problem in getattr(error, "problems", ()):
        print(f"  - {problem}", file=sys.stderr)
    return error.exit_code


def _explain_defect(error: Exception) -> int:
    if os.environ.get("PREHEAT_TRACEBACK"):
        traceback.print_exc()
    place = traceback.extract_tb(error.__traceback__)[-1]
    print(
        f"preheat: a defect in preheat, not in your request: {type(error).__name__}: {error}"
        f" ({os.path.basename(place.filename)}:{place.lineno}): please report it; "
        "PREHEAT_TRACEBACK=1 shows where it happened",
        file=sys.stderr,
    )
    return EXIT_BUG


if __name__ == "__main__":
    sys.exit(main())
