"""Puts the device's two top files and the board files into a wheel, inside the package.

An editable install gets none of them: there the toolkit reads the checkout's own files, and a
copy beside the libraries would only grow old.
"""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = {
    "firmware/boot.py": "preheat/_device/boot.py",
    "firmware/main.py": "preheat/_device/main.py",
    "boards": "preheat/_boards",
}


class DataHook(BuildHookInterface):
    """Called by hatchling before it collects the files of a wheel."""

    def initialize(self, version, build_data):
        if version == "standard":
            build_data["force_include"].update(DATA)
