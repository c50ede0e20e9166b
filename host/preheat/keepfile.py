"""Files that must be whole: written beside their place, brought to the disk, then renamed.

After a power cut the file is what it was or what it was to become, never half of it.
"""

import os
import threading
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Put `data` at `path`; on return it is on the disk. OSError as the system raises it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Bring a folder's own entries to the disk, where that can be asked for (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
