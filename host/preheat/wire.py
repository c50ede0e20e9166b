"""The port under mpremote, which waits without end by itself: here every wait ends."""

import time

from preheat.serialport import PORT_ERRORS, SerialStream, gone

SILENCE_S = 10.0  # longest silence within one call: a flash erase, a slow hash
_TAIL_BYTES = 600


class Silence(Exception):
    """The board said nothing for `SILENCE_S`."""


class Wire:
    """The face of a pyserial port that mpremote expects. `tail` is what was read last."""

    def __init__(self, stream: SerialStream) -> None:
        self.stream = stream
        self.tail = b""

    def read(self, n: int = 1) -> bytes:
        """All `n` bytes, or `Silence`."""
        data = b""
        end_s = time.monotonic() + SILENCE_S
        while len(data) < n:
            data += self.take(n - len(data))
            if len(data) < n and time.monotonic() > end_s:
                raise Silence(f"no answer within {SILENCE_S:g} s")
        return data

    def take(self, n: int) -> bytes:
        """Up to `n` bytes as soon as there are any, or none after a moment."""
        piece = self.stream.read(n, 0.1)
        self.tail = (self.tail + piece)[-_TAIL_BYTES:]
        return piece

    def write(self, data: bytes) -> None:
        """Write all of it."""
        self.stream.write(data)

    def inWaiting(self) -> int:  # noqa: N802 - mpremote's name for it
        """How many bytes can be read at once."""
        try:
            return self.stream.device.in_waiting
        except PORT_ERRORS as err:
            raise gone(self.stream.port, err) from err
