"""Everything that is checked of a board before it gets onto a unit, in one list.

Only the laptop checks outputs that somebody wants inverted and the pins of the chip; the rest is
the checker that the unit has itself (preheat_core).
"""

from typing import Any

from preheat import pinrules
from preheat_core import board as core_board
from preheat_core.check import Problem


def check(board: Any) -> list[Problem]:
    """All problems of a board dict as a unit would get it; never an exception.

    A key has one problem, the laptop's own where there are two: it says more.
    """
    found = pinrules.inverted(board) + pinrules.check(board)
    told = {problem.path for problem in found}
    return found + [problem for problem in core_board.check(board) if problem.path not in told]
