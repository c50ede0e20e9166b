"""Putting MicroPython onto a board: judge the image, write it, see the board answer with it."""
