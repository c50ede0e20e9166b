"""What a freshly deployed virtual unit has on its flash: firmware, board and settings."""

from functools import lru_cache
from pathlib import Path

from preheat import manifest, tomlfiles
from preheat.bench.plantfile import HERE
from preheat.boardimage import BoardImage
from preheat_core import check, protocol, settings

Image = dict[str, bytes]


@lru_cache(maxsize=8)
def _firmware(source: bool, firmware_hash: str) -> Image:
    """The firmware's files; the hash only makes the cache notice an edit."""
    content = manifest.image(source)
    return {**content, "/fw.json": manifest.fw_json(content)}


def unit_settings(plant_name: str) -> dict:
    """Settings of a unit on this plant: the shipped ones, or untuned ones for another plant."""
    path = HERE / "units" / f"{plant_name}.toml"
    return tomlfiles.load_settings(path) if path.is_file() else settings.default("virtual")


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
