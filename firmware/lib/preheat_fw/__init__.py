"""The device side: drivers, loop, storage and console. `machine` is imported in app.py alone."""
