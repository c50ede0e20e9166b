"""Text profiles: Controleo3's commands, and plain lines of `time temperature`."""

import re

from preheat.foreign import clock, headings
from preheat.imports.curve import MOST_POINTS, START_C, Curve, Path

# Commands for doors, fans, tunes, displays and its own power sharing: nothing here has them.
_LEFT_OUT = (
    "title", "display", "show graph", "deviation", "bias", "maximum duty", "element duty",
    "open door", "close door", "door percentage", "convection fan", "cooling fan", "play",
    "initialize timer", "start timer", "stop timer",
)  # fmt: skip
_END = re.compile(r"\S+\s+end$", re.I)


def is_controleo(text: str) -> bool:
    """Whether a text is a profile of Controleo3, which must open with that word."""
    return text.lstrip().lower().startswith("controleo3")


def controleo(text: str, temp_unit: "str | None" = None) -> Curve:
    """Controleo3, in °C: `ramp temperature to X in N seconds` starts from where it is, `maintain
    X for N seconds` holds, `wait until above X` heats by a fixed duty. It looks for the words and
    takes the next whole numbers in the line, and so does this.
    """
    curve = Curve("Controleo3", "c", temp_unit)
    path = Path(curve, START_C)
    curve.notes.append(f"the format has no start: {START_C:g} °C was taken")
    left = set()
    for number, line in enumerate(text.split("\n")[:MOST_POINTS], 1):
        line = _command(line)
        word = next((word for word in _LEFT_OUT if line.lower().startswith(word)), None)
        if word:
            left.add(word)
        elif line and not line.lower().startswith("controleo3"):
            _follow(curve, path, line, f"line {number}")
    if len(text.split("\n")) > MOST_POINTS:
        curve.problems.append(f"more than {MOST_POINTS} lines")
    if left:
        curve.notes.append(f"left out, this controller has none of it: {', '.join(sorted(left))}")
    return curve


def _command(line: str) -> str:
    """A line without its comment; a quoted name may hold the marks of one."""
    kept = re.match(r'(?:"[^"]*"|(?!//|#).)*', line.strip())
    return kept.group().strip() if kept else ""


def _follow(curve: Curve, path: Path, line: str, where: str) -> None:
    lower = line.lower()
    if lower.startswith("name"):
        quoted = re.search(r'"([^"]*)"', line)
        curve.name = curve.text(quoted.group(1)) if quoted else ""
        return
    numbers = [float(digits) for digits in re.findall(r"\d{1,6}", line)]
    if re.search(r"\d\s*[°~]?\s*f\b", lower):
        curve.problems.append(f"{where} counts in °F: Controleo3 knows °C alone")
    elif lower.startswith("ramp temperature") and len(numbers) >= 2:
        path.ramp_in(numbers[0], max(numbers[1], 1.0), where)
    elif lower.startswith("maintain") and len(numbers) >= 2:
        if numbers[0] != path.temp:
            curve.problems.append(f"{where} holds {numbers[0]:g} °C after {path.temp:g} °C")
        path.hold(numbers[1], where)
    elif lower.startswith("maximum temperature") and numbers:
        curve.highest = numbers[0]
    elif lower.startswith("graph divider") and numbers:
        curve.melting = numbers[0]
    elif lower.startswith("wait until above") and numbers:
        if numbers[0] > path.temp:
            path.ramp_free(numbers[0], where)
    elif lower.startswith(("wait until below", "wait for")) and numbers:
        if path.at_s:  # before the first ramp nothing is heated yet
            path.loose(f"{where} (`{line[:40]}`)")
    else:
        curve.problems.append(
            f"{where} is no command that is known ({curve.text(line, 40)}): mend it, or put // "
            "before it"
        )


def plain(text: str, temp_unit: "str | None" = None) -> Curve:
    """Lines of a time (seconds, m:ss or h:mm:ss) and a temperature; # starts a comment. A head
    line may name the units, as `time_s temp_c`; a last line may say END instead.
    """
    curve = Curve("time and temperature", None, temp_unit)
    scale_s, said = 1.0, False
    for number, line in enumerate(text.split("\n"), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        if len(curve.points) >= MOST_POINTS:
            curve.problems.append(f"more than {MOST_POINTS} lines")
            break
        # Beside a semicolon or a tab a comma is a decimal one.
        between = r"\s*[;\t]\s*" if re.search(r"[;\t]", line) else r"[\s,]+"
        cells = [cell for cell in re.split(between, line) if cell]
        at_s = clock.seconds(cells[0], scale_s) if cells else None
        temp = clock.number(cells[1]) if len(cells) == 2 else None
        if at_s is not None and temp is not None:
            curve.points.append((
                curve.number(at_s, f"line {number}: the time", 0),
                curve.number(temp, f"line {number}: the temperature"),
            ))  # fmt: skip
        elif _END.match(line) and curve.points:
            curve.notes.append(f"line {number} says END: the cooling is the board's own")
        elif cells and not curve.points and not said and headings.read(cells[0]).kind == "time":
            said = True
            words = headings.words(line)
            scale_s = headings.time_scale_s(words) or 1.0
            curve.unit = headings.temp_unit(words)
        elif len(curve.problems) < 8:
            many = f" but {len(cells)} columns" if len(cells) > 2 else ""
            curve.problems.append(f"line {number} is no time and temperature{many}: "
                                  f"{curve.text(line, 40)}")  # fmt: skip
    return curve
