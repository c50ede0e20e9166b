"""docs/configuration.md lists exactly the keys, units, ranges and defaults of the field tables."""

from pathlib import Path

from preheat import boardfacts
from preheat.limits import jobtable
from preheat.provisioning import labcheck
from preheat_core import board, check, profile, settings

DOC = Path(__file__).parents[2] / "docs" / "configuration.md"
TYPES = {"choice": "one of", "flag": "true/false", "rows": "list of tables"}


def _spelled(value) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    return f"`{value}`" if isinstance(value, str) else str(value)


def _range(field: check.Field) -> str:
    if field.kind == "choice":
        return ", ".join(_spelled(item) for item in field.choices)
    if field.kind in ("text", "name"):
        return f"1 to {field.high} characters"
    if field.kind == "rows":
        return (
            f"exactly {field.low}" if field.low == field.high else f"{field.low} to {field.high}"
        )
    return "" if field.low is None else f"{field.low} to {field.high}"


def _default(field: check.Field) -> str:
    if field.default is check.REQUIRED:
        return "required"
    if field.default is None:
        return "absent"
    if field.kind == "rows":
        return "none"
    return "its defaults" if field.kind == "table" else _spelled(field.default)


def _expected(kind: str, fields, out: dict) -> dict:
    """{(section, key): (type, unit, range, default)} for a field table and those inside it."""
    for field in fields:
        if field.kind == "refused":
            continue
        row = (TYPES.get(field.kind, field.kind), field.unit, _range(field), _default(field))
        out[kind, field.key] = row
        if field.fields:
            brackets = f"[[{field.key}]]" if field.kind == "rows" else f"[{field.key}]"
            _expected(f"{kind.split()[0]} {brackets}", field.fields, out)
    return out


def _documented() -> dict:
    found: dict = {}
    kind = section = ""
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind = section = line[3:].split()[0].lower()
        elif line.startswith("### "):
            section = f"{kind} {line[4:].strip('`')}"
        elif line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) != 6:  # another table
                continue
            key, *row, meaning = cells
            assert meaning, f"{section} {key} has no meaning"
            assert (section, key.strip("`")) not in found, f"{section} {key} is listed twice"
            found[section, key.strip("`")] = tuple(row)
    return found


def test_the_document_lists_what_the_field_tables_say():
    expected: dict = {}
    for kind in (board, settings, profile):
        _expected(kind.__name__.split(".")[-1], kind.FIELDS, expected)
    _expected("board [host]", boardfacts.HOST_FIELDS, expected)
    _expected("profile [job]", jobtable.FIELDS, expected)
    _expected("lab", labcheck.FIELDS, expected)
    assert _documented() == expected
