"""What goes onto the device: the list, its hash, the compiled form, and fw.json."""

import ast
import json
import zlib
from pathlib import Path

import pytest

import preheat_core
from preheat import manifest, mpy
from preheat.errors import UsageError

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"


def test_the_list_is_the_firmware_folder_without_what_only_hosts_use():
    there = {
        "/" + path.relative_to(FIRMWARE).as_posix()
        for path in FIRMWARE.rglob("*.py") if "__pycache__" not in path.parts
    }
    host_only = {f"/lib/{name}" for name in manifest.HOST_ONLY}
    assert host_only < there
    there -= host_only
    files = manifest.device_files()
    assert [device for device, _ in files] == sorted(there)
    assert {"/boot.py", "/main.py", "/lib/preheat_core/protocol.py"} <= there


def test_nothing_on_the_device_imports_what_only_hosts_use():
    """But for the door in runlog.py, which opens only when somebody asks for a reader."""
    absent = {name.removesuffix(".py").replace("/", ".") for name in manifest.HOST_ONLY}
    found = []
    for device, path in manifest.device_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [str(node.module), *(f"{node.module}.{a.name}" for a in node.names)]
            found += [(device, name) for name in names if name in absent]
    assert found == [("/lib/preheat_core/runlog.py", "preheat_core.logread")]


def test_line_endings_do_not_change_the_hash(tmp_path):
    unix, windows = tmp_path / "a.py", tmp_path / "b.py"
    unix.write_bytes(b"x = 1\ny = 2\n")
    windows.write_bytes(b"x = 1\r\ny = 2\r\n")
    one = manifest.firmware_hash([("/lib/m/a.py", unix)])
    assert one == manifest.firmware_hash([("/lib/m/a.py", windows)])
    assert len(one) == 16 and int(one, 16) >= 0


def test_content_and_path_change_the_hash_but_order_does_not(tmp_path):
    a, b = tmp_path / "a.py", tmp_path / "b.py"
    a.write_bytes(b"x = 1\n")
    b.write_bytes(b"x = 2\n")
    files = [("/a.py", a), ("/b.py", b)]
    base = manifest.firmware_hash(files)
    assert manifest.firmware_hash(files[::-1]) == base
    assert manifest.firmware_hash([("/a.py", b), ("/b.py", a)]) != base
    assert manifest.firmware_hash([("/a.py", a), ("/c.py", b)]) != base
    assert manifest.firmware_hash(files[:1]) != base


def test_modules_are_compiled_and_the_two_start_files_are_not():
    image = manifest.image()
    assert image["/boot.py"].startswith(b'"""')
    assert {p.rpartition(".")[2] for p in image if p.startswith("/lib/")} == {"mpy"}
    for path, data in image.items():
        if path.endswith(".mpy"):
            assert data[:2] == b"M\x06", path


def test_source_form_has_the_same_names_with_unix_line_endings():
    compiled, source = manifest.image(), manifest.image(source=True)
    assert {p.replace(".mpy", ".py") for p in compiled} == set(source)
    assert not any(b"\r" in data for data in source.values())


def test_compiling_twice_gives_the_same_bytes_and_the_path_is_inside():
    one = mpy.compile_all({"/lib/m/a.py": b"def f():\n    return 1\n"})
    assert one == mpy.compile_all({"/lib/m/a.py": b"def f():\n    return 1\n"})
    assert b"/lib/m/a.py" in one["/lib/m/a.mpy"]


def test_a_file_that_does_not_compile_is_named():
    with pytest.raises(UsageError, match=r"/lib/m/a\.py.*SyntaxError"):
        mpy.compile_all({"/lib/m/a.py": b"def f(:\n"})


def test_fw_json_lists_size_and_crc_of_every_file():
    image = {"/boot.py": b"abc", "/lib/m/a.mpy": b"M\x06"}
    about = json.loads(manifest.fw_json(image))
    assert about["version"] == preheat_core.VERSION
    assert about["hash"] == manifest.firmware_hash()
    assert about["files"]["/boot.py"] == [3, f"{zlib.crc32(b'abc'):08x}"]
    assert set(about["files"]) == set(image)
