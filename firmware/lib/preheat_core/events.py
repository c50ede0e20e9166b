"""The rest of the line protocol's tables: events, refusals, what may be asked twice.

A unit says these words but never looks them up: only hosts and tests import this file.
"""

from preheat_core.commands import COMMANDS

COMMAND_NAMES = tuple(row[0] for row in COMMANDS)
REFUSALS = (
    "bad_line", "crc", "too_long", "unknown", "args", "state", "claim", "busy", "hash", "check",
    "hot", "missing", "space", "problem",
)  # fmt: skip

# Repeating these after a lost answer does no harm; the others must not be sent twice.
REPEATABLE = (
    "hello", "status", "limits", "claim", "beat", "clock", "put", "part", "get", "read", "list",
    "stop", "alarms", "ack", "disarm", "pulled", "tested",
)  # fmt: skip

# (event, its fields). In the run log each has also t_ms.
EVENTS = (
    ("start", ("run",)),
    ("stage", ("i", "name")),
    ("stretched", ("i",)),
    ("reached", ("i",)),
    ("operator", ("i",)),
    ("continued", ("i",)),
    ("approach", ("role", "temp_c", "limit_c")),
    ("inhibit", ("code",)),
    ("fault", ("code", "detail")),
    ("unplug", ()),
    ("alarm", ("code", "state", "prio")),
    ("over", ("role", "probe", "limit_c", "source", "alloy")),
    ("over_end", ("probe", "peak_c", "above_s")),
    ("end", ("run", "end")),
    ("closed", ("run", "end")),
    ("refused", ("why",)),
    ("external", ("on",)),
    ("interrupted", ("run",)),
    ("ack", ("codes",)),
    ("clear", ()),
    ("trim", ("delta_c",)),
    ("dropped", ("kind", "name")),
    ("incident", ("name",)),
    ("incident_lost", ("why",)),
    ("tested", ("what", "verdict", "detail")),
)

STATUS_KEYS = ("st", "i", "c", "sp", "u", "t", "l", "f")  # of the status sent unasked
