"""Takes a temporary folder away when the process that made it is killed before it could."""

import os
import subprocess
from pathlib import Path

# Its input ends however that process ends. The pause lets the unit's interpreter end first.
_WAIT = 'read _; sleep 1; rm -rf "$0"'


class Janitor:
    """Watches `folder` until `dismiss`; where there is no shell (Windows) it does nothing."""

    def __init__(self, folder: Path) -> None:
        self._shell: "subprocess.Popen | None" = None
        if os.name == "posix":
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _WAIT, str(folder)], stdin=subprocess.PIPE, cwd="/",
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )

    def dismiss(self) -> None:
        """The folder is gone or no longer its business. May be called twice."""
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.kill()
            shell.communicate()
