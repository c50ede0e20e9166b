"""A whole text file that somebody names, or one sentence about why it cannot be read."""

import codecs
from pathlib import Path

from preheat.errors import UsageError

_FEW_ZEROS = 0.05  # of the bytes: a serial line may leave some in a log, a binary file has more


def read(path: Path, most_bytes: int, size: str, too_large_fix: str) -> str:
    """Its text, without a mark that Windows editors put in front; every line ends with \\n.

    UsageError if it is missing, unreadable, larger than `most_bytes` (in words: `size`), no text,
    or not UTF-8, with the line where that shows.
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
    fix = "save the file as UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UsageError(f"{path} is UTF-16 text, as `>` in PowerShell writes it", fix)
    if data.count(0) > _FEW_ZEROS * len(data):
        raise UsageError(f"{path} is no text file", "give the file that a program wrote as text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path} is not UTF-8 text (line {line})", fix) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
