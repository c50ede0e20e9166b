"""Shares of other computers are told from local disks by what each system says."""

import pytest

from preheat.record import netshare

LINUX = """\
22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /mnt/lab\\040share rw - nfs4 server:/export rw
31 30 253:1 / /mnt/lab\\040share/local rw - ext4 /dev/vdb rw
32 22 0:41 / /mnt/ssh rw - fuse.sshfs host: rw
33 22 0:42 / /mnt/stick rw - fuseblk /dev/sdb1 rw
34 22 0:43 / /mnt/c rw - 9p C: rw
broken line
"""
MAC = """\
/dev/disk3s1 on / (apfs, sealed, local, read-only, journaled)
//ann@server/lab on /Volumes/lab (smbfs, nodev, nosuid, mounted by ann)
/dev/disk4 on /Volumes/lab/stick (x) (msdos, local, nodev)
map auto_net on /System/Volumes/net (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize("path, kind", [
    ("/srv/data", ""), ("/mnt/lab share/x", "nfs4"), ("/mnt/lab share/local/x", ""),
    ("/mnt/lab sharex", ""), ("/mnt/ssh/a", "fuse.sshfs"), ("/mnt/stick/a", ""), ("/mnt/c", "9p"),
])  # fmt: skip
def test_linux_by_its_mounts(path, kind):
    assert netshare.linux(path, LINUX) == kind


def test_what_is_mounted_last_lies_on_top():
    over = LINUX + "40 22 0:50 / /mnt/ssh rw - tmpfs tmpfs rw\n"
    assert netshare.linux("/mnt/ssh/a", over) == ""


@pytest.mark.parametrize("path, kind", [
    ("/Users", ""), ("/Volumes/lab/a", "smbfs"), ("/Volumes/lab/stick (x)/a", ""),
    ("/System/Volumes/net/a", "autofs"),
])  # fmt: skip
def test_macos_by_the_word_local(path, kind):
    assert netshare.mac(path, MAC) == kind


@pytest.mark.parametrize("path, kind", [
    ("C:\\data", ""), ("Z:\\data", "network drive"), ("\\\\server\\lab\\data", "network path"),
    ("\\\\?\\UNC\\server\\lab", "network path"), ("\\\\?\\C:\\data", ""),
])  # fmt: skip
def test_windows_by_path_and_drive(path, kind):
    assert netshare.windows(path, lambda root: 4 if root == "Z:\\" else 3) == kind


def test_this_computer_answers(tmp_path):
    assert isinstance(netshare.found(tmp_path), str)
