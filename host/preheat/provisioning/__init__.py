"""Bare boards become running, named, proven units: one or many at once, each on record."""
