"""Every output of the board to its safe level, before anything can fail. Keep this short."""

try:
    import board_pins
except ImportError:
    board_pins = None  # no pins are known: nothing is driven, and the unit refuses to heat

if board_pins is not None:
    from machine import Pin

    for number, level in board_pins.OFF:
        Pin(number, Pin.OUT, value=level)
