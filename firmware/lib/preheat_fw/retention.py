"""Room in the flash before heat: tried, made by dropping old logs, and a named fault without it.

What no host has fetched is dropped only where the settings say `keep_logs = "newest"`.
"""

from preheat_fw.logfile import RESERVE_BYTES

CODES = ("flash_full", "flash_bad")


class Retention:
    """Works on the logs of one unit, and tells every log that it drops."""

    def __init__(self, unit):
        self._unit = unit
        self._need = 0  # of the start that was refused last

    def boot(self) -> None:
        """Latch a flash that does not keep what is written."""
        self.judge(self._unit.logs.probe())

    def refuse(self, need: int) -> "tuple | None":
        """Make room for `need` bytes before a run; (refusal code, why) and a fault without it."""
        unit = self._unit
        self._need = need
        found = unit.logs.probe()
        if found is None or found[0] == "flash_full":
            if not self._room(need):
                found = "flash_full", f"{unit.logs.free_bytes()} bytes free, {need} needed"
            elif found is not None:
                found = unit.logs.probe()  # it was full, and is no more
        self.judge(found)
        if found is None:
            return None
        if found[0] == "flash_full":
            return "space", "no room for the log: pull and delete old ones"
        return "problem", "the flash failed: " + found[1]

    def recheck(self) -> None:
        """Before `clear`: whether the cause of a latched flash fault is still there."""
        unit = self._unit
        if not any(code in unit.kernel.latch.codes for code in CODES):
            return
        found = unit.logs.probe()
        if found is None and not self._fits(self._droppable(), self._need):
            found = "flash_full", ""
        unit.kernel.flash = None if found is None else found[0]

    def judge(self, found) -> None:
        """Latch what a probe of the flash found: None, or (fault code, what went wrong)."""
        kernel = self._unit.kernel
        kernel.flash = None if found is None else found[0]
        if found is not None:
            kernel.fail(*found)

    def _droppable(self) -> list:
        """The ids of the logs that may go, in the order in which they go."""
        unit = self._unit
        any_may = unit.kernel.settings["keep_logs"] == "newest"
        return [name for name in unit.logs.ids() if any_may or unit.logs.marked(name)]

    def _fits(self, names, need) -> bool:
        """Whether there is room once these logs are gone."""
        logs = self._unit.logs
        if logs.room_for(need):
            return True
        gain = sum(logs.size(name) or 0 for name in names)
        return logs.free_bytes() + gain >= need + RESERVE_BYTES

    def _room(self, need) -> bool:
        """Drop logs until `need` bytes fit; none at all if that would not be enough."""
        unit = self._unit
        names = self._droppable()
        if not self._fits(names, need):
            return False
        for name in names:
            if unit.logs.room_for(need):
                return True
            unit.logs.remove(name)
            unit.feed()  # many files may take longer than the watchdog waits
            unit.kernel.tell({"ev": "dropped", "kind": "log", "name": name})
        return unit.logs.room_for(need)
