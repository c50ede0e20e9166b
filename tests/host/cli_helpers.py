"""Running `preheat` in this process the way a shell would: exit code, stdout and stderr."""

import json
from typing import NamedTuple

from preheat.__main__ import main


class Ran(NamedTuple):
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        """The one JSON document on stdout; fails when there is more or less than one."""
        return json.loads(self.out)


class Shell:
    """Calls verbs: `shell("log", "list") -> Ran`; has its own PREHEAT_HOME under `folder`."""

    def __init__(self, capsys, monkeypatch, folder):
        self._capsys = capsys
        self.folder = folder
        monkeypatch.setenv("PREHEAT_HOME", str(folder / "home"))
        monkeypatch.delenv("PREHEAT_PORT", raising=False)

    def __call__(self, *arguments):
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def file(self, name, content):
        """Write a file beside the home; returns its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path
