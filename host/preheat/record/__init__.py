"""The rework record: who did what to which board, by which procedure, with which heat.

The truth is a list of events; everything else is a projection that can be made anew from it.
"""
