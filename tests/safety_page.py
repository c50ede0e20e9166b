"""Reads docs/safety.md: its sections, its tables, and the numbers that they show of the code."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "safety.md"
LIB = ROOT / "firmware" / "lib"
PACKAGES = ("preheat_core", "preheat_fw")

NUMBER = re.compile(r"(-?\d[\d ]*(?:\.\d+)?) ?([^\d\s].*)?$")
TIMES_MS = {"ms": 1, "s": 1000, "min": 60_000}
# How a unit on the page turns into the constant's own: what its name ends with, and by what the
# page's number is multiplied.
OTHERS = {
    "°C": ("_C", 1), "°C/s": ("_C_S", 1), "KB": ("_BYTES", 1024), "bytes": ("_BYTES", 1),
    "%": ("", 0.01), "ticks": ("", 1), "samples": ("_SAMPLES", 1), "": ("", 1),
}  # fmt: skip


def text() -> str:
    """The whole page."""
    return PAGE.read_text(encoding="utf-8")


def section(heading: str) -> str:
    """What stands under a heading, up to the next one of any depth."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text(), re.M | re.S)
    assert found, f"docs/safety.md has no section {heading}"
    return found[1]


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the one table of a section, by the words of its head."""
    lines = [line for line in section(heading).splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = rows[0]
    assert set("".join(rows[1])) == {"-"}, heading
    assert all(len(row) == len(head) for row in rows), heading
    return [dict(zip(head, row)) for row in rows[2:]]


def ticked(cell: str) -> list[str]:
    """Every word in `backticks` of a cell."""
    return re.findall(r"`([^`]+)`", cell)


def constant(name: str) -> Any:
    """The value of `module.NAME` or `module.NAME[key]` in the firmware; fails if it is not there.

    `gate.DROP_MS` is looked for in both packages; app.py needs a machine, so it is read as text.
    """
    module, _, rest = name.partition(".")
    attribute, _, key = rest.rstrip("]").partition("[")
    for package in PACKAGES:
        path = LIB / package / f"{module}.py"
        if not path.exists():
            continue
        if module == "app":
            found = re.search(rf"^{attribute} = (\d+)\b", path.read_text(encoding="utf-8"), re.M)
            assert found, f"app.py has no {attribute}"
            return int(found[1])
        value = getattr(import_module(f"{package}.{module}"), attribute, None)
        assert value is not None, f"{module}.py has no {attribute}"
        return value[key] if key else value
    raise AssertionError(f"there is no module {module}")


def shows(written: str, name: str) -> bool:
    """Whether `written`, a number with its unit, is what the constant `name` says."""
    match = NUMBER.fullmatch(written.strip())
    assert match, f"{written!r} is no number with a unit"
    number, unit = float(match[1].replace(" ", "")), (match[2] or "").strip()
    ends = re.sub(r"\[.*", "", name)
    if unit in TIMES_MS:
        assert re.search(r"(?<!_C)(_MS|_S)$", ends), f"{name} is no time, the page says {written}"
        number *= TIMES_MS[unit] if ends.endswith("_MS") else TIMES_MS[unit] / 1000
    else:
        assert unit in OTHERS, f"{written!r}: nothing is known of this unit"
        end, factor = OTHERS[unit]
        wrong = not ends.endswith(end) or (not end and re.search(r"_(MS|S|C|BYTES)$", ends))
        assert not wrong, f"{name} is not in {unit or 'a plain number'}"
        number *= factor
    return abs(number - constant(name)) < 1e-9
