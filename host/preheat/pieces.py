"""Files as statements for a board's prompt: few at a time, each small enough to compile there."""

import base64
import zlib
from collections.abc import Iterator

_PIECE_BYTES = 1536  # raw bytes in one statement
_BATCH_CHARS = 2600  # statements sent together: few round trips, yet small to compile on a board
_WINDOW_BITS = 10  # of deflate: all that the board has to remember is 1 KB


def batches(files: dict[str, bytes], packs: bool) -> Iterator[tuple[str, int]]:
    """(statements that write each file to `path.new`, bytes of `files` written after them).

    packs: the board can undo deflate. The statements are calls into onboard.py.
    """
    done, batch = 0, ""
    for folder in sorted({path.rpartition("/")[0] for path in files} - {""}):
        batch += f"ph_mkdirs({folder!r})\n"
    for path, data in files.items():
        batch += f"ph_begin({path + '.new'!r})\n"
        for start in range(0, len(data), _PIECE_BYTES):
            piece = data[start : start + _PIECE_BYTES]
            batch += _statement(piece, packs)
            done += len(piece)
            if len(batch) > _BATCH_CHARS:
                yield batch, done
                batch = ""
    yield batch + "ph_end()", done


def _statement(piece: bytes, packs: bool) -> str:
    """The line that appends `piece` to the open file; deflated where that is shorter."""
    if packs:
        maker = zlib.compressobj(9, zlib.DEFLATED, -_WINDOW_BITS)
        packed = maker.compress(piece) + maker.flush()
        if len(packed) < len(piece):
            return f"ph_unpack({base64.b64encode(packed)!r})\n"
    return f"ph_write({base64.b64encode(piece)!r})\n"
