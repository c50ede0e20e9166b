"""A small stand-in for the app: a firmware folder, a board, and the way into service mode.

It answers hello and service over the line protocol, so that deploy tests are about deploying.
"""

from contextlib import contextmanager

from preheat import connect
from preheat.errors import ServiceMode
from preheat.remote import Remote

BOARD = {
    "schema": 1, "name": "virtual-test", "title": "test", "mcu": "virtual",
    "micropython": "UNIX", "mains_hz": 50, "window_ticks": 4, "ssr_kind": "zero_cross",
    "pins": {"spi_id": 0, "sck": 2, "miso": 4, "contactor": 16, "lamp": 18},
    "zones": [{"name": "main", "probe": "board", "ssr": 15, "power_w": 600, "coast_s": 20,
               "heater_kind": "quartz"}],
    "probes": [{"name": "board", "role": "board", "cs": 5}],
    "limits": {"board_max_c": 260, "heater_max_c": 700, "ramp_max_c_s": 3, "run_max_s": 7200},
}
BOOT = "PINS = None\ntry:\n    import board_pins\nexcept ImportError:\n    pass\n"
WIRE = '''
import binascii, json

def seal(raw):
    return raw + b"\\t" + b"%08x" % binascii.crc32(raw) + b"\\n"

def encode(answer):
    return seal(json.dumps(answer).encode())

def decode(line):
    raw = line.strip().rpartition(b"\\t")[0]
    return json.loads(raw) if seal(raw).strip() == line.strip() and raw else None
'''
MAIN = '''
import binascii, hashlib, json, machine, micropython, os, sys
from preheat_core import wire

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None

def sha(data):
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()[:16]

def hello():
    fw, board = read("/fw.json"), read("/data/board.json")
    return {"proto": 1, "fw": "0.1.0", "uid": "c0ffee", "boot_id": "x",
            "fw_hash": json.loads(fw)["hash"] if fw else None, "uptime_ms": 9,
            "board_hash": sha(board[:-10]) if board else None}

def serve():
    micropython.kbd_intr(-1)
    while True:
        ask = wire.decode(sys.stdin.buffer.readline())
        if ask is None:
            continue
        answer = {"id": ask["id"], "ok": True}
        if ask["cmd"] == "hello":
            answer.update(hello())
        if ask["cmd"] == "service" and read("/hot") is not None and not ask["confirm"]:
            answer.update({"ok": False, "code": "hot", "why": "the board is at 180 C"})
        sys.stdout.buffer.write(wire.encode(answer))
        if ask["cmd"] == "service" and answer["ok"]:
            with open("/data/intent.json", "wb") as file:
                file.write(b"service")
            machine.reset()

intent = read("/data/intent.json") or b""
if intent:
    os.remove("/data/intent.json")
if b"service" not in intent:
    serve()
'''


class Firmware:
    """A firmware folder that the manifest lists instead of the real one."""

    def __init__(self, folder):
        self.folder = folder
        self.put("boot.py", BOOT)
        self.put("main.py", MAIN)
        self.put("lib/preheat_core/__init__.py", "")
        self.put("lib/preheat_core/wire.py", WIRE)

    def put(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def files(self):
        return sorted(
            ("/" + path.relative_to(self.folder).as_posix(), path)
            for path in self.folder.rglob("*.py")
        )


@contextmanager
def service(port):
    """The unit's file system, and the app again afterwards."""
    try:
        link = connect.open_direct(port)
    except ServiceMode:
        remote = Remote(port)
    else:
        link.request("service", confirm=True)
        link.close()
        remote = Remote(port, prompt_s=10)
    with remote:
        yield remote
        stream = remote.reset()
    stream.close()
