"""A whole text file that somebody names, or one sentence about why it cannot be read."""

from pathlib import Path

from preheat.errors import UsageError


def read(path: Path, most_bytes: int, size: str, too_large_fix: str) -> str:
    """Its text, without a mark that Windows editors put in front.

    UsageError if it is missing, unreadable, larger than `most_bytes` (in words: `size`), or not
    UTF-8, with the line where that shows.
    """
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist", "check the name and the folder") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL inside the name
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be read: {why}", "give a readable file") from None
    if len(data) > most_bytes:
        raise UsageError(f"{path} is larger than {size}", too_large_fix)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fix = "save the file as UTF-8"
        raise UsageError(f"{path} is not UTF-8 text (line {line})", fix) from None
