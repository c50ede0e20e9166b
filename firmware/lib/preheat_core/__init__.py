"""The pure logic of the preheater controller: no pins, no clock, no files; time is an argument.

Runs unchanged on CPython and MicroPython and imports only math, struct, json and binascii.
"""

VERSION = "0.1.0"
