"""Binds bench time to real time: how long a sleep really takes, and when bench time must wait.

Busy (a run, or cooling with an open log) it goes at the unit's speed, 0 being as fast as it can;
idle it goes at real time, and a byte from the host ends a sleep at once. It asks the firmware
through `preheat_fw.app.current`: `busy()`, `waits_for_link()` and `link_age_ms()`, each optional.
Accelerated time must not invent a lost link: before the deadline it waits for the host, as long
as the host was silent for less than the deadline in real time.
"""

import json
import sys

LINK_DEADLINE_MS = 10000  # of real silence: then the host is really gone
LINK_WAIT_MS = 4000  # of bench silence: then bench time waits
CATCH_UP_MS = 100  # further behind than this, lost real time is given up
WAIT_SLICE_MS = 50  # how often it looks at the control file while it waits for the host
CONTROL_US = 100000  # how often the control file is looked for, bench time


class Pace:
    """`ground` has wall_ms(), sleep_ms(n), readable(timeout_ms), discard(), take(path)."""

    def __init__(self, world, ground, speed, idle_speed, control):
        self.world = world
        self.ground = ground
        self.speed = speed
        self.idle_speed = idle_speed
        self._control = control
        self._control_us = 0
        self._mode = None
        self._wall_ms = 0
        self._bench_us = 0
        self._heard_us = world.now_us
        self._age_ms = 0
        self._age_wall_ms = ground.wall_ms()

    def heard(self):
        """The host sent something."""
        self._heard_us = self.world.now_us

    def sleep_us(self, us):
        """What machine time does in a sleep: real time as needed, then bench time."""
        world = self.world
        module = sys.modules.get("preheat_fw.app")
        app = getattr(module, "current", None)
        busy = app is not None and hasattr(app, "busy") and app.busy()
        if world.now_us >= self._control_us:
            self._obey()
        if world.host_silent:
            self.ground.discard()
        if busy:
            self._wait_for_host(app)
            speed = self.speed
        else:
            speed = self.idle_speed
        if speed:
            self._wait(us, speed, not busy and not world.host_silent)
        world.advance(us)

    def _wait(self, us, speed, host_wakes):
        """Let real time pass until bench time after this sleep is due at `speed`."""
        wall_ms = self.ground.wall_ms()
        bench_us = self.world.now_us
        mode = (speed, host_wakes)
        due_ms = self._wall_ms + (bench_us + us - self._bench_us) / (1000 * speed)
        if mode != self._mode or due_ms < wall_ms - CATCH_UP_MS:
            self._mode = mode
            self._wall_ms = wall_ms
            self._bench_us = bench_us
            due_ms = wall_ms + us / (1000 * speed)
        left_ms = int(due_ms - wall_ms)
        if left_ms < 1:
            return
        if not host_wakes:
            self.ground.sleep_ms(left_ms)
        elif self.ground.readable(left_ms):
            self._mode = None  # bench time jumps ahead; count afresh

    def _wait_for_host(self, app):
        """Stop bench time while the firmware's link runs out but the host's does not."""
        world = self.world
        if not (hasattr(app, "waits_for_link") and app.waits_for_link()):
            self._age_ms = LINK_WAIT_MS  # whatever comes next is a new beginning
            return
        wall_ms = self.ground.wall_ms()
        if hasattr(app, "link_age_ms"):
            age_ms = app.link_age_ms()
        else:
            age_ms = (world.now_us - self._heard_us) // 1000
        if age_ms < self._age_ms:
            self._age_wall_ms = wall_ms
        self._age_ms = age_ms
        if age_ms <= LINK_WAIT_MS:
            if age_ms < 100:
                self._age_wall_ms = wall_ms
            return
        until_ms = self._age_wall_ms + LINK_DEADLINE_MS
        while wall_ms < until_ms and not world.host_silent:
            if self.ground.readable(min(WAIT_SLICE_MS, until_ms - wall_ms)):
                self.heard()
                return
            self._obey()
            wall_ms = self.ground.wall_ms()

    def _obey(self):
        """Carry out what the supervisor's user asked for meanwhile: faults and buttons."""
        world = self.world
        self._control_us = world.now_us + CONTROL_US
        text = self.ground.take(self._control)
        if text is None:
            return
        for line in text.split("\n"):
            if line:
                order = json.loads(line)
                if "press" in order:
                    world.press(world.names[order["press"]], order["for_s"] * 1000000)
                else:
                    world.inject(order["fault"])
