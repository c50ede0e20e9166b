"""What runs inside the interpreter of a virtual unit: shims for the hardware, and the start.

Imported as `bench.device` there, on MicroPython as on CPython: no other part of preheat is.
"""
