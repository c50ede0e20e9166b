"""Everything that is checked of a board before it gets onto a unit, in one list.

First the checker that the unit has itself (preheat_core), then what only the laptop checks: the
pins of the chip, and outputs that somebody wants inverted.
"""

from typing import Any

from preheat import pinrules
from preheat_core import board as core_board
from preheat_core.check import Problem


def check(board: Any) -> list[Problem]:
    """All problems of a board dict as a unit would get it; never an exception.

    A key has one problem: the one that says most about it.
    """
    inverted = pinrules.inverted(board)
    told = {problem.path for problem in inverted}
    found = [p for p in core_board.check(board) if p.path not in told]
    told |= {problem.path for problem in found}
    return inverted + found + [p for p in pinrules.check(board) if p.path not in told]
