"""Is a folder on another computer's disk? SQLite's locks and its shared memory need a local one.

Linux: the type of the mount it lies in, from /proc/self/mountinfo. macOS: `mount` says "local" of
every local file system. Windows: a path that begins with two backslashes, or a drive that
GetDriveTypeW calls remote. Where the system does not answer, the folder counts as local.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

# File systems whose other end is another computer, or the host of a virtual one.
_REMOTE = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "ncpfs", "afs", "9p", "drvfs", "ceph",
    "glusterfs", "lustre", "gfs2", "ocfs2", "beegfs", "orangefs", "gpfs", "coda", "vboxsf",
    "prl_fs", "vmhgfs", "virtiofs", "davfs",
}  # fmt: skip
_LOCAL_FUSE = {"fuseblk", "fuse.ntfs-3g", "fuse.exfat", "fuse.encfs", "fuse.gocryptfs",
               "fuse.fuse-overlayfs", "fuse.mergerfs", "fuse.portal"}  # fmt: skip
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def found(folder: Path) -> str:
    """What kind of share a folder (which exists) is on; "" for a local disk."""
    real = folder.resolve()
    if sys.platform == "win32":
        return windows(str(real), _drive_type)
    if sys.platform == "darwin":
        try:
            done = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5)
        except (OSError, subprocess.SubprocessError):
            return ""
        return mac(str(real), done.stdout)
    try:
        return linux(str(real), Path("/proc/self/mountinfo").read_text(encoding="utf-8"))
    except OSError:
        return ""


def _holds(mount: str, path: str) -> bool:
    return PurePosixPath(path).is_relative_to(mount)


def linux(path: str, mountinfo: str) -> str:
    """The remote file system that `path` lies in, by the lines of mountinfo; "" if it is local.

    A line is "36 35 98:0 /root /mount opts … - type source opts"; spaces are written \\040.
    """
    best, kind = "", ""
    for line in mountinfo.splitlines():
        left, dash, right = line.partition(" - ")
        if not dash or len(left.split()) < 5 or not right.split():
            continue
        mount = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), left.split()[4])
        if _holds(mount, path) and len(mount) >= len(best):  # a later mount lies over it
            best, kind = mount, right.split()[0]
    remote = kind in _REMOTE or (kind.startswith("fuse.") and kind not in _LOCAL_FUSE)
    return kind if remote else ""


def mac(path: str, mounts: str) -> str:
    """The remote file system that `path` lies in, by what `mount` prints; "" if it is local."""
    best, remote = "", ""
    for line in mounts.splitlines():
        match = re.fullmatch(r".+ on (/.*) \(([^()]*)\)", line)
        if match and _holds(match[1], path) and len(match[1]) >= len(best):
            words = [word.strip() for word in match[2].split(",")]
            best, remote = match[1], "" if "local" in words else words[0]
    return remote


def windows(path: str, drive_type: Callable[[str], int]) -> str:
    """Whether `path` is a network path or drive, in words; `drive_type(root)` asks Windows."""
    bare = path.removeprefix("\\\\?\\")
    if bare.upper().startswith("UNC\\") or bare.startswith("\\\\"):
        return "network path"
    return "network drive" if drive_type(bare[:3]) == _REMOTE_DRIVE else ""


def _drive_type(root: str) -> int:
    if sys.platform != "win32":
        return 0
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(root))
