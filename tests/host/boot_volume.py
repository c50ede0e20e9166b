"""An RP2 board for tests of flashing: a prompt on a pseudo-terminal, a folder as its boot volume.

`machine.bootloader()` makes the prompt fall silent and the volume appear. A thread takes the file
that is put there block by block, as the boot ROM does: of another family it takes none and stays;
with the last block the volume vanishes and the board answers as what is in the image.
"""

import os
import re
import select
import shutil
import struct
import threading
import time
from pathlib import Path

from host.fake_prompt import FakePrompt

INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: {}\n"
RP2040, RP2350 = 0xE48BFF56, 0xE48BFF59
MACHINES = {RP2040: "Raspberry Pi Pico with RP2040", RP2350: "Raspberry Pi Pico2 with RP2350"}
BOARD_IDS = {RP2040: "RPI-RP2", RP2350: "RP2350"}


class Rp2Standin:
    """Use as a context manager; `port` is its device path, `media` where its volume appears.

    `bootsel`: it begins in its bootloader. `comes_back`: False once it never answers again.
    `answers_as`, `machine_after`: what it claims whatever was written. `machine`: what it is
    before. `erased`: blocks of file system.
    """

    def __init__(self, media: Path, family: int = RP2040, bootsel: bool = False,
                 live: dict | None = None, machine: str | None = None) -> None:
        self.family = family
        self.volume = media / BOARD_IDS[family]
        self.flash: dict[int, bytes] = {}
        self.comes_back = True
        self.answers_as: tuple[int, ...] | None = None
        self.machine_after = MACHINES[family]
        self.erased: list[str] = []
        self.app: FakePrompt | None = self._prompt((1, 26, 0), live, machine)
        self._bootsel = bootsel
        self._stopping = False
        self._threads = [threading.Thread(target=work, daemon=True)
                         for work in (self._talk, self._take_files)]

    def _prompt(self, version, live=None, machine=None) -> FakePrompt:
        return FakePrompt("rp2", machine or MACHINES[self.family], version, live, self._run)

    def __enter__(self) -> "Rp2Standin":
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        if self._bootsel:
            self.enter_bootloader()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        for thread in self._threads:
            thread.join(timeout=5)
        os.close(self._master)
        os.close(self._slave)

    def enter_bootloader(self) -> None:
        self.app = None
        self.volume.mkdir(parents=True)
        (self.volume / "INFO_UF2.TXT").write_text(INFO.format(BOARD_IDS[self.family]))

    def _run(self, code: str) -> "str | None":
        if "machine.bootloader()" in code:
            self.enter_bootloader()
        if "rp2.Flash()" in code:
            self.erased += re.findall(r"range\((\d+),min\((\d+)", code)
            return "40\r\n"
        return None

    def _talk(self) -> None:
        while not self._stopping:
            if select.select([self._master], [], [], 0.02)[0]:
                heard = os.read(self._master, 4096)
                said = self.app.feed(heard) if self.app else b""
                if said:
                    os.write(self._master, said)

    def _take_files(self) -> None:
        while not self._stopping:
            time.sleep(0.02)
            if self.app is not None or not self.volume.is_dir():
                continue
            for path in self.volume.glob("*.uf2"):
                data = path.read_bytes()
                blocks = [data[i : i + 512] for i in range(0, len(data) // 512 * 512, 512)]
                rows = [struct.unpack_from("<8I", block) for block in blocks]
                ours = [row[7] == self.family for row in rows]
                if rows and all(ours) and len(rows) == rows[0][6]:
                    self.flash = {row[3]: block[32:288] for row, block in zip(rows, blocks)}
                    self._restart()

    def _restart(self) -> None:
        content = b"".join(self.flash[at] for at in sorted(self.flash))
        said = re.search(rb"MicroPython v([\d.]+)", content)
        assert said is not None
        version = self.answers_as or tuple(int(part) for part in said[1].split(b"."))
        shutil.rmtree(self.volume)
        if self.comes_back:
            self.app = self._prompt(version, machine=self.machine_after)
