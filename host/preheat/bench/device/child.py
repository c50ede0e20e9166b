"""Starts one boot of a virtual unit: world, shims and file system, then boot.py and main.py."""

import json
import sys

from ..trace import Trace  # noqa: TID252  not `preheat` here
from ..world import World  # noqa: TID252  not `preheat` here
from . import machine_shim, select_shim, time_shim
from .pace import Pace

if sys.implementation.name == "micropython":
    from .ground_micropython import Ground
else:
    from .ground_cpython import Ground  # pyright: ignore[reportAssignmentType]

ROOT_FILES = ("/boot.py", "/main.py")


class Child:
    """One boot. `config` is what the supervisor wrote; `ground` reaches the real computer."""

    def __init__(self, config, ground):
        self.ground = ground
        self.state_path = config["state"]
        trace = Trace(ground.appender(config["trace"])) if config["trace"] else None
        self.world = World(
            config["plant"], config["board"], config["faults"], config["seed"], trace, self.die
        )
        text = ground.read(self.state_path)
        self.cause = "power"
        self.rtc_memory = b""
        if text is not None:
            state = json.loads(text)
            self.cause = state["cause"]
            if self.cause != "power":
                self.rtc_memory = bytes(state["rtc_memory"])
            # What happens while it restores (a second power cut) must not start from before.
            self.world.restore(state["world"], self.cause, state["off_s"])
        self.pace = Pace(
            self.world, ground, config["speed"], config["idle_speed"], config["control"]
        )
        machine_shim.bind(self, bytes(config["uid"]))
        time_shim.bind(self.world, self.pace)
        select_shim.bind(self.world, self.pace, ground)

    def save(self, cause, off_s=0.0):
        """Leave the world where the next boot finds it."""
        state = {
            "cause": cause, "off_s": off_s, "rtc_memory": list(self.rtc_memory),
            "world": self.world.state(),
        }
        self.ground.write(self.state_path, json.dumps(state))

    def die(self, cause, off_s=0.0):
        """End this boot at once: nothing is flushed, no `finally` runs, as on a real reset."""
        self.save(cause, off_s)
        self.ground.die()


def run(config_path, main_globals):
    """One boot, until its reset or until main.py has ended."""
    ground = Ground(config_path)
    config = ground.config
    child = Child(config, ground)
    ground.mount(config)
    shims = (("machine", machine_shim), ("time", time_shim), ("select", select_shim))
    for name, module in shims:
        sys.modules[name] = module
    ground.become_board()
    for path in ROOT_FILES:
        _run_file(path, main_globals, child, ground)
    child.save("soft")  # whoever leaves the REPL resets the board
    ground.after_main(child)


def _run_file(path, main_globals, child, ground):
    try:
        with open(path) as file:
            text = file.read()
    except OSError:
        return  # a board without boot.py or main.py goes to its REPL
    try:
        exec(compile(text, path, "exec"), main_globals)
    except SystemExit:
        child.die("soft")
    except (Exception, KeyboardInterrupt) as error:
        ground.print_exception(error)
