"""The module that deploy generates from the board file: every output and its safe level."""

OFF: tuple[tuple[int, int], ...]
