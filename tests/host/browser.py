"""A headless Chromium under the DevTools protocol over a pipe: what a page does, and its picture.

tools/testbrowser.py installs it. `why_none()` says why there is none; tests skip with that.
"""

import base64
import importlib.util
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # on Windows, where there is no test browser
    fcntl = None

ROOT = Path(__file__).parents[2]
LONGEST_S = 60


def _installer():
    spec = importlib.util.spec_from_file_location("testbrowser", ROOT / "tools/testbrowser.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INSTALLER = _installer()


def why_none():
    """Why there is no browser here; None when there is one."""
    if (INSTALLER.FOLDER / "chromium").exists():
        return None
    try:
        return (INSTALLER.FOLDER / INSTALLER.WHY_NOT).read_text(encoding="utf-8").strip()
    except OSError:
        return "no test browser: run python3 tools/testbrowser.py"


class Browser:
    """`with Browser(folder) as browser: page = browser.look(path)`; folder: for its profile."""

    def __init__(self, folder):
        self._folder = folder
        self._waiting = b""
        self._number = 0
        self._events = []

    def __enter__(self):
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        command = [
            str(INSTALLER.FOLDER / "chromium"), "--headless", "--no-sandbox", "--disable-gpu",
            "--remote-debugging-pipe", f"--user-data-dir={self._folder / 'profile'}",
            "--no-first-run", "--font-render-hinting=none",
        ]  # fmt: skip
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_read, to_write)]

        def places():
            """It reads from 3 and writes to 4, whatever numbers the pipes have here."""
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self._process = subprocess.Popen(
            command, preexec_fn=places,  # noqa: PLW1509 - it only calls dup2
            close_fds=False, env=INSTALLER.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for end in ends:
            os.close(end)
        os.close(to_read)
        os.close(to_write)
        return self

    def __exit__(self, *exc_info):
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def look(self, path, width=1000, height=1400):
        """A file as a tab of so many pixels: a Tab, once it has loaded."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.call(f"{domain}.enable")
        tab.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)  # fmt: skip
        tab.call("Page.navigate", url=Path(path).absolute().as_uri())
        while not tab.events("Page.loadEventFired"):
            self._events.append(self._message())
        return tab

    def _call(self, method, session=None, **params):
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if session:
            asked["sessionId"] = session
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            self._events.append(message)

    def _message(self):
        limit = time.monotonic() + LONGEST_S
        while b"\0" not in self._waiting:
            ready, _, _ = select.select([self._from], [], [], max(0, limit - time.monotonic()))
            assert ready, "the browser says nothing"
            got = os.read(self._from, 1 << 20)
            assert got, "the browser has gone"
            self._waiting += got
        first, _, self._waiting = self._waiting.partition(b"\0")
        return json.loads(first)


class Tab:
    """A page that is open: its events, its requests, its pictures."""

    def __init__(self, browser, session):
        self._browser = browser
        self._session = session

    def call(self, method, **params):
        return self._browser._call(method, self._session, **params)

    def events(self, method):
        """The parameters of every event of that name so far."""
        return [e["params"] for e in self._browser._events
                if e.get("method") == method and e.get("sessionId") == self._session]  # fmt: skip

    def requests(self):
        """The address of everything that the page asked for, itself included."""
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]

    def complaints(self):
        """What the console, the log and the engine said."""
        names = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [event for name in names for event in self.events(name)]

    def value(self, expression):
        """The value of a JavaScript expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def picture(self, path=None):
        """The whole page as PNG bytes; written to `path` too."""
        got = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return _kept(got, path)

    def pdf(self, path=None, **paper):
        """The page as PDF bytes, on A4 unless width and height in inches are given."""
        size = {"paperWidth": 8.27, "paperHeight": 11.69, **paper}
        got = self.call("Page.printToPDF", printBackground=True, **size)
        return _kept(got, path)


def _kept(got, path):
    data = base64.b64decode(got["data"])
    if path is not None:
        Path(path).write_bytes(data)
    return data


def main(arguments):
    """Stands in for a browser's own --print-to-pdf, which the tests' build does not have."""
    target = next(a for a in arguments if a.startswith("--print-to-pdf=")).partition("=")[2]
    profile = next(a for a in arguments if a.startswith("--user-data-dir=")).partition("=")[2]
    page = arguments[-1]
    assert page.startswith("file://"), arguments
    with Browser(Path(profile)) as browser:
        browser.look(page.removeprefix("file://")).pdf(target)


if __name__ == "__main__":
    main(sys.argv[1:])
