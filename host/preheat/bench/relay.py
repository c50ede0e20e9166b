"""The line of a unit that CPython runs: a TCP port for the host, kept over the unit's restarts."""

import contextlib
import select
import socket
import threading

_CHUNK = 4096


class Relay:
    """Two listening ports, `host_port` and `unit_port`, and one connection each at a time.

    Bytes go both ways. Without a host, what the unit says is dropped; without a unit (it is being
    reset), what the host says waits. `close` ends everything.
    """

    def __init__(self) -> None:
        self._host_door = socket.create_server(("127.0.0.1", 0))
        self._unit_door = socket.create_server(("127.0.0.1", 0))
        self.host_port = self._host_door.getsockname()[1]
        self.unit_port = self._unit_door.getsockname()[1]
        self._host: "socket.socket | None" = None
        self._unit: "socket.socket | None" = None
        self._wake, self._awake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="bench-relay", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the connections and the ports."""
        for sock in (self._host, self._unit):
            if sock is not None:  # it may just be writing to somebody who does not read
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._wake.send(b"x")
        self._thread.join()
        for sock in (self._host, self._unit, self._host_door, self._unit_door, self._awake,
                     self._wake):
            if sock is not None:
                sock.close()

    def _run(self) -> None:
        while True:
            wanted = [self._awake, self._host_door, self._unit_door]
            if self._host is not None and self._unit is not None:
                wanted.append(self._host)
            if self._unit is not None:
                wanted.append(self._unit)
            for sock in select.select(wanted, (), ())[0]:
                if sock is self._awake:
                    return
                if sock is self._host_door:
                    self._host = self._accept(sock, self._host)
                elif sock is self._unit_door:
                    self._unit = self._accept(sock, self._unit)
                elif sock is self._host:
                    if not self._pass(sock, self._unit):
                        self._host = None
                elif sock is self._unit and not self._pass(sock, self._host):
                    self._unit = None

    @staticmethod
    def _accept(door: socket.socket, old: "socket.socket | None") -> socket.socket:
        """The newest connection counts."""
        if old is not None:
            old.close()
        sock = door.accept()[0]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    @staticmethod
    def _pass(source: socket.socket, target: "socket.socket | None") -> bool:
        """Move what is there; False when the source has closed (a lost target loses bytes)."""
        try:
            data = source.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            source.close()
            return False
        if target is not None:
            with contextlib.suppress(OSError):
                target.sendall(data)
        return True
