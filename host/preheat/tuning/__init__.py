"""Tuning: a step test on the unit, a model fitted to its log, and whether to believe it.

recipe: the profile of the test · data: a log as arrays · simulate: the core's model along a
log · guess: where the fit starts · fit: least squares · figures: what the numbers mean ·
judge: what is refused · picture: measured beside model · bench: a test on a virtual plant.
"""
