"""The module `select` of a virtual unit: the real poll, which also notices that the host spoke."""

POLLIN, POLLOUT, POLLERR, POLLHUP = 1, 4, 8, 16
_SLICE_MS = 20
_DEAF_MS = 500  # real: a host that took nothing for so long does not read
_bound = []  # world, pace, ground


def bind(world, pace, ground):
    """Join the module to its unit."""
    _bound[:] = (world, pace, ground)


class poll:  # noqa: N801  the name MicroPython gives it
    """As MicroPython's; a timeout passes in bench time."""

    def __init__(self):
        self._poll = _bound[2].make_poll()
        self._out = False  # watches for room to write, and nothing else
        self._deaf = False

    def register(self, stream, mask=POLLIN | POLLOUT):
        """Watch a stream."""
        self._poll.register(stream, mask)
        self._out = mask == POLLOUT

    modify = register

    def unregister(self, stream):
        """Watch it no more."""
        self._poll.unregister(stream)

    def poll(self, timeout=-1):
        """[(stream, events), …] that are ready, within timeout ms (-1: for ever)."""
        world, pace, _ = _bound
        left_ms = timeout
        while True:
            ready = self._look(world, pace) or self._patience(world, pace)
            if ready or left_ms == 0:
                return ready
            slice_ms = _SLICE_MS if left_ms < 0 else min(_SLICE_MS, left_ms)
            pace.sleep_us(slice_ms * 1000)
            if left_ms > 0:
                left_ms -= slice_ms

    def _patience(self, world, pace):
        """Accelerated time must not make a host look deaf: wait for room in real time, once."""
        if not self._out or self._deaf or pace.speed == 1 or world.host_silent:
            return []
        ready = self._poll.poll(_DEAF_MS)
        self._deaf = not ready
        return ready

    def _look(self, world, pace):
        ready = self._poll.poll(0)
        if not ready:
            return ready
        self._deaf = False
        for row in ready:
            if row[1] & POLLIN:
                if world.host_silent:
                    _bound[2].discard()
                    return [row for row in self._poll.poll(0) if not row[1] & POLLIN]
                pace.heard()
            elif row[1] & (POLLHUP | POLLERR):
                _bound[2].die()  # nobody holds the line any more: the supervisor is gone
        return ready

    def ipoll(self, timeout=-1, flags=0):
        """The same as an iterator."""
        return iter(self.poll(timeout))
