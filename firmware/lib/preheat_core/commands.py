"""The commands of the line protocol: their arguments, and when each is granted.

Both sides check by these tables; the console refuses what `check_args` refuses.
"""

MAX_ID = 0x3FFFFFFF  # ids are small integers on the device
READ_BYTES = 512  # raw bytes in one answer to `read`
MAX_PUT_BYTES = 8192  # longest profile or settings

ANY, NOT_HEATING, IDLE, HEATING, WAITING, COLD = (
    "always", "not heating", "no fault, not heating", "heating", "waiting for the operator",
    "cool or confirmed",
)  # fmt: skip

# (command, arguments, needs the session's token, when it is granted); what each does and answers
# stands in docs/protocol.md.
COMMANDS = (
    ("hello", (), False, ANY),
    ("status", (), False, ANY),
    ("limits", ("profile",), False, ANY),
    ("claim", ("host",), False, ANY),
    ("beat", ("token",), True, ANY),
    ("clock", ("epoch_s",), False, ANY),
    ("put", ("kind", "name", "size", "crc"), False, NOT_HEATING),
    ("part", ("n", "data"), False, NOT_HEATING),
    ("done", (), False, NOT_HEATING),
    ("get", ("kind", "name"), False, NOT_HEATING),
    ("read", ("kind", "name", "off", "n"), False, NOT_HEATING),
    ("list", ("kind", "from"), False, NOT_HEATING),
    ("del", ("kind", "name"), False, NOT_HEATING),
    ("pulled", ("kind", "name", "sha"), False, NOT_HEATING),
    ("start", ("token", "profile", "hash", "detach", "by"), True, IDLE),
    ("stop", (), False, ANY),
    ("continue", ("token",), True, WAITING),
    ("trim", ("token", "delta_c"), True, HEATING),
    ("ext", ("token", "on"), True, ANY),
    ("alarms", (), False, ANY),
    ("ack", (), False, ANY),
    ("clear", (), False, NOT_HEATING),
    ("arm", ("token", "profile", "hash"), True, NOT_HEATING),
    ("disarm", ("token",), True, NOT_HEATING),
    ("test", ("token", "what"), True, IDLE),
    ("tested", (), False, NOT_HEATING),
    ("bite", ("token", "confirm"), True, COLD),
    ("service", ("confirm",), False, COLD),
    ("reset", ("confirm",), False, COLD),
)

# An argument, or a command's own: (kind, low, high). int and num: the range. text, name, hex and
# b64: the length. choice: `low` is the tuple of words.
_STORED = ("profile", "settings", "board", "log", "latch", "incident")
ARGUMENTS = {
    "token": ("text", 1, 16),
    "host": ("text", 1, 32),
    "by": ("text", 0, 24),
    "profile": ("name", 1, 32),
    "name": ("name", 1, 32),
    "hash": ("hex", 16, 16),
    "crc": ("hex", 8, 8),
    "sha": ("hex", 16, 16),
    "detach": ("bool", 0, 1),
    "on": ("bool", 0, 1),
    "confirm": ("bool", 0, 1),
    "epoch_s": ("int", 1700000000, 4102444800),
    "size": ("int", 1, MAX_PUT_BYTES),
    "n": ("int", 0, 9999),
    "read.n": ("int", 1, READ_BYTES),
    "off": ("int", 0, MAX_ID),
    "from": ("int", 0, 9999),
    "delta_c": ("num", -20, 20),
    "what": ("choice", ("lamp", "buzzer", "fan", "contactor", "proof", "storage", "ticks"), 0),
    "data": ("b64", 1, 120),
    "put.kind": ("choice", ("profile", "settings"), 0),
    "kind": ("choice", ("profile", "log", "incident"), 0),
    "pulled.kind": ("choice", ("log", "incident"), 0),
    "get.kind": ("choice", _STORED, 0),
    "read.kind": ("choice", _STORED, 0),
}
_ROWS = {row[0]: row for row in COMMANDS}

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
    return _ROWS[cmd][2:]


def argument(cmd, name):
    """(kind, low, high) of a command's argument: see ARGUMENTS."""
    return ARGUMENTS.get(cmd + "." + name) or ARGUMENTS[name]


def check_args(cmd, obj) -> "tuple | None":
    """None if the line `obj` is a whole command; else (refusal code, why)."""
    if not isinstance(cmd, str) or cmd not in _ROWS:
        return "unknown", "there is no such command"
    if cmd == "stop":  # never refused for what else stands in the line
        return None
    args = _ROWS[cmd][1]
    for name in args:
        if name not in obj:
            return "args", name + " is absent"
        kind, low, high = argument(cmd, name)
        want = _wrong(obj[name], kind, low, high)
        if want:
            return "args", name + " must be " + want
    for name in obj:
        if name not in args and name not in ("id", "cmd"):
            return "args", name[:24] + " is not an argument of " + cmd
    return None
