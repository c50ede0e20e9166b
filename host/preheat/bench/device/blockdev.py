"""A flash chip in a file: the block device under the unit's littlefs."""

BLOCK = 4096


class FileFlash:
    """`file` is open for reading and writing and holds `count` blocks of 4 KiB."""

    def __init__(self, file, count):
        self._file = file
        self._count = count

    def readblocks(self, block, buf, offset=0):
        """Fill buf from the block."""
        self._file.seek(block * BLOCK + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=0):
        """Write buf; erasing before writing is left out, as littlefs does not look."""
        self._file.seek(block * BLOCK + offset)
        self._file.write(buf)

    def ioctl(self, op, arg):
        """Block count (4), block size (5), erase (6)."""
        if op == 4:
            return self._count
        if op == 5:
            return BLOCK
        return 0
