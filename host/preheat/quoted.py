"""Commands for people to copy, quoted for their shell."""

import os
import shlex
import subprocess


def command(*words: object) -> str:
    """The words as one line for this system's shell: a name with a space in it stays one word."""
    texts = [str(word) for word in words]
    return subprocess.list2cmdline(texts) if os.name == "nt" else shlex.join(texts)
