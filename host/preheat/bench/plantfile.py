"""Reads and checks the virtual bench's own files: plants, and scripts of faults.

Everything wrong is reported at once, as for a board file.
"""

from pathlib import Path

from preheat import tomlfiles
from preheat.bench.script import CHIP_KINDS, KINDS, ONCE
from preheat.errors import UsageError
from preheat_core import check
from preheat_core.board import ROLES
from preheat_core.check import Problem

HERE = Path(__file__).resolve().parent
DAY_S = 86400

NODE_FIELDS = (
    check.text("name", 24),
    check.number("j_k", 0.1, 100000, "J/K"),
    check.number("loss_w_k", 0, 1000, "W/K", None),
    check.rows("loss_table", (), 2, 100, None),
    check.number("start_c", -20, 900, "°C", None),
)
LINK_FIELDS = (
    check.text("a", 24),
    check.text("b", 24),
    check.number("w_k", 0, 1000, "W/K", 0),
    check.number("radiative_w_k4", 0, 1e-6, "W/K⁴", 0),
)
PROBE_FIELDS = (
    check.choice("role", ROLES),
    check.text("node", 24),
    check.number("lag_s", 0, 120, "s", 0),
    check.number("dead_time_s", 0, 120, "s", 0),
    check.number("offset_c", -50, 50, "°C", 0),
    check.number("noise_c", 0, 20, "°C", 0),
    check.number("spikes_per_min", 0, 600, "1/min", 0),
)
PLANT_FIELDS = (
    check.text("title", 60, None),
    check.text("board", 200, None),
    check.rows("node", NODE_FIELDS, 1, 32),
    check.rows("link", LINK_FIELDS, 0, 64, ()),
    check.table(
        "heater", (check.text("node", 24), check.number("power_w", 1, 20000, "W"))
    ),
    check.table("ambient", (check.number("c", -20, 50, "°C"),)),
    check.table("mains", (check.choice("hz", (50, 60), unit="Hz"),)),
    check.rows("probe", PROBE_FIELDS, 1, 16),
)
FAULT_FIELDS = (
    check.number("at_s", -1, 30 * DAY_S, "s"),
    check.number("duration_s", 0.001, 30 * DAY_S, "s", None),
    check.choice("kind", tuple(row[0] for row in KINDS)),
    check.text("probe", 16, None),
)
VALUE_RANGES = {
    "tc_detached": (0, 1), "tc_offset": (-500, 500), "heater_gain": (0, 10),
    "power_cut": (0, DAY_S), "external_heat": (-1000, 5000), "board_swap": (0.1, 100000),
}


def plants_dir() -> Path:
    """The folder of the shipped plants."""
    return HERE / "plants"


def stock_plants() -> list[str]:
    """Names of the shipped plants, sorted."""
    return sorted(path.stem for path in plants_dir().glob("*.toml"))


def find_plant(ref: "str | Path") -> Path:
    """The file of a shipped plant's name, or of a path. UsageError if there is neither."""
    path = Path(ref)
    if str(ref) in stock_plants():
        return plants_dir() / f"{ref}.toml"
    if path.suffix in (".toml", ".json") or path.is_file():
        return path
    known = ", ".join(stock_plants())
    raise UsageError(f"no plant is called {str(ref)!r}", f"name one of {known}, or give a file")


def load_plant(ref: "str | Path") -> dict:
    """A shipped plant or a plant file, checked; its name is the file's. UsageError or Refused.

    A board file that it names is looked for beside it.
    """
    path = find_plant(ref)
    data = tomlfiles.load(path)
    tomlfiles.refuse(check_plant(data), str(path))
    beside = path.parent / data.get("board", "")
    if beside.is_file():
        data["board"] = str(beside)
    return {**data, "name": path.stem}


def _row_problems(d: dict) -> list[Problem]:
    """The list-of-pairs tables that the field table does not know."""
    found = []
    for i, node in check.rows_of(d, "node"):
        path = f"node[{i}].loss_table"
        table = node.get("loss_table")
        if ("loss_w_k" in node) and ("loss_table" in node):
            found.append(Problem(path, table, "absent beside loss_w_k", "keep one of the two"))
        if not isinstance(table, list):
            continue
        pairs = [
            row for row in table
            if isinstance(row, list) and len(row) == 2 and all(check.is_number(x) for x in row)
        ]
        if len(table) < 2 or len(pairs) != len(table):
            found.append(Problem(path, table, "2 or more rows [°C, W]", "write two numbers each"))
        elif any(a[0] >= b[0] or a[1] > b[1] for a, b in zip(pairs, pairs[1:])):
            found.append(Problem(path, table, "rising °C and W that do not fall", "sort the rows"))
        elif pairs[0][1] < 0 or pairs[-1][1] == 0 or pairs[0][1] == pairs[1][1] != 0:
            fix = "begin with the row where nothing is lost, [ambient, 0]"
            found.append(Problem(path, table, "a loss that rises from 0 W at ambient", fix))
    return found


def check_plant(d: dict) -> list[Problem]:
    """All problems of a plant dict; empty means it can be used."""
    plain = d
    if isinstance(d, dict) and isinstance(d.get("node"), list):
        nodes = [
            {k: v for k, v in n.items() if k != "loss_table" or not isinstance(v, list)}
            if isinstance(n, dict) else n
            for n in d["node"]
        ]
        plain = {**d, "node": nodes}
    found = check.check_table(plain, PLANT_FIELDS)
    if not isinstance(d, dict):
        return found
    found += _row_problems(d) + check.repeats(d, "node", "name")
    names = [row.get("name") for _, row in check.rows_of(d, "node")]
    users = [(f"link[{i}].{end}", row.get(end)) for i, row in check.rows_of(d, "link")
             for end in ("a", "b")]
    users += [(f"probe[{i}].node", row.get("node")) for i, row in check.rows_of(d, "probe")]
    if isinstance(d.get("heater"), dict):
        users.append(("heater.node", d["heater"].get("node")))
    for path, name in users:
        if isinstance(name, str) and name not in names:
            known = ", ".join(str(n) for n in names)
            found.append(Problem(path, name, "the name of a node", f"name one of: {known}"))
    roles = [row.get("role") for _, row in check.rows_of(d, "probe")]
    if roles and "board" not in roles:
        found.append(Problem("probe", "no role board", "at least one of role board", "add it"))
    return found


def load_faults(path: "str | Path", board: dict) -> list[dict]:
    """The rows of a fault file, checked for a checked board. UsageError or Refused."""
    data = tomlfiles.load(Path(path))
    tomlfiles.refuse(check_faults(data, board), str(path))
    return data["fault"]


def check_faults(d: dict, board: dict) -> list[Problem]:
    """All problems of the dict of a fault file; empty means it can be used."""
    if not isinstance(d, dict) or not isinstance(d.get("fault", []), list):
        return [Problem("fault", d, "tables [[fault]]", "begin each fault with [[fault]]")]
    found = [Problem(key, d[key], "absent: the key is unknown", "known here: fault")
             for key in sorted(d) if key != "fault"]
    if not d.get("fault"):
        found.append(Problem("fault", "missing", "one or more tables [[fault]]", "add one"))
    names = [row[key] for row in board["probes"] for key in ("name", "role")]
    for i, row in enumerate(d.get("fault", [])):
        path = f"fault[{i}]"
        if not isinstance(row, dict):
            found.append(Problem(path, row, "a table"))
            continue
        plain = {key: value for key, value in row.items() if key != "value"}
        found += check.check_table(plain, FAULT_FIELDS, path) + _fault_problems(row, path, names)
    return found


def _fault_problems(row: dict, path: str, names: list[str]) -> list[Problem]:
    found = []
    kind, probe = row.get("kind"), row.get("probe")
    if probe is not None and kind not in CHIP_KINDS:
        found.append(Problem(f"{path}.probe", probe, f"absent for {kind}", "leave it out"))
    elif isinstance(probe, str) and probe not in names:
        fix = "name one of: " + ", ".join(dict.fromkeys(names))
        found.append(Problem(f"{path}.probe", probe, "a probe or role of the board", fix))
    if kind in ONCE and "duration_s" in row:
        found.append(
            Problem(f"{path}.duration_s", row["duration_s"], f"absent for {kind}",
                    "it happens once; power_cut has its seconds in value")
        )
    at_s = row.get("at_s")
    if kind in ONCE and isinstance(at_s, (int, float)) and at_s < 0:
        found.append(Problem(f"{path}.at_s", at_s, "0 or more", "it happens after the first heat"))
    if "value" in row:
        found += _value_problems(row["value"], kind, f"{path}.value")
    return found


def _value_problems(value, kind, path: str) -> list[Problem]:
    if kind not in VALUE_RANGES:
        return [Problem(path, value, f"absent for {kind}", "leave it out")]
    low, high = VALUE_RANGES[kind]
    if kind == "board_swap" and isinstance(value, list) and len(value) == 2:
        if not check.is_number(value[1]) or not -20 <= value[1] <= 300:
            return [Problem(path, value[1], "[J/K, °C] with -20 to 300 °C", "")]
        value = value[0]
    if not check.is_number(value) or not low <= value <= high:
        return [Problem(path, value, f"a number {low} to {high}", "")]
    return []
