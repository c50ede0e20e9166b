"""Gives pseudo-terminals DTR and RTS in programs that a test starts, and tells which way they go.

A pseudo-terminal's driver refuses the calls that change the two lines. `provide` puts a module
into the started programs that answers those calls in its place and writes every change down.
"""

import os
from pathlib import Path

RESET = (False, True)  # (DTR, RTS) that holds an Espressif chip in reset, on the usual circuit
INTO_BOOTLOADER, INTO_APP = (True, False), (False, False)  # how it leaves reset, and where to

_SHIM = '''
import fcntl, os, struct, termios

FOLDER = %r
real, state = fcntl.ioctl, termios.TIOCM_DTR | termios.TIOCM_RTS  # as a driver opens a port
CHANGES = (termios.TIOCMBIS, termios.TIOCMBIC, termios.TIOCMSET)

def ioctl(fd, request, arg=0, *rest):
    global state
    if request == termios.TIOCMGET:
        return struct.pack("I", state)
    if request not in CHANGES:
        return real(fd, request, arg, *rest)
    bits = struct.unpack("I", arg)[0]
    state = (state | bits if request == termios.TIOCMBIS
             else state & ~bits if request == termios.TIOCMBIC else bits)
    dtr, rts = bool(state & termios.TIOCM_DTR), bool(state & termios.TIOCM_RTS)
    with open(os.path.join(FOLDER, os.ttyname(fd).replace("/", "_")), "ab") as file:
        file.write(b"%%d%%d" %% (dtr, rts))
    return arg

fcntl.ioctl = ioctl
'''


def provide(folder: Path, monkeypatch) -> Path:
    """From now on this test, and every Python program it starts, has the lines; `folder` of notes.
    """
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_SHIM % str(folder))
    there = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *([there] if there else [])]))
    import fcntl

    monkeypatch.setattr(fcntl, "ioctl", fcntl.ioctl)  # so that it is put back
    exec(_SHIM % str(folder), {})
    return folder


class Lines:
    """Follows the lines of one port: `news()` gives where each reset since the last call led."""

    def __init__(self, folder: Path, port: str) -> None:
        self._notes = folder / port.replace("/", "_")
        self._read = 0
        self._held = False

    def news(self) -> list[str]:
        """ "bootloader" or "app" for each time the chip left reset."""
        if not self._notes.exists():
            return []
        text = self._notes.read_text()[self._read :]
        self._read += len(text)
        found = []
        for dtr, rts in zip(text[::2], text[1::2]):
            now = (dtr == "1", rts == "1")
            if self._held and now in (INTO_BOOTLOADER, INTO_APP):
                found.append("bootloader" if now == INTO_BOOTLOADER else "app")
            self._held = now == RESET or (self._held and now not in (INTO_BOOTLOADER, INTO_APP))
        return found
