"""The page about a run: what the board saw, against which limits, from whom, how close it came."""
