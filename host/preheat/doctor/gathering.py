"""All facts in one go: the laptop's, and the unit's if one is named or known."""

import time

import preheat_core
from preheat import connect, manifest
from preheat.doctor import laptop, unitside
from preheat.doctor.facts import Facts
from preheat.errors import UsageError


def gather(port: "str | None" = None) -> Facts:
    """Facts of this laptop and of the unit at `port` (as for `connect`; None: the only known one).

    UsageError for a port that is neither a port nor a known unit.
    """
    here = laptop.gather()
    unit, why = None, ""
    if here.home_problem or here.registry_problem:
        why = "this computer's own files come first"
    else:
        try:
            target = connect.resolve(port)
        except UsageError as error:
            if port:
                raise
            why = str(error)
        else:
            unit = unitside.gather(target)
    return Facts(
        here, unit, why, preheat_core.VERSION, manifest.firmware_hash(),
        time.strftime("%Y-%m-%d"),
    )
