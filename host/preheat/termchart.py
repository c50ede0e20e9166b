"""A line chart for a terminal, as text: braille dots (2 by 4 a character), or plain ASCII.

Pure: points in, lines out. Own code, because the libraries for it are compiled or unmaintained.
"""

from collections.abc import Sequence

Points = Sequence[tuple[float, float]]

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # Unicode 2800: row, column
_LEAST_WIDTH, _LEAST_HEIGHT = 20, 4
_AXIS = 7  # characters for "300 °C|"


def draw(
    points: Points, width: int, height: int, marks: "Sequence[tuple[float, str]]" = (),
    ascii_only: bool = False, ends: tuple[str, str] = ("", ""),
) -> list[str]:
    """The line through `points` (x rising, finite) in a frame of at most width × height + 2.

    marks: levels with a name, drawn as a dotted line. ends: what stands under the first and the
    last x. ValueError for fewer than two points.
    """
    if len(points) < 2:
        raise ValueError("a line needs two points")
    columns = max(width, _LEAST_WIDTH) - _AXIS
    rows = max(height, _LEAST_HEIGHT)
    across, down = (columns, rows) if ascii_only else (2 * columns, 4 * rows)
    levels = [y for _, y in points] + [level for level, _ in marks]
    low, high = min(levels), max(levels)
    span = (high - low) or 1.0
    grid = [[0] * columns for _ in range(rows)]

    def place(y: float) -> int:
        return min(down - 1, max(0, round((high - y) / span * (down - 1))))

    def dot(x: int, y: int) -> None:
        if ascii_only:
            grid[y][x] = 1
        else:
            grid[y // 4][x // 2] |= _DOTS[y % 4][x % 2]

    for level, _ in marks:
        for x in range(0, across, 4):
            dot(x, place(level))
    before = None
    for x in range(across):
        at = points[0][0] + (points[-1][0] - points[0][0]) * x / max(across - 1, 1)
        y = place(_value(points, at))
        for between in range(min(y, before or y), max(y, before or y) + 1) if x else (y,):
            dot(x, between)
        before = y
    for at, value in points:  # a corner between two columns would be cut off
        share = (at - points[0][0]) / ((points[-1][0] - points[0][0]) or 1.0)
        dot(round(share * (across - 1)), place(value))
    return _framed(grid, marks, low, high, place, ascii_only, ends)


def _value(points: Points, at: float) -> float:
    """y at `at` on the line."""
    before = points[0]
    for point in points:
        if point[0] >= at:
            span = point[0] - before[0]
            return before[1] + (point[1] - before[1]) * ((at - before[0]) / span if span else 1)
        before = point
    return points[-1][1]


def _framed(grid, marks, low, high, place, ascii_only: bool, ends: tuple[str, str]) -> list[str]:
    per_row = 1 if ascii_only else 4
    names = {0: high, len(grid) - 1: low}
    names.update({place(level) // per_row: level for level, _ in marks})
    unit, bar, corner, rule = (" C", "|", "+", "-") if ascii_only else (" °C", "│", "└", "─")
    said = {place(level) // per_row: name for level, name in marks}
    lines = []
    for number, row in enumerate(grid):
        label = f"{names[number]:.0f}{unit}" if number in names else ""
        cells = "".join(("*" if cell else " ") if ascii_only else chr(0x2800 + cell)
                        for cell in row)  # fmt: skip
        name = said.get(number, "")
        if name and len(name) < len(cells) // 2:
            cells = name + cells[len(name):]  # on the left the curve is still low
        lines.append(f"{label:>{_AXIS - 1}}{bar}{cells}".rstrip())
    width = len(grid[0])
    lines.append(" " * (_AXIS - 1) + corner + rule * (width - 1))
    lines.append(" " * _AXIS + ends[0] + ends[1].rjust(width - 1 - len(ends[0])))
    return lines
