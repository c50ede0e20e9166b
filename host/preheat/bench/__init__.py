"""The virtual bench: a board like any other, made of a thermal plant and shims for the hardware.

`supervisor.VirtualUnit` starts a unit; `plant` and `world` run in-process for benchmarks too.
"""
