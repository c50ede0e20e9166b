"""Helpers for tests of the virtual bench in-process: a world, its pins, one frame, some time."""

from preheat import tomlfiles
from preheat.bench import plantfile
from preheat.bench.world import World

SSR, CONTACTOR, INTERLOCK, BUTTON, LOAD, BOARD_CS, HEATER_CS = 15, 16, 19, 20, 21, 5, 6


def make(plant="quartz-medium", board="virtual-quartz", faults=(), **more):
    rows = [dict(row) for row in faults]
    return World(plantfile.load_plant(plant), tomlfiles.load_board(board), rows, **more)


def read(world, cs=BOARD_CS):
    """One frame, as the driver asks for it."""
    world.set_pin(cs, 0)
    word = world.bus_word()
    world.set_pin(cs, 1)
    return word


def heat(world, on=1):
    world.set_pin(CONTACTOR, on)
    world.set_pin(SSR, on)


def run(world, seconds):
    for _ in range(int(seconds * 4)):
        world.advance(250000)
