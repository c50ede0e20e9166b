"""What a board that does not speak the line protocol is saying, in plain words.

Used when no hello comes: the text on the port tells a MicroPython prompt from a boot loop, an
empty flash or a wrong port, and each has its own next step.
"""

import re

from preheat.errors import DeviceLost, ServiceMode

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# (words to look for, what it means, what to do); the first row that fits is taken.
_SIGNS = (
    ("waiting for download", "the chip at {port} is in its ROM bootloader",
     "let go of BOOT and press reset (EN); if it was never flashed, flash MicroPython first"),
    ("invalid header", "the flash of the chip at {port} is empty or damaged",
     "flash MicroPython onto it first"),
    ("filesystem appears to be corrupted", "the board at {port} cannot read its file system",
     "flash it anew with its flash erased, then run `preheat deploy`"),
)  # fmt: skip
_TRACEBACK = "Traceback (most recent call last):"
_BOOT_MARKS = ("rst:0x", "ESP-ROM:", "Guru Meditation", "Brownout detector")


def printable(seen: bytes, limit: int = 160) -> str:
    """The end of `seen` as one line of readable text, at most `limit` characters."""
    text = _ANSI.sub("", seen.decode("utf-8", "replace"))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= limit else "…" + text[-limit:]


def at_prompt(seen: bytes) -> bool:
    """Whether the last thing said is a MicroPython prompt: friendly, raw or paste mode."""
    end = seen[-240:]
    return any(p in end for p in (b">>> ", b"raw REPL; CTRL-B to exit", b"\n=== "))


def traceback_line(seen: bytes) -> str:
    """The last line of the last traceback in `seen` ("" when there is none).

    What the prompt made of our own greeting is a traceback too, and left out.
    """
    for part in reversed(seen.decode("utf-8", "replace").split(_TRACEBACK)[1:]):
        lines = [line for line in part.splitlines() if line.strip()]
        if lines and '"<stdin>"' not in lines[0]:
            return next((line.strip() for line in lines if not line.startswith(" ")), "")
    return ""


def needs_flashing(text: str) -> bool:
    """Whether this text rules out that MicroPython runs there."""
    return any(sign in text for sign, _, _ in _SIGNS[:2])


def is_empty_flash(text: str) -> bool:
    """Whether this text says that there is nothing on the chip's flash."""
    return _SIGNS[1][0] in text


def conclusive(seen: bytes) -> bool:
    """Whether waiting longer for a hello cannot help."""
    return at_prompt(seen) or b"waiting for download" in seen


def explain(port: str, seen: bytes, waited_s: float) -> DeviceLost:
    """The error to raise for a port that gave no hello within `waited_s` seconds."""
    text = seen.decode("utf-8", "replace")
    shown = printable(seen, 600)
    crash = traceback_line(seen)
    if at_prompt(seen):
        why = f"; its program ended with {crash}" if crash else ""
        return ServiceMode(
            f"the board at {port} is in service mode (a MicroPython prompt){why}",
            "run `preheat deploy` to install the firmware, or `preheat unit live` to start it",
            shown,
        )
    for sign, what, fix in _SIGNS:
        if sign in text:
            return DeviceLost(what.format(port=port), fix, shown)
    if sum(text.count(mark) for mark in _BOOT_MARKS) > 1:
        return DeviceLost(
            f"the board at {port} restarts again and again",
            f"check its supply, then flash and deploy it anew; it said: {printable(seen)}", shown,
        )
    if crash:
        return DeviceLost(f"the program on the board at {port} ended with {crash}",
                          "run `preheat deploy`", shown)
    if not seen:
        return DeviceLost(
            f"nothing answered at {port} within {waited_s:.0f} s",
            "check that this is the unit's port, its cable carries data and it has power; "
            "press its reset button and try again",
        )
    odd = sum(not (c.isprintable() or c.isspace()) or c == "\ufffd" for c in text)
    if odd * 5 > len(text):
        return DeviceLost(
            f"{port} sends bytes that are not a preheat unit's",
            "check that this is the unit's port (115200 baud)", shown,
        )
    return DeviceLost(f"something other than a preheat unit answers at {port}: {printable(seen)}",
                      "check that this is the unit's port, or run `preheat deploy`", shown)
