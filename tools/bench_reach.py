"""What the control benchmark is to reach, each line judged on the rows of bench_matrix.run."""

import math
from dataclasses import dataclass

from bench_matrix import AS_IT_IS, BENCH, BOARD, OURS, PID, POWER

NOT_HARD_RMSE_C, NOT_HARD_OVER_C = 0.6, 0.5
HARD = {"oven": (1.2, 1.5), "hotplate": (1.0, 1.0)}  # RMSE, overshoot
HOLD_C = 0.5
POWER_OVER_C = 4.0
BOARD_OVER_C = 5.0
HALF = 0.5  # of the textbook's overshoot
SAME_C = 0.1  # less than this apart is the same: the readings are 0.25 °C coarse
SAME_S, SAME_SHARE = 5.0, 0.02  # likewise for the time to reach


@dataclass(frozen=True)
class Line:
    """One requirement: how many runs it was judged on, and what those that fail it measured.

    `misses` begins with the worst one.
    """

    text: str
    runs: int
    misses: list[str]

    @property
    def holds(self) -> bool:
        """True if every run it was judged on fulfils it."""
        return not self.misses


def named(row: dict) -> str:
    """A run in a few words."""
    words = [row["plant"], "hard" if row["hard"] else "as is", row["profile"]]
    if row["kind"] == POWER:
        words.append(f"power x{row['gain']:g}")
    if row["kind"] == BOARD:
        words.append(f"tuned on {row['tuned_on']}")
    return " ".join(words)


def lines(rows: list[dict]) -> list[Line]:
    """Every line that can be judged with these rows."""
    ours = [row for row in rows if row["controller"] == OURS]
    tuned = [row for row in ours if row["kind"] == AS_IT_IS]
    found = [_ends(ours)]
    for where, test in (("bench profile", True), ("stock profiles", False)):
        picked = [row for row in tuned if (row["profile"] == BENCH) == test]
        for plant, (rmse_c, over_c) in HARD.items():
            chosen = [row for row in picked if row["hard"] and row["plant"] == plant]
            found.append(_bounds(f"Hard {plant}", where, chosen, rmse_c, over_c))
        chosen = [row for row in picked if not row["hard"]]
        found.append(_bounds("Not hard", where, chosen, NOT_HARD_RMSE_C, NOT_HARD_OVER_C))
    found.append(_holds("Holds, once settled", tuned, "hold_dev_c"))
    found.append(_holds("Holds of 90 s and longer, after a minute", tuned, "long_hold_dev_c"))
    found.append(_power([row for row in ours if row["kind"] == POWER]))
    found.append(_board([row for row in ours if row["kind"] == BOARD]))
    found += _against(tuned, rows)
    return [line for line in found if line.runs]


def _line(text: str, rows: list, judge) -> Line:
    """`judge(row)` gives (how far over the goal, what was measured); up to 0 it is fulfilled."""
    judged = [judge(row) for row in rows]
    misses = sorted((row for row in judged if row[0] > 1e-9), key=lambda row: -row[0])
    return Line(text, len(rows), [words for _, words in misses])


def _ends(ours) -> Line:
    def judge(row):
        well = row["end"] == "done" and not row["faults"]
        return (0 if well else 1), f"{named(row)}: {row['end']} {' '.join(row['faults'])}"

    return _line("Every run ends well, no guard trip", ours, judge)


def _bounds(name, where, rows, rmse_c, over_c) -> Line:
    def judge(row):
        over = max(row["rmse_c"] / rmse_c, row["overshoot_c"] / over_c) - 1
        return over, f"{named(row)}: RMSE {row['rmse_c']:.2f}, overshoot {row['overshoot_c']:.2f}"

    text = f"{name}, {where}: RMSE <= {rmse_c:g} °C, overshoot <= {over_c:g} °C"
    return _line(text, rows, judge)


def _holds(name, rows, key) -> Line:
    held = [row for row in rows if row[key] is not None]
    text = f"{name}: within {HOLD_C:g} °C"
    return _line(text, held, lambda row: (row[key] - HOLD_C, f"{named(row)}: {row[key]:.2f}"))


def _power(rows) -> Line:
    def judge(row):
        words = f"{named(row)}: overshoot {row['overshoot_c']:.2f}, away for {row['away_s']:.0f} s"
        if row["back"]:
            return row["overshoot_c"] - POWER_OVER_C, words
        return max(row["overshoot_c"], 1e-3), words + ", not back within the stage"

    text = f"Power 20 % off: overshoot <= {POWER_OVER_C:g} °C and back within one stage"
    return _line(text, rows, judge)


def _board(rows) -> Line:
    def judge(row):
        over = row["overshoot_c"] - BOARD_OVER_C + (100 if row["faults"] else 0)
        return over, f"{named(row)}: overshoot {row['overshoot_c']:.2f} {' '.join(row['faults'])}"

    text = f"Another board than tuned on: overshoot <= {BOARD_OVER_C:g} °C, no trip"
    return _line(text, rows, judge)


def pairs(ours: list[dict], rows: list[dict], controller: str = PID) -> list[tuple[dict, dict]]:
    """(ours, the textbook's) of the same runs as tuned."""
    def key(row):
        return row["plant"], row["hard"], row["profile"]

    theirs = {key(row): row for row in rows
              if row["controller"] == controller and row["kind"] == AS_IT_IS}
    return [(row, theirs[key(row)]) for row in ours if key(row) in theirs]


def _against(ours, rows) -> list[Line]:
    def worse(pair):
        a, b = pair
        over = max(a["rmse_c"] - b["rmse_c"], a["overshoot_c"] - b["overshoot_c"]) - SAME_C
        return over, (f"{named(a)}: RMSE {a['rmse_c']:.2f} against {b['rmse_c']:.2f}, overshoot "
                      f"{a['overshoot_c']:.2f} against {b['overshoot_c']:.2f}")

    def later(pair):
        a, b = pair
        mine_s = math.inf if a["reach_s"] is None else a["reach_s"]
        other_s = math.inf if b["reach_s"] is None else b["reach_s"]
        over_s = 0 if other_s == math.inf else mine_s - other_s * (1 + SAME_SHARE) - SAME_S
        return over_s, f"{named(a)}: {mine_s:.0f} s against {other_s:.0f} s"

    def half(pair):
        a, b = pair
        words = f"{named(a)}: {a['overshoot_c']:.2f} against {b['overshoot_c']:.2f}"
        return a["overshoot_c"] - HALF * b["overshoot_c"] - SAME_C, words

    both = pairs(ours, rows)
    hard = [pair for pair in both if pair[0]["hard"]]
    return [
        _line("Never worse than the textbook PID in RMSE or overshoot", both, worse),
        _line("Never later than the textbook PID at the last target", both, later),
        _line("Hard: at most half the textbook PID's overshoot", hard, half),
    ]
