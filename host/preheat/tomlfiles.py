"""Board, settings and profile files: find them, read them, check them, or say what is wrong.

People write TOML; JSON is read as well, since that is what a unit gives back. What comes out of
`load_*` has passed the checker of preheat_core and has every default filled in.
"""

import json
import os
import tomllib
from pathlib import Path

from preheat import boardcheck, boardfacts, paths, textfile
from preheat.calibration import dates
from preheat.errors import Refused, UsageError
from preheat_core import alloys, board, profile, settings
from preheat_core.check import Problem

MAX_BYTES = 64 * 1024
_PACKAGE = Path(__file__).resolve().parent
_SUFFIXES = (".toml", ".json")


def profiles_dir() -> Path:
    """The folder of the stock profiles."""
    return _PACKAGE / "profiles"


def boards_dir() -> Path:
    """The folder of the stock boards: inside an installed wheel, or boards/ of a checkout."""
    packaged = _PACKAGE / "_boards"
    return packaged if packaged.is_dir() else _PACKAGE.parents[1] / "boards"


def stock_profiles() -> list[str]:
    """Names of the stock profiles, sorted."""
    return sorted(path.stem for path in profiles_dir().glob("*.toml"))


def stock_boards() -> list[str]:
    """Names of the stock boards, sorted."""
    return sorted(path.stem for path in boards_dir().glob("*.toml"))


def own_boards() -> list[str]:
    """Names of the files in the user's folder of boards, sorted; a stock name among them is never
    used."""
    return sorted(path.stem for path in paths.boards_dir().glob("*.toml"))


def find_profile(ref: "str | Path") -> Path:
    """The file of a stock profile's name, or of a path. UsageError if there is neither."""
    return _find(ref, profiles_dir(), "profile", stock_profiles())


def find_board(ref: "str | Path") -> Path:
    """The file of a stock board's name, of a name in the user's folder, or of a path.

    Looked up in this order, so no file of the user's ever stands in for a stock board. UsageError
    if there is none of them.
    """
    stock = stock_boards()
    if str(ref) in stock or _is_path(ref):
        return _find(ref, boards_dir(), "board", stock)
    own = own_boards()
    if str(ref) in own:
        return paths.boards_dir() / f"{ref}.toml"
    return _find(ref, boards_dir(), "board", stock + own)


def _is_path(ref: "str | Path") -> bool:
    path = Path(ref)
    return path.suffix in _SUFFIXES or len(path.parts) > 1


def _find(ref: "str | Path", folder: Path, kind: str, names: list[str]) -> Path:
    if str(ref) in names:  # before the path: a folder called like a stock name hides nothing
        return folder / f"{ref}.toml"
    if _is_path(ref) or os.path.isfile(ref):
        return Path(ref)
    known = ", ".join(names) or "none"
    raise UsageError(f"no {kind} is called {str(ref)!r}", f"name one of {known}, or give a file")


def load(path: "str | Path") -> dict:
    """The dict in a TOML file, or in a JSON file when the name ends in .json; not checked yet.

    UsageError, naming the file and where possible the line, if it is missing, unreadable, larger
    than 64 KiB, not UTF-8, malformed, has a key twice, or is not a table.
    """
    path = Path(path)
    text = read_text(path)
    try:
        data = parse_json(text) if path.suffix == ".json" else tomllib.loads(text)
    except RecursionError:
        raise UsageError(f"{path} is nested too deeply", "remove the nesting") from None
    except ValueError as error:  # malformed, a key twice, or a number beyond all bounds
        kind = "JSON" if path.suffix == ".json" else "TOML"
        fix = "correct that line"
        if path.suffix not in _SUFFIXES:
            fix += "; a curve of another controller: `preheat profile import`"
        raise UsageError(f"{path} is not valid {kind}: {error}", fix) from None
    if not isinstance(data, dict):
        raise UsageError(f"{path} holds no table", "start with keys such as schema = 1")
    return data


def read_text(path: Path) -> str:
    """A file's text, as `load` reads it; UsageError."""
    return textfile.read(path, MAX_BYTES, "64 KiB",
                         "no board, settings or profile file is as long")


def parse_json(text: str) -> object:
    """JSON without double keys and without NaN; ValueError or RecursionError."""
    return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)


def _unique_keys(pairs: list[tuple[str, object]]) -> dict:
    found: dict = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice")
        found[key] = value
    return found


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is not a number that can be used")


def load_board(ref: "str | Path") -> dict:
    """What a unit gets of a stock board or a board file, checked and normalised.

    UsageError or Refused.
    """
    return _board(ref)[0]


def load_host_facts(ref: "str | Path") -> boardfacts.HostFacts:
    """What the laptop needs to know of a board; UsageError or Refused."""
    return _board(ref)[1]


def check_board(data: dict) -> list[Problem]:
    """All problems of a loaded board file, the laptop's table included."""
    rest, host = boardfacts.split(data)
    return boardcheck.check(rest) + boardfacts.check(host)


def board_problems(ref: "str | Path") -> list[Problem]:
    """All problems of a stock board, one of the user's, or a board file; UsageError."""
    path = find_board(ref)
    return _board_problems(ref, path, load(path))


def load_whole_board(ref: "str | Path") -> dict:
    """A board as its file could say it with every default, the laptop's table included.

    UsageError or Refused.
    """
    rest, host = _checked_board(ref)
    return rest if host is None else {**rest, "host": host}


def _board(ref: "str | Path") -> tuple[dict, boardfacts.HostFacts]:
    rest, host = _checked_board(ref)
    return rest, boardfacts.facts(host)


def _checked_board(ref: "str | Path") -> tuple[dict, "dict | None"]:
    path = find_board(ref)
    data = load(path)
    refuse(_board_problems(ref, path, data), str(path))
    rest, host = boardfacts.split(data)
    return board.normalise(rest), boardfacts.normalise(host)


def _board_problems(ref: "str | Path", path: Path, data: dict) -> list[Problem]:
    found = check_board(data)
    name = data.get("name")
    # Found by its name, but calls itself otherwise, a stock board perhaps: logs would tell that.
    if path.name == f"{ref}.toml" and name != ref and isinstance(name, str):
        found.append(Problem("name", name, f'"{ref}", like its file', "rename one of the two"))
    return found


def load_settings(path: "str | Path") -> dict:
    """A settings file, checked and normalised; UsageError or Refused."""
    path = Path(path)
    data = load(path)
    refuse(check_settings(data), str(path))
    return settings.normalise(data)


def check_settings(data: dict) -> list[Problem]:
    """All problems of a loaded settings file, dates that cannot be included."""
    return settings.check(data) or dates.problems(data)


def load_profile(ref: "str | Path") -> dict:
    """What a unit gets of a stock profile or a profile file: checked, the limits of its `[job]`
    resolved into it, normalised. UsageError or Refused.
    """
    return for_unit(read_profile(ref))


def read_profile(ref: "str | Path") -> dict:
    """A stock profile or a profile file as it is written, checked, with its `[job]`. UsageError
    or Refused."""
    path = find_profile(ref)
    data = load(path)
    refuse(check_profile(data), str(path))
    return data


def for_unit(data: dict) -> dict:
    """What a unit gets of a checked profile file: see `load_profile`."""
    return profile.normalise(resolve_profile(data))


def check_profile(data: dict) -> list[Problem]:
    """All problems of a loaded profile file, the laptop's `[job]` included."""
    if "job" not in data:
        return profile.check(data)
    from preheat.limits import jobtable  # reads the tables, which few profiles need

    rest = {key: value for key, value in data.items() if key != "job"}
    found = profile.check(rest) + jobtable.check(data)
    if not found:
        found = profile.check(jobtable.resolve(data))
        for problem in found:
            problem.path = "with the limits of [job]: " + problem.path
    return found


def resolve_profile(data: dict) -> dict:
    """A new dict: a checked profile file as a unit may have it, without `[job]` but with the
    limits that follow from it."""
    if "job" not in data:
        return dict(data)
    from preheat.limits import jobtable

    return jobtable.resolve(data)


def cautions(data: dict) -> list[str]:
    """What to know of the solders that the `[job]` of a checked profile file names."""
    if "job" not in data:
        return []
    from preheat.limits import jobtable

    return jobtable.cautions(data)


def melting(data: dict) -> tuple[str, float, float]:
    """(name, solidus, liquidus in °C) of a checked profile file's solder: of its exact alloy
    where a `[job]` names one, else of the family that a unit knows."""
    if "job" not in data:
        metal = alloys.find(data["alloy"])
        return metal.name, metal.solidus_c, metal.liquidus_c
    from preheat.limits import alloys as tables

    row = tables.find(data["job"]["alloy"])
    return row.name, float(row.solidus_c), float(row.liquidus_c)


def refuse(problems: list[Problem], what: str) -> None:
    """Raise Refused with every problem if there is one; `what` names the thing checked."""
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [str(problem) for problem in problems]
        raise Refused(f"{what}: {count}; {lines[0]}", problems=lines)
