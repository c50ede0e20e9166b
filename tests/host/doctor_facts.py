"""Made-up facts for tests of the doctor, and made-up /sys, /proc and /etc trees."""

import time

from preheat.doctor.facts import Facts, Hello, Laptop, Unit

FW = "f" * 16
HELLO = {
    "proto": 1, "fw": "0.1.0", "fw_hash": FW, "micropython": "1.29.0", "board": "some-board",
    "board_hash": "1" * 16, "settings_hash": "2" * 16, "uid": "aabbccdd", "name": "bench-a",
    "boot_id": "b1", "uptime_ms": 60_000, "epoch_s": 1_000_000, "state": "idle", "faults": [],
}  # fmt: skip
STATUS = {"state": "idle", "probes": [["plate", "board", 25.5, None]], "noise": [], "faults": [],
          "detail": "", "interlock": True}


def laptop(system="Linux", **more):
    """A laptop without anything wrong."""
    return Laptop(system, **more)


def unit(later_s=2.0, hello=(), again=(), **more):
    """A unit without anything wrong, seen twice; `hello` and `again` change its two hellos."""
    first = {**HELLO, **dict(hello)}
    last = {**first, "uptime_ms": first["uptime_ms"] + int(later_s * 1000), **dict(again)}
    own = {
        "port": "/dev/ttyACM0", "name": "bench-a", "board": "some-board", "status": STATUS,
        "first": Hello(first, 1_000_000.0, 0.3), "last": Hello(last, 1_000_000.0 + later_s, 0.3),
        "settings": {"model": {"fit_c": 0.5}, "calibration": []},
    }  # fmt: skip
    return Unit(**{**own, **more})


def unreached(error, **more):
    """A unit that was not reached."""
    return Unit(port="/dev/ttyACM0", name="bench-a", board="some-board", error=error, **more)


def facts(here=None, there=None, **more):
    """Facts of a laptop and a unit; today is 2026-11-22."""
    own = {"toolkit": "0.1.0", "fw_hash": FW, "today": "2026-11-22"}
    return Facts(here or laptop(), there, **{**own, **more})


def usb_device(root, name, vid, pid, port="", driver="", product="a device"):
    """A USB device under root/sys as the kernel shows it."""
    device = root / "sys/bus/usb/devices" / name
    face = device / f"{name}:1.0"
    face.mkdir(parents=True)
    (device / "idVendor").write_text(vid + "\n")
    (device / "idProduct").write_text(pid + "\n")
    (device / "product").write_text(product + "\n")
    if port:
        (face / (f"tty/{port}" if "ACM" in port else port)).mkdir(parents=True)
    if driver:
        (root / "sys/drivers" / driver).mkdir(parents=True, exist_ok=True)
        (face / "driver").symlink_to(root / "sys/drivers" / driver)


def process(root, pid, name, *opened):
    """A running program under root/proc with these files open."""
    folder = root / "proc" / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(name + "\n")
    for number, path in enumerate(opened):
        (folder / "fd" / str(number)).symlink_to(path)


def rule(root, folder, name, text):
    """A udev rules file."""
    path = root / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def now():
    """This computer's clock."""
    return time.time()
