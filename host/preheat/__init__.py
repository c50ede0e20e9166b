"""preheat: the technician's laptop toolkit for the bench preheater controller."""

import preheat_core

__version__ = preheat_core.VERSION
