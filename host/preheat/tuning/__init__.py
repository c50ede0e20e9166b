"""Tuning: a step test on the unit, a model fitted to its log, and whether to believe it.

recipe: the profile of the test · data: a log as arrays · simulate: the core's model along a
log · guess: where the fit starts · freedom: what it may move · fit: least squares · figures:
what the numbers mean · judge: what is refused · outcome: all of it, from log to verdict ·
report, picture: for people · bench: a whole test on a virtual plant.
"""
