"""Runs the unit; whatever happens, the heat is off when this ends."""

import sys

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
