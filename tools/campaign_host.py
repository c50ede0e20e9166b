"""The host and the people of a campaign run: they start, beat, continue, swap boards, blow air.

All orders go over the unit's line as a real host's do; boards and hot air go to the plant.
"""

from typing import Any

from preheat_core.faults import WAIT
from preheat_core.protocol import ProtocolError, decode, encode
from preheat_fw.store import sha

BEAT_S = 2.0
SOON_S = 0.6
AIR_S = 2.0  # hot air is blown for so long at a time
AIR_CLEAR_C = 15.0  # nobody blows hot air on a board that is this near its limit

HEAVIEST_J_K = 600.0
SIGHT_W_K4 = {"quartz": 0.8e-12, "ceramic": 1.25e-12}  # of the heaviest, per rated watt


class Host:
    """`plan` has `detached`, `runs` (rows of campaign_cases), `limit_c`."""

    def __init__(self, unit: Any, plan: Any):
        self._unit = unit
        self._plan = plan
        self._id = 0
        self._token: str | None = None
        self._waits: dict[int, str] = {}
        self._wait_s: float | None = None
        self._air_s = -1.0
        self._ask_s = -1.0
        self._acts: list[dict] = []
        self._orders: list[tuple[str, dict]] = []  # that wait for a claim
        self.beat_s = 0.0
        self.run = -1  # index of the run that was started last
        self.begun_s: float | None = None
        self.asked_s = 0.0  # when the present run was ordered
        self.refused: str | None = None
        self.begun = 0  # runs that the unit has begun
        self.cleared = False  # the last `clear` was granted
        self.said: list[str] = []  # events of the unit, for whoever wants to read along

    def booted(self) -> None:
        """The unit has started again: it knows no session, and nothing is started any more."""
        self._token = None
        self._waits = {}
        self._orders = []
        self._ask_s = -1.0

    def send(self, cmd: str, **args: Any) -> None:
        """One command."""
        self._id += 1
        self._waits[self._id] = cmd
        # A newline first ends what a bad line may have left in the reader.
        self._unit.line.inbox += b"\n" + encode({"id": self._id, "cmd": cmd, **args})

    def _order(self, cmd: str, **args: Any) -> None:
        """A command of the session's. Nobody beats for a detached run: its session is stale."""
        if not self._plan.detached:
            self.send(cmd, token=self._token, **args)
            return
        self._orders.append((cmd, args))
        self.send("claim", host="campaign")

    def start(self) -> None:
        """Order the next run: claim first, start when the claim is answered."""
        self.run += 1
        self._acts = sorted(self._plan.runs[self.run]["acts"], key=lambda act: act["at_s"])
        self._wait_s = None
        self.begun_s = None
        self.asked_s = self._unit.world.now_us / 1e6
        self.send("claim", host="campaign")

    def tick(self, now_s: float) -> None:
        """Hear what came, say what is due."""
        unit = self._unit
        if unit.world.host_silent:
            unit.line.inbox.clear()
            unit.line.outbox.clear()
            return
        self._hear(now_s)
        kernel = unit.kernel
        if kernel.heating and self.begun_s is not None:
            if not self._plan.detached and self._token and now_s - self.beat_s >= BEAT_S:
                self.send("beat", token=self._token)
                self.beat_s = now_s
            self._people(now_s, kernel)

    def _hear(self, now_s: float) -> None:
        line = self._unit.line
        if b"\n" not in line.outbox:
            return
        whole, _, rest = bytes(line.outbox).rpartition(b"\n")
        line.outbox[:] = rest
        for raw in whole.split(b"\n"):
            if b'"id"' in raw:
                self._answer(raw, now_s)
            elif b'"ev"' in raw:
                self.said.append(raw.partition(b"\t")[0].decode())

    def _answer(self, raw: bytes, now_s: float) -> None:
        try:
            found = decode(raw)
        except ProtocolError:
            return
        cmd = self._waits.pop(found.get("id") or 0, None)
        if cmd == "claim" and found["ok"]:
            self._token = found["token"]
            orders, self._orders = self._orders, []
            for name, args in orders:
                self.send(name, token=self._token, **args)
            if self.begun_s is not None:
                return
            self.send(
                "start", token=self._token, profile="campaign", by="campaign",
                hash=sha(self._unit.profile_data), detach=self._plan.detached,
            )
            self.beat_s = now_s
        elif cmd == "start" and found["ok"]:
            self.begun_s = now_s
            self.begun += 1
        elif cmd == "clear":
            self.cleared = found["ok"]
        elif cmd in ("claim", "start"):
            self.refused = f"{found.get('code')}: {found.get('why')}"

    def _people(self, now_s: float, kernel: Any) -> None:
        run = self._plan.runs[self.run]
        if kernel.run.state != WAIT:
            self._wait_s = None
        elif self._wait_s is None:
            self._wait_s = now_s
        elif now_s - self._wait_s >= run["patience_s"] and now_s - self._ask_s > 1.0:
            self._ask_s = now_s
            self._order("continue")
        passed_s = now_s - (self.begun_s or now_s)
        while self._acts and self._acts[0]["at_s"] <= passed_s:
            self._act(self._acts.pop(0))
        if run["air_w"] and kernel.run.external and now_s >= self._air_s:
            self._blow(now_s, run["air_w"])

    def _blow(self, now_s: float, watts: float) -> None:
        self._air_s = now_s + AIR_S
        if self._unit.world.plant.board_c() < self._plan.limit_c - AIR_CLEAR_C:
            self._unit.world.inject(
                {"kind": "external_heat", "value": watts, "duration_s": AIR_S}
            )

    def _act(self, act: dict) -> None:
        if act["do"] == "swap":
            lay(self._unit, act["j_k"])
        elif act["do"] == "ext":
            self._order("ext", on=act["on"])
        elif act["do"] == "trim":
            self._order("trim", delta_c=act["delta_c"])
        else:
            self.send(act["do"])


def _heaviest(unit: Any) -> float:
    """J/K of the heaviest board that sees as little of the heater as this one does.

    The plant keeps its coupling when boards change; a board's mass comes with its area.
    """
    plant = unit.world.plant
    zone = unit.kernel.board["zones"][0]
    least = SIGHT_W_K4.get(zone["heater_kind"])
    pair = {plant.heater, plant.board}
    seen = [k4 for a, b, _, k4 in plant._links if {a, b} == pair]
    if least is None or not seen:
        return HEAVIEST_J_K
    return HEAVIEST_J_K * min(1.0, seen[0] / (least * zone["power_w"]))


def lay(unit: Any, board_j_k: float) -> None:
    """Take the board off and lay a cold one of `board_j_k` on."""
    plant = unit.world.plant
    board_j_k = min(board_j_k, _heaviest(unit))
    body_j_k = unit.fitted.body_j_k  # of a plate or an oven, on which the board only comes on top
    temp_c = plant.ambient_c
    if body_j_k:
        j_k = body_j_k + board_j_k
        temp_c = (body_j_k * plant.board_c() + board_j_k * plant.ambient_c) / j_k
        board_j_k = j_k
    unit.world.inject({"kind": "board_swap", "value": [board_j_k, temp_c]})
