"""The SHA-256 of a stored file, a little at each question, so that no tick has to wait for it."""

import binascii
import hashlib

AT_ONCE_BYTES = 8192  # per question


class Digest:
    """Of one file at a time; the host asks until it is there. `size` is what it is of."""

    def __init__(self):
        self._files = None
        self._name = None
        self._digest = None
        self._done = 0
        self.size = 0
        self.sha: "str | None" = None

    def unfinished(self, files, name) -> bool:
        """True while the digest of this file was begun and is not there."""
        return self._files is files and self._name == name and self.sha is None

    def ask(self, files, name, size: int) -> "str | None":
        """The first 16 hex digits of the SHA-256 of a file's first `size` bytes, or None yet."""
        if self._files is not files or self._name != name or self.size != size:
            self._files = files
            self._name = name
            self._digest = hashlib.sha256()
            self._done = 0
            self.size = size
            self.sha = None
        if self.sha is None:
            most = min(AT_ONCE_BYTES, size - self._done)
            self._done += files.feed(name, self._done, most, self._digest)
            if self._done >= size:
                self.sha = binascii.hexlify(self._digest.digest()).decode()[:16]
        return self.sha

    def forget(self, files, name) -> None:
        """This file is gone: one of its name may have other content."""
        if self._files is files and self._name == name:
            self._files = None
