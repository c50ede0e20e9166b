"""Calibration of single probes: fixed points, steady readings and plateaus, the fit, the dates.

What is fitted is `preheat_core.thermocouple.calibrated`: true = gain × linearised
reading + offset.
"""
