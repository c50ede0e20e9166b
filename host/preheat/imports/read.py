"""A foreign profile file: read as text, told by its contents, made into a profile."""

from pathlib import Path

from preheat import tomlfiles
from preheat.errors import Refused, UsageError
from preheat.imports import jsonformats, textformats
from preheat.imports.build import Answers, Built, build
from preheat.imports.curve import Curve
from preheat_core.check import shown

FORMATS = ("auto", *jsonformats.READERS, "controleo3", "plain")


def profile(path: "str | Path", answers: Answers, kind: str = "auto") -> Built:
    """The profile in a file, checked, with its notes.

    UsageError for what is no text or not of that format; Refused, with every problem, for what
    cannot be a profile.
    """
    path = Path(path)
    curve = curve_of(tomlfiles.read_text(path), answers.temp_unit, kind, str(path))
    built = build(curve, answers, path.name)
    if built.problems:
        count = len(built.problems)
        head = f"{path} ({curve.kind}): {count} problem{'s' if count > 1 else ''}"
        raise Refused(f"{head}; {built.problems[0]}", "see docs/importing.md",
                      problems=built.problems)  # fmt: skip
    return built


def curve_of(text: str, temp_unit: "str | None", kind: str, what: str) -> Curve:
    """The curve in a text of one of FORMATS; UsageError. `what` names the text in messages."""
    if kind in ("auto", *jsonformats.READERS) and _is_json(text, kind):
        data = _json(text, what)
        found = jsonformats.kind_of(data) if kind == "auto" else kind
        if found is None or not _has_its_key(data, found):
            keys = ", ".join(sorted(shown(key) for key in data)[:8]) or "none"
            raise UsageError(f"{what} is a JSON object of no known profile format: keys {keys}",
                             "see docs/importing.md for what is read")  # fmt: skip
        return jsonformats.READERS[found](data, temp_unit)
    if kind == "controleo3" or (kind == "auto" and textformats.is_controleo(text)):
        return textformats.controleo(text, temp_unit)
    return textformats.plain(text, temp_unit)


def _is_json(text: str, kind: str) -> bool:
    return kind != "auto" or text.lstrip()[:1] in ("{", "[")


def _json(text: str, what: str) -> dict:
    try:
        data = tomlfiles.parse_json(text)
    except RecursionError:
        raise UsageError(f"{what} is nested too deeply", "remove the nesting") from None
    except ValueError as error:  # malformed, a key twice, or a number beyond all bounds
        raise UsageError(f"{what} is not valid JSON: {error}", "correct that line") from None
    if not isinstance(data, dict):
        raise UsageError(f"{what} is JSON, but no object", "a profile opens with {")
    return data


def _has_its_key(data: dict, kind: str) -> bool:
    key = {"kiln-v1": "data", "kiln-v2": "segments", "ez-oven": "profile",
           "pico-kiln": "steps"}[kind]  # fmt: skip
    return isinstance(data.get(key), list)
