"""The real kernel on a virtual plant inside this process: no serial line, no flash, no waiting.

For tuning, benchmarks and campaigns that need many runs; whole units are supervisor.VirtualUnit.
"""

from typing import Any

from preheat.bench.benchclock import TICKS_START_MS
from preheat.bench.world import World
from preheat_core import board as boards
from preheat_core import profile as profiles
from preheat_core import settings as unit_settings
from preheat_core.clock import TICK_MS, add
from preheat_core.kernel import Kernel
from preheat_core.tick import Decision, Inputs
from preheat_fw.max31855 import reading


class InProcess:
    """One unit: `plant`, `board` and `settings` are checked dicts, `faults` rows of a fault file.

    `events` collects what the kernel told; `blocks` the run log's blocks.
    """

    def __init__(
        self,
        plant: dict[str, Any],
        board: dict[str, Any],
        settings: dict[str, Any],
        faults: Any = (),
        seed: int = 1,
    ) -> None:
        self.board = boards.normalise(board)
        self.world = World(plant, self.board, faults, seed)
        self.kernel = Kernel(self.board, unit_settings.normalise(settings))
        self.events: list[dict[str, Any]] = []
        self.blocks: list[bytes] = []
        self._inputs = Inputs()
        self._now_ms = TICKS_START_MS
        pins = self.board["pins"]
        self._interlock = pins.get("interlock")
        self._load = pins.get("load_sense")
        self._contactor = pins.get("contactor")

    def start(self, profile: dict[str, Any], detached: bool = True) -> "str | None":
        """Let the probes settle for two ticks, then start; the reason if that is refused."""
        self.wait(0.5)
        start = {"run": "r000001", "detached": detached}
        return self.kernel.orders.start(profiles.normalise(profile), start)

    def tick(self) -> Decision:
        """One tick of kernel and plant."""
        world, inputs = self.world, self._inputs
        inputs.interlock_ok = self._interlock is None or world.get_pin(self._interlock) == 0
        inputs.load_seen = None if self._load is None else world.get_pin(self._load) == 1
        decision = self.kernel.step(self._now_ms, self._readings(), inputs)
        self._now_ms = add(self._now_ms, TICK_MS)
        if self._contactor is not None:
            world.set_pin(self._contactor, decision.contactor)
        on_ms = decision.on_ms if decision.permit else 0
        inputs.load_on = None
        if on_ms:
            world.set_pin(world.ssr_pin, 1)
            world.advance(on_ms * 1000)
            inputs.load_on = None if self._load is None else world.get_pin(self._load) == 1
        if on_ms < TICK_MS:
            world.set_pin(world.ssr_pin, 0)
            world.advance((TICK_MS - on_ms) * 1000)
        inputs.on_ms = on_ms
        self.events += decision.events
        run = self.kernel.run
        if run is not None:
            self.blocks += run.recorder.take()
            if run.closed:
                self.kernel.release()
        return decision

    def wait(self, seconds: float) -> None:
        """Let bench time pass."""
        for _ in range(int(seconds * 1000) // TICK_MS):
            self.tick()

    def _readings(self) -> list[Any]:
        rows = []
        for row in self.board["probes"]:
            self.world.set_pin(row["cs"], 0)
            rows.append(reading(self.world.bus_word()))
            self.world.set_pin(row["cs"], 1)
        return rows
