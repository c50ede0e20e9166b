"""Statements that carry files to a board: complete, in order, short, and undone by what it has."""

import base64
import os
import re
import zlib

import pytest

from preheat.pieces import batches

FILES = {"/lib/m/text.py": b"x = 1\n" * 700, "/noise.bin": os.urandom(5000), "/empty": b""}


def played(statements):
    """{path.new: bytes} as a board would have them after running `statements`."""
    files, path = {}, ""
    for call, text in re.findall(r"(ph_\w+)\(b?'?([^')]*)'?\)", statements):
        data = base64.b64decode(text) if call in ("ph_write", "ph_unpack") else b""
        if call == "ph_begin":
            path, files[text] = text, b""
        elif call in ("ph_write", "ph_unpack"):
            files[path] += zlib.decompress(data, -10) if call == "ph_unpack" else data
    return files


@pytest.mark.parametrize("packs", [True, False])
def test_what_is_sent_is_what_the_files_hold(packs):
    sent = list(batches(FILES, packs))
    code = "\n".join(text for text, _ in sent)
    assert played(code) == {path + ".new": data for path, data in FILES.items()}
    assert ("ph_unpack" in code) is packs
    assert code.startswith("ph_mkdirs('/lib/m')") and code.endswith("ph_end()")
    assert max(len(text) for text, _ in sent) < 5000
    counts = [done for _, done in sent]
    assert counts == sorted(counts) and counts[-1] == sum(map(len, FILES.values()))


def test_packing_never_makes_it_longer():
    sizes = [sum(len(text) for text, _ in batches(FILES, packs)) for packs in (True, False)]
    assert sizes[0] < sizes[1]
    assert "ph_unpack" not in "".join(t for t, _ in batches({"/n": FILES["/noise.bin"]}, True))
