"""Runs the unit; whatever happens, the heat is off when this ends."""

import gc
import sys

# Collected this often until the unit is built, what stays lies close together. Else it is strewn
# among the garbage of the imports: with 68 KB free an RP2040 had no block of 6000 bytes left.
if hasattr(gc, "threshold"):
    gc.threshold(16384)

try:
    from preheat_fw import app

    app.main()
except Exception as error:
    if hasattr(sys, "print_exception"):
        sys.print_exception(error)
    else:
        raise
finally:
    try:
        import board_pins
        from machine import Pin

        for number, level in board_pins.OFF:
            Pin(number, Pin.OUT, value=level)
    except ImportError:
        board_pins = None
