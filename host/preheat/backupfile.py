"""A backup of a unit as one JSON file: made, checked as a whole, written so that it stays, found.

The content has a SHA-256 over its canonical form. Files lie at backups/NAME-UID8-DATE.json; none
is ever overwritten.
"""

import contextlib
import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any, NamedTuple

import preheat_core
from preheat import paths
from preheat.errors import Refused, UsageError, VerifyError
from preheat_core import board, check, profile, settings

KIND = "preheat-unit-backup"
SCHEMA = 1
MAX_BYTES = 8 * 1024 * 1024  # far more than a unit's flash holds
AGAIN = "take another backup; `preheat unit backup` makes one"
_WHICH = "name a backup file, or `last`"
_KEYS = ("unit", "made", "settings", "board", "profiles", "armed", "latch", "logs", "incidents",
         "files", "notes")
_UNIT = (
    check.text("uid", 64),
    check.name("name", 24),
    check.text("board", 40, None),
    check.text("fw", 24, None),
    check.text("fw_hash", 16, None),
    check.text("micropython", 24, None),
)
_MADE = (
    check.number("epoch_s", 0, 4102444800, "s"),
    check.text("by", 40),
    check.choice("way", ("line", "prompt")),
)
_UID = re.compile(r"[0-9a-f]{1,64}\Z")


class Backup(NamedTuple):
    """A checked backup: where it lies (None: not written yet) and its content.

    `content` has the keys of `_KEYS`: unit and made are tables, settings and board dicts or None,
    profiles {name: dict}, armed a profile's name or None, latch, logs and incidents lists of rows
    (information only), files {path: base64} of what a prompt gave, notes a list of sentences.
    """

    path: "Path | None"
    content: dict[str, Any]

    @property
    def uid(self) -> str:
        """The chip id of the unit that it was made of."""
        return self.content["unit"]["uid"]

    @property
    def name(self) -> str:
        """That unit's name."""
        return self.content["unit"]["name"]


def digest(content: Any) -> str:
    """SHA-256 in hex of the canonical JSON of a backup's content; ValueError if it has none."""
    return hashlib.sha256(check.canonical(content)).hexdigest()


def pack(content: dict[str, Any]) -> bytes:
    """The bytes of the file for this content."""
    whole = {"kind": KIND, "schema": SCHEMA, "sha256": digest(content), "content": content}
    return json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"


def unpack(data: bytes) -> "tuple[dict[str, Any] | None, list[str]]":
    """(content, problems) of a file's bytes; the content is None unless there is no problem."""
    try:
        whole = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return None, ["(file): it is not a JSON document; " + AGAIN]
    if not isinstance(whole, dict) or whole.get("kind") != KIND:
        return None, [f'kind: must be "{KIND}": this is another kind of file']
    if whole.get("schema") != SCHEMA or isinstance(whole.get("schema"), bool):
        shown = check.shown(whole.get("schema"))
        return None, [f"schema = {shown}: this version reads {SCHEMA}; use a newer preheat"]
    content = whole.get("content")
    if not isinstance(content, dict):
        return None, ["content: must be a table; " + AGAIN]
    problems = _damage(content, whole.get("sha256"))
    try:
        problems += _problems(content)
    except RecursionError:
        problems.append("content: it is nested too deeply; " + AGAIN)
    return (None if problems else content), problems


def _damage(content: dict[str, Any], sha: Any) -> list[str]:
    try:
        if digest(content) == sha:
            return []
    except (ValueError, TypeError, RecursionError, OverflowError):
        pass  # what has no canonical form was never hashed
    return ["sha256: the content is not what was written; " + AGAIN]


def _problems(content: dict[str, Any]) -> list[str]:
    """Everything wrong with a content by the checkers of the core, whatever it is."""
    found = [f"{key}: is missing" for key in _KEYS if key not in content]
    found += [f"{check.shown(key)}: is not known in a backup" for key in content
              if key not in _KEYS]
    if found:
        return found
    rows = check.check_table(content["unit"], _UNIT, "unit")
    rows += check.check_table(content["made"], _MADE, "made")
    if not rows and not _UID.match(content["unit"]["uid"]):
        found.append("unit.uid: must be hex digits")
    if not isinstance(content["profiles"], dict):
        found.append("profiles: must be a table of profiles by name")
    for key in ("latch", "logs", "incidents", "notes"):
        if not isinstance(content[key], list):
            found.append(f"{key}: must be a list")
    if not isinstance(content["files"], dict):
        found.append("files: must be a table")
    found += [str(row) for row in rows]
    return found or _parts(content)


def _parts(content: dict[str, Any]) -> list[str]:
    found = []
    for key, checker in (("settings", settings), ("board", board)):
        if content[key] is not None:
            found += [f"{key}: {row}" for row in checker.check(content[key])]
    for name, values in content["profiles"].items():
        rows = profile.check(values)
        found += [f"profiles {check.shown(name)}: {row}" for row in rows]
        if not rows and values["name"] != name:
            found.append(f"profiles {check.shown(name)}: its own name is {values['name']}")
    armed = content["armed"]
    if armed is not None and (not isinstance(armed, str) or armed not in content["profiles"]):
        found.append("armed: must be one of its profiles, or null")
    return found


def load(path: Path) -> Backup:
    """A backup file, checked as a whole.

    UsageError when it cannot be read at all; Refused with every problem at once otherwise.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL inside the name
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be read: {why}", _WHICH) from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than any backup", _WHICH)
    content, problems = unpack(data)
    if content is None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        what = f"{path} cannot be used: {count}; nothing was sent"
        raise Refused(what, AGAIN, "check", problems)
    return Backup(path, content)


def save(content: dict[str, Any], target: "Path | None" = None) -> Path:
    """Write a content to its place (or `target`), read it back, and only then give it its name.

    VerifyError when it did not read back or would not pass as a backup, UsageError when it cannot
    be written or the name is taken.
    """
    data = pack(content)
    problems = unpack(data)[1]
    if problems:
        raise VerifyError(f"what the unit says makes no backup: {problems[0]}",
                          "`preheat deploy` it, then try again")
    target = target or _free_place(content)
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if draft.read_bytes() != data:
            raise VerifyError(f"the backup {target} did not read back as written",
                              "choose another disk with -o FILE; the unit is as it was")
        _give_name(draft, target)
    except FileExistsError as error:
        raise UsageError(f"{target} exists already", "a backup overwrites nothing: name another "
                         "file with -o FILE") from error
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}",
                         "name another file with -o FILE") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return target


def _give_name(draft: Path, target: Path) -> None:
    """Rename without overwriting; FileExistsError when the name is taken."""
    if os.name != "nt":
        try:
            os.link(draft, target)
            return
        except FileExistsError:
            raise
        except OSError:  # a disk without hard links
            if target.exists():
                raise FileExistsError(str(target)) from None
    os.rename(draft, target)  # on Windows this overwrites nothing


def _free_place(content: dict[str, Any]) -> Path:
    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.localtime(content["made"]["epoch_s"]))
    stem = f"{content['unit']['name']}-{content['unit']['uid'][:8]}-{stamp}"
    number = 1
    while True:
        target = paths.backups_dir() / f"{stem}{'' if number == 1 else f'-{number}'}.json"
        if not target.exists():
            return target
        number += 1


def newest(uid: str) -> "Backup | None":
    """The newest backup of that unit in its place that can be used and has settings, or None."""
    if not _UID.match(uid):
        return None
    found = []
    for path in paths.backups_dir().glob(f"*-{uid[:8]}-*.json"):
        try:
            backup = load(path)
        except (Refused, UsageError):
            continue
        if backup.uid == uid and backup.content["settings"] is not None:
            found.append(backup)
    return max(found, key=lambda b: (b.content["made"]["epoch_s"], str(b.path)), default=None)


def about_this_toolkit() -> str:
    """What goes into `made.by`."""
    return f"preheat {preheat_core.VERSION}"
