"""The rated power of a run's heaters: from the board file whose hash the log names, or unknown."""

from preheat import tomlfiles
from preheat.errors import PreheatError
from preheat.report.header import Header
from preheat.transfer import sha16
from preheat_core import check


def power_w(header: Header) -> "float | None":
    """W of all heaters together; None where no board file of that name and hash is known here.

    A log may name anything: only names of known boards are looked up, never a path.
    """
    name, wanted = header.said.get("board"), header.said.get("board_hash")
    if name not in [*tomlfiles.stock_boards(), *tomlfiles.own_boards()]:
        return None
    try:
        board = tomlfiles.load_board(name)
    except PreheatError:
        return None
    if sha16(check.canonical(board)) != wanted:  # another board, or the file was changed since
        return None
    return float(sum(zone["power_w"] for zone in board["zones"]))
