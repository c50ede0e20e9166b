"""The tables of the line protocol: commands with their arguments, events, refusals.

Both sides import them through `protocol`; the console refuses what `check_args` refuses.
"""

MAX_ID = 0x3FFFFFFF  # ids are small integers on the device
READ_BYTES = 512  # raw bytes in one answer to `read`
MAX_PUT_BYTES = 8192  # longest profile or settings

REFUSALS = (
    "bad_line", "crc", "too_long", "unknown", "args", "state", "claim", "busy", "hash", "check",
    "hot", "missing", "space", "problem",
)  # fmt: skip

# One argument: (name, kind, low, high). int and num: the range. text and b64: the length.
# name: the length, of a-z 0-9 and minus. hex: `high` digits. choice: `low` is the tuple of words.
TOKEN = ("token", "text", 1, 16)
PROFILE = ("profile", "name", 1, 32)
NAME = ("name", "name", 1, 32)
HASH = ("hash", "hex", 16, 16)
CONFIRM = ("confirm", "bool", 0, 1)
ANY, NOT_HEATING, IDLE, HEATING, WAITING, COLD = (
    "always", "not heating", "idle", "heating", "waiting for the operator", "cool or confirmed",
)  # fmt: skip

# (command, arguments, needs the session's token, when it is granted, what it does)
COMMANDS = (
    ("hello", (), False, ANY, "Says who the unit is and what it runs."),
    ("status", (), False, ANY, "The whole status."),
    ("limits", (PROFILE,), False, ANY, "The effective limits of a stored profile."),
    ("claim", (("host", "text", 1, 32),), False, ANY, "Makes this the session that may start."),
    ("beat", (TOKEN,), True, ANY, "Heartbeat; 10 s without one end a host-started run."),
    ("clock", (("epoch_s", "int", 1700000000, 4102444800),), False, ANY, "Sets the unit's clock."),
    (
        "put",
        (("kind", "choice", ("profile", "settings"), 0), NAME,
         ("size", "int", 1, MAX_PUT_BYTES), ("crc", "hex", 8, 8)),
        False, NOT_HEATING, "Opens an upload; `crc` is the CRC32 of all its bytes.",
    ),
    (
        "part", (("n", "int", 0, 9999), ("data", "b64", 1, 120)),
        False, NOT_HEATING, "Piece n of the upload; the last piece may be repeated.",
    ),
    ("done", (), False, NOT_HEATING, "Checks the upload and stores it, or leaves the old data."),
    (
        "get", (("kind", "choice", ("profile", "settings", "board", "log", "latch"), 0), NAME),
        False, NOT_HEATING, "Size and hash of stored data.",
    ),
    (
        "read",
        (("kind", "choice", ("profile", "settings", "board", "log", "latch"), 0), NAME,
         ("off", "int", 0, MAX_ID), ("n", "int", 1, READ_BYTES)),
        False, NOT_HEATING, "A piece of stored data.",
    ),
    (
        "list", (("kind", "choice", ("profile", "log"), 0), ("from", "int", 0, 9999)),
        False, NOT_HEATING, "What is stored, from item number `from`.",
    ),
    (
        "del", (("kind", "choice", ("profile", "log"), 0), NAME),
        False, NOT_HEATING, "Deletes a profile or a log.",
    ),
    (
        "start",
        (TOKEN, PROFILE, HASH, ("detach", "bool", 0, 1), ("by", "text", 0, 24)),
        True, IDLE, "Starts a stored profile; detached, it needs no heartbeat.",
    ),
    ("stop", (), False, ANY, "Heat off, then the answer. Anyone may."),
    ("continue", (TOKEN,), True, WAITING, "Ends the operator hold."),
    ("trim", (TOKEN, ("delta_c", "num", -20, 20)), True, HEATING, "Shifts the setpoint."),
    ("ext", (TOKEN, ("on", "bool", 0, 1)), True, HEATING, "Declares heat from above, or its end."),
    ("ack", (), False, ANY, "Silences the buzzer; the fault stays."),
    ("clear", (), False, NOT_HEATING, "Clears latched faults whose cause is gone."),
    ("arm", (TOKEN, PROFILE, HASH), True, IDLE, "Gives the start button this profile."),
    ("disarm", (TOKEN,), True, ANY, "Takes the profile away from the start button."),
    ("service", (CONFIRM,), False, COLD, "Restarts to the REPL, for mpremote and deploy."),
    ("reset", (CONFIRM,), False, COLD, "Restarts the unit."),
)  # fmt: skip
_ARGS = {row[0]: row[1] for row in COMMANDS}
_RULES = {row[0]: (row[2], row[3]) for row in COMMANDS}
COMMAND_NAMES = tuple(row[0] for row in COMMANDS)
# Repeating these after a lost answer does no harm; the others must not be sent twice.
REPEATABLE = (
    "hello", "status", "limits", "claim", "beat", "clock", "put", "part", "get", "read", "list",
    "stop", "ack", "disarm",
)  # fmt: skip

# (event, its fields). In the run log each has also t_ms.
EVENTS = (
    ("start", ("run",)),
    ("stage", ("i", "name")),
    ("reached", ("i",)),
    ("operator", ("i",)),
    ("continued", ("i",)),
    ("approach", ("role", "temp_c", "limit_c")),
    ("inhibit", ("code",)),
    ("fault", ("code", "detail", "action")),
    ("unplug", ()),
    ("end", ("run", "end")),
    ("closed", ("run", "end")),
    ("refused", ("why",)),
    ("external", ("on",)),
    ("interrupted", ("run",)),
    ("ack", ()),
    ("clear", ()),
    ("trim", ("delta_c",)),
)
STATUS_KEYS = ("st", "i", "c", "sp", "u", "t", "l", "f")  # of the status sent unasked

_NAME_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789-"
_B64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def _wrong(value, kind, low, high):
    """What the argument should have been; None if it is."""
    if kind == "bool":
        return None if isinstance(value, bool) else "true or false"
    if kind == "int" or kind == "num":
        good = isinstance(value, int) or (kind == "num" and isinstance(value, float))
        if good and not isinstance(value, bool) and low <= value <= high:
            return None
        return "%s %d to %d" % ("a whole number" if kind == "int" else "a number", low, high)
    if kind == "choice":
        return None if isinstance(value, str) and value in low else "one of " + ", ".join(low)
    if isinstance(value, str) and low <= len(value) <= high:
        if kind == "text":
            # Control characters and halves of pairs would not come back as they went.
            if all(31 < ord(c) < 0xD800 or 0xDFFF < ord(c) < 0x10000 for c in value):
                return None
        elif kind == "b64":
            if len(value) % 4 == 0 and all(c in _B64 for c in value.encode()):
                return None
        elif all(c in (_NAME_CHARS if kind == "name" else "0123456789abcdef") for c in value):
            return None
    return "%s of %d to %d characters" % (kind, low, high)


def rules(cmd):
    """(needs the session's token, when it is granted) of a known command."""
    return _RULES[cmd]


def check_args(cmd, obj) -> "tuple | None":
    """None if the line `obj` is a whole command; else (refusal code, why)."""
    if not isinstance(cmd, str) or cmd not in _ARGS:
        return "unknown", "there is no such command"
    if cmd == "stop":  # never refused for what else stands in the line
        return None
    args = _ARGS[cmd]
    for name, kind, low, high in args:
        if name not in obj:
            return "args", name + " is absent"
        want = _wrong(obj[name], kind, low, high)
        if want:
            return "args", name + " must be " + want
    if len(obj) > len(args):
        known = ("id", "cmd") + tuple(arg[0] for arg in args)
        for name in obj:
            if name not in known:
                return "args", name[:24] + " is not an argument of " + cmd
    return None
