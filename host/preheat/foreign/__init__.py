"""Logs of other controllers and loggers, read into the series that the analysis measures."""
