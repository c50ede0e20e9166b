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


def make_runner(capsys):
    """A function `run(*arguments) -> Ran`."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run
