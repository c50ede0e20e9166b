"""All judges of heat together: the envelope, the heater's own probe, rises without heat, jumps.

They see what the gate delivered and what the probes read. With a heater probe, what the board does
after a run proves nothing more; without one, everything hangs on the board's.
"""

from preheat_core.band import heater_j_k_w
from preheat_core.board import PROCESS_ROLES
from preheat_core.clock import TICK_MS
from preheat_core.envelope import Envelope
from preheat_core.watch_heat import LoadMeter, StuckOn
from preheat_core.watch_heater import HeaterWatch
from preheat_core.watch_jump import Jump
from preheat_core.watch_load import LoadSense
from preheat_core.watch_time import TRIP_MS

# No healthy run is so far above its setpoint with heat still wanted: without heat it must show
# whether the relay obeys.
AHEAD_C = 5.0
JUMP_MS = 4500  # after a jump, or spikes that looked like one, the envelope begins anew
GAP_MS = 1000  # without a valid sample; longer, and the probe trips by itself
STANDS_MS = 4000  # a probe whose word stood so long says nothing of the heater


class HeatJudges:
    """Judges of one zone's heat; a board without zones has none of them but the load meter."""

    def __init__(self, board: dict, model: "dict | None"):
        self._board = board
        self.load = LoadMeter()
        self._stuck_on = StuckOn()
        self._load_sense = LoadSense()
        self._jumps = [Jump() for _ in board["probes"]]
        self._envelope = self._heater = None
        self._heater_known = False
        self._gap_ms = 0
        self._settle_ms = self._quiet_ms = self._void_ms = 0
        # Where the slowest walk comes from: None: a run has just begun, True: it was judged in it,
        # False: boards were changed meanwhile.
        self._walked: "bool | None" = None
        self._others = False  # heat the board, or did so just now
        self.use_model(model)

    def use_model(self, model: "dict | None") -> None:
        """What `tune` found, or None; no run is heating. What was seen before is void."""
        if not self._board["zones"]:
            return
        self._heater = None
        self._envelope = Envelope(self._board, model)
        self._settle_ms = int(self._envelope.settle_s * 1000)
        zone = self._board["zones"][0]
        j_k_w = heater_j_k_w(model, zone)
        if j_k_w is not None:
            self._heater = HeaterWatch(j_k_w, heater_j_k_w(None, zone)[1])

    def arm(self, control_c: "float | None", slope_c_s: float) -> None:
        """A run begins: another board may lie there now, what was seen of it is void."""
        self._stuck_on = StuckOn()
        self._load_sense.arm()
        self._quiet_ms = self._void_ms = 0
        self._walked = None
        if self._heater is not None:
            self._heater.start()
        self._envelope.start(control_c, slope_c_s)
        for jump in self._jumps:
            jump.reset()

    def step(self, guard, dt_ms: int, on_ms: int, now) -> None:
        """Judge a tick after the probes were; adds to guard.trips and may set guard.inhibit."""
        heater_c = guard.heater()
        if dt_ms > TRIP_MS:  # what was in between, nobody saw; a run does not outlive it
            self._quiet_ms = self._settle_ms
            dt_ms = TICK_MS
        # What others did goes on to show at a late probe after they have stopped.
        self._quiet_ms = self._settle_ms if now.external else max(0, self._quiet_ms - dt_ms)
        self._others = self._quiet_ms > 0
        if now.declared or self._void_ms > 0:
            self._walked = False
        elif now.running and not self._others:
            self._walked = True
        control_c, valid = guard.control()
        if now.running and valid and now.setpoint_c is not None:
            if control_c > now.setpoint_c + AHEAD_C:
                guard.inhibit = guard.inhibit or "ahead"
        self._void_ms = max(0, self._void_ms - dt_ms)
        self._jumped(guard, dt_ms, now)
        void = self._others or self._void_ms > 0
        if self._heater is not None:
            self._by_heater(guard, dt_ms, on_ms, heater_c, now)
        if self._envelope is not None:
            self._by_board(guard, dt_ms, on_ms, heater_c, now, void)
        # Without a run anybody may warm the board from above: then only the heater's own probe
        # proves anything.
        external = void or heater_c is not None or not (now.running or now.settling)
        if self._envelope is not None and self._envelope.stored_c is not None:
            external = True
        board_c = guard.hottest(("board",))
        hottest_c = guard.hottest(("heater",))
        if self._stuck_on.step(dt_ms, on_ms, board_c, hottest_c, external):
            where_c = hottest_c if hottest_c is not None else board_c
            self._trip(guard, "stuck_on", f"{where_c:.1f} C and rising", now)
        code = self._load_sense.step(dt_ms, on_ms, now.load_seen, now.load_on)
        if code == "stuck_on":
            guard.trips.append((code, "current flows while switched off"))
        elif code is not None and now.running:
            guard.trips.append((code, "no current while switched on"))

    def _trip(self, guard, code, detail, now) -> None:
        """A fault, unless the load sense knows better: then the heat is not the relay's."""
        if code == "stuck_on" and self._load_sense.clear:
            if not now.running:
                return
            code = "anomaly"
        guard.trips.append((code, detail))

    def _by_board(self, guard, dt_ms, on_ms, heater_c, now, void) -> None:
        index = guard.control_index
        watch, sensor = guard.limit_watches[index], guard.sensors[index]
        temp_c = watch.temp_c if sensor.code is None else None
        judged = not void and (now.running or (now.settling and heater_c is None))
        # A stage for heat from above changes no board: only an operator's word does.
        above = self._others and now.running and self._walked is not False
        if above and self._walked is None and temp_c is not None:
            self._walked = True if self._envelope.from_cold(temp_c) else None
        found = self._envelope.step(
            dt_ms, on_ms, temp_c, watch.slope_c_s, heater_c, now.running, judged, above
        )
        if found is not None:
            self._trip(guard, found[0], found[1], now)
        if temp_c is not None and now.running and not void:
            if self._envelope.stands(dt_ms, temp_c, sensor.same_ms > 0):
                name = guard.probes[index]["name"]
                guard.trips.append(("frozen", f"{name} stands at {temp_c:.1f} C"))

    def _by_heater(self, guard, dt_ms, on_ms, heater_c, now) -> None:
        if heater_c is None and self._heater_known and self._gap_ms < GAP_MS:
            self._gap_ms += dt_ms  # a single bad sample must not void what was seen
            heater_c = guard.hottest(("heater",))
        elif heater_c is None:
            if self._heater_known:
                self._heater.start()
            self._heater_known = False
            return
        else:
            self._gap_ms = 0
        self._heater_known = True
        control_c, _ = guard.control()
        ahead = control_c is not None and now.setpoint_c is not None
        ahead = ahead and now.setpoint_c - control_c > AHEAD_C
        code = self._heater.step(dt_ms, on_ms, heater_c, now.running, ahead, now.external)
        if self._heater.inhibit:
            guard.inhibit = guard.inhibit or "relay"
        if code is None or not (now.running or now.settling):
            return
        detail = f"heater {heater_c:.1f} C, not as the heat delivered"
        for probe, sensor in zip(guard.probes, guard.sensors):
            if probe["role"] == "heater" and sensor.same_ms >= STANDS_MS:
                code, detail = "frozen", f"{probe['name']} stands at {heater_c:.1f} C"
        self._trip(guard, code, detail, now)

    def _jumped(self, guard, dt_ms, now) -> None:
        # A stage for heat from above says nothing of changing boards; an operator's word does.
        above = now.running and now.external and not now.declared
        judged = above or not self._others
        for index, probe in enumerate(guard.probes):
            if probe["role"] not in PROCESS_ROLES or guard.absent[index]:
                continue
            jump, valid = self._jumps[index], guard.sensors[index].code is None
            if not judged:
                jump.reset()
                continue
            temp_c = guard.limit_watches[index].temp_c if valid else None
            verdict = jump.step(dt_ms, temp_c, above)
            if verdict is None:
                continue
            if index == guard.control_index:  # what came before says nothing of what is now
                self._void_ms = JUMP_MS
                fell = jump.changed_c < 0 and (verdict == "trip" or not now.running)
                if fell and self._envelope is not None:
                    self._envelope.other_board(temp_c)
            if not now.running:  # a board was taken away, or another one laid on
                continue
            guard.inhibit = guard.inhibit or "detached"
            if verdict == "trip":
                detail = f"{probe['name']} jumped by {jump.changed_c:.0f} C"
                guard.trips.append(("detached", detail))
