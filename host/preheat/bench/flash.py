"""What a freshly deployed virtual unit has on its flash: firmware, board and settings."""

from functools import lru_cache
from pathlib import Path

from preheat import manifest, tomlfiles
from preheat.bench.plantfile import HERE
from preheat.boardimage import BoardImage
from preheat.errors import UsageError
from preheat_core import check, protocol

Image = dict[str, bytes]
_BLOCK = 4096
_MAGIC = b"littlefs"  # in one of the first two blocks


@lru_cache(maxsize=8)
def _firmware(source: bool, firmware_hash: str) -> Image:
    """The firmware's files; the hash only makes the cache notice an edit."""
    content = manifest.image(source)
    return {**content, "/fw.json": manifest.fw_json(content)}


def unit_settings(plant_name: str) -> dict:
    """Settings of a unit on a shipped plant."""
    return tomlfiles.load_settings(HERE / "units" / f"{plant_name}.toml")


def image(board: dict, unit: dict, source: bool = False) -> Image:
    """{path on the unit: bytes} for a checked board and checked settings, modules as .mpy."""
    return {
        **BoardImage(board).files(),
        **_firmware(source, manifest.firmware_hash()),
        "/data/settings.json": protocol.seal(check.canonical(unit)),
    }


def write(files: Image, folder: Path) -> None:
    """Lay the files out under a folder of this computer."""
    for path, data in files.items():
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def is_new(flash: Path, folder: bool) -> bool:
    """True if a flash has to be filled: none there yet, or empty. UsageError if it cannot be one.

    folder: it is a folder (CPython), not an image.
    """
    kind = "a folder" if folder else "a file"
    if not flash.parent.is_dir():
        raise UsageError(f"the folder of the flash, {flash.parent}, does not exist", "make it")
    if not flash.exists():
        return True
    if flash.is_dir() != folder:
        raise UsageError(f"{flash} cannot be a flash: it is not {kind}", f"name {kind}")
    if folder:
        return not any(flash.iterdir())
    size = flash.stat().st_size
    with flash.open("rb") as file:
        head = file.read(2 * _BLOCK)
    if size and (size % _BLOCK or _MAGIC not in head):
        raise UsageError(f"{flash} is not the flash of a virtual unit", "name another file")
    return size == 0
