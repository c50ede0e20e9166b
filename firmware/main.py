"""Runs the unit; whatever happens, the heat is off when this ends."""

import gc
import sys

# Collected after each sixteenth of the memory, what stays lies close together. Else it is strewn
# among garbage: with 67 KB free after the imports an RP2040 had no block of 6000 bytes left.
if hasattr(gc, "threshold"):
    gc.threshold(gc.mem_free() // 16)

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
