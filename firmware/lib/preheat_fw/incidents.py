"""Writes each incident into a file of its own while no heat is on, and decides which ones go.

The rows before a fault are written at once, for the plug may be pulled next; those after it when
they are there. At most KEEP files stay: fetched ones go first, oldest first. What nobody fetched
is never dropped, unless the settings keep the newest: more of them are written while there is
room, and one that finds none is told as lost.
"""

from preheat_core.runlog import Writer
from preheat_fw.logfile import RESERVE_BYTES
from preheat_fw.store import StoreError

KEEP = 8
MOST = 32  # of those that nobody fetched, where the settings keep them
FILE_BYTES = 8192  # an incident, and what littlefs needs for it
# Of the room that a run leaves free, what incidents must not take.
LEAVE_BYTES = RESERVE_BYTES // 2


class Incidents:
    """The files under /incidents, and the one that is being written."""

    def __init__(self, unit):
        self._unit = unit
        self.files = unit.logs.beside("incidents", ".inc")
        self.files.finish_interrupted()
        self._file = None
        self._writer = None
        self._row = 0  # the next one to write
        self.name: "str | None" = None  # of the file that is open

    def tick(self, heat: bool) -> None:
        """Go on with what is to be written: a block at most, and none while heat is on."""
        ring = self._unit.kernel.incident
        if ring.what is None or heat or ring.rows < ring.at + 2:  # the latch is stored first
            return
        try:
            if self._file is None:
                self._begin(ring)
            elif self._row <= ring.at:
                self._block(ring, ring.at + 1 - self._row)
                if self._row > ring.at:
                    self._file.flush()
            elif ring.full:
                if self._row < ring.rows:
                    self._block(ring, ring.rows)
                else:
                    self._end(ring, "whole")
        except (OSError, StoreError) as error:
            self._lose(ring, str(error)[:60])

    def finish(self) -> None:
        """Write what there is and close the file, before a restart."""
        ring = self._unit.kernel.incident
        if ring.what is None:
            return
        try:
            if self._file is None:
                self._begin(ring)
            while self._file is not None and self._row < ring.rows:
                self._block(ring, ring.rows)
            if self._file is not None:
                self._end(ring, "whole" if ring.full else "short")
        except (OSError, StoreError) as error:
            self._lose(ring, str(error)[:60])

    def _begin(self, ring) -> None:
        unit = self._unit
        why = self._no_room()
        if why is not None:
            self._lose(ring, why)
            return
        name = ring.run_id
        while name is None or self.files.size(name) is not None:
            name = unit.logs.next_run_id()  # without a run, or the second one in it
        self._writer = Writer(0)
        self._row = 0
        self._file = self.files.create(name)
        self.name = name
        for block in self._writer.header(ring.header(unit.kernel, unit.log_identity())):
            self._file.append(block)
        unit.kernel.tell({"ev": "incident", "name": name})

    def _block(self, ring, most) -> None:
        block, count = ring.block(self._writer.seq, self._row, most)
        self._file.append(block)
        self._writer.seq += 1
        self._row += count

    def _end(self, ring, end) -> None:
        latched = [list(row) for row in ring.latched]
        for block in self._writer.summary({"end": end, "faults": latched}):
            self._file.append(block)
        self._file.flush()
        ring.forget()
        self.close()

    def close(self) -> None:
        """Let go of an open file without adding to it."""
        if self._file is not None:
            file = self._file
            self._file = None
            self.name = None
            file.close()

    def _lose(self, ring, why) -> None:
        ring.forget()
        try:
            self.close()
        except OSError:
            pass  # it failed already: that is why
        self._unit.kernel.tell({"ev": "incident_lost", "why": why})

    def _no_room(self) -> "str | None":
        """Make room for one more file; why there is none, or None."""
        unit = self._unit
        names = self.files.ids()
        any_may = unit.kernel.settings["keep_logs"] == "newest"
        for name in names[:]:
            room = unit.logs.room_for(FILE_BYTES - LEAVE_BYTES)
            if len(names) < KEEP and room:
                break
            if any_may or self.files.marked(name):
                self.files.remove(name)
                unit.feed()  # many files may take longer than the watchdog waits
                names.remove(name)
                unit.kernel.tell({"ev": "dropped", "kind": "incident", "name": name})
        if len(names) >= MOST:
            return f"{MOST} incidents wait to be pulled"
        if not unit.logs.room_for(FILE_BYTES - LEAVE_BYTES):
            return "no room in the flash"
        return None
