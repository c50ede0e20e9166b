"""What a hostile, broken or merely clumsy host may send: the same bytes from the same seed.

Runs on both Pythons. `Words` knows the table of commands, so it gets far more often than noise.
"""

import binascii
import json

from preheat_core import profile, settings
from preheat_core.check import canonical
from preheat_core.commands import COMMANDS, argument
from preheat_core.protocol import crc_hex
from preheat_fw.store import sha

# As JSON text: what no argument should be, or only just may.
HOSTILE = (
    "null", "true", "false", "0", "-1", "1", "-0.0", "1e999", "-1e999", "1e308", "1e-400", "NaN",
    "Infinity", "20", "-20.000001", "9999", "10000", "1073741823", "1073741824", "4294967296",
    "9" * 100, "-" + "9" * 60, "1." + "3" * 90, "[]", "{}", "[[]]", "[1,2]", '{"a":1}', '""',
    '"a"', '"' + "x" * 120 + '"', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', '"\\n\\t"',
    '"../../x"', '"latch"', '"r000001"', '"r999999"', '"warm"', '"AAAA"', '"A==="', '"===="',
    '"' + "0" * 16 + '"', '"\\"', '"\xc3\xa9"', "tru", "01", "+1", "1e", ".5", "0x10", "[1,",
)  # fmt: skip
# Uploads that want much memory, time or depth.
BOMBS = (
    b"[" * 2000, b'{"a":' * 900, b"9" * 5000, b'"' + b"\\u0000" * 900 + b'"',
    b"[" + b"[]," * 2600 + b"0]", b"1." + b"5" * 4000 + b"e-99999",
    ("{" + ",".join([f'"{n}":0' for n in range(900)]) + "}").encode(),
    ('{"stages":[' + ",".join(["{}"] * 2000) + "]}").encode(),
    ('{"stages":[' + ",".join(['{"a":0,"b":1,"c":2}'] * 400) + "]}").encode(),
)  # fmt: skip
SPICE = b'{}[]",:\\\t\n\r 0eE+-.utf\x00\x7f\x80\xff\xc0'


# Short, with an operator's hold and a limit's worth of heat: all that can be said has its moment.
PROFILE = {
    "schema": 1, "name": "warm", "title": "Warm", "alloy": "SAC305", "purpose": "reflow",
    "source": "fuzz", "ramp_max_c_s": 3, "run_max_s": 600,
    "stages": [
        {"name": "wait", "target_c": 35, "ramp_c_s": 2, "hold_s": 1, "hold_max_s": 60,
         "ramp_max_s": 60, "operator": True, "operator_max_s": 60},
        {"name": "up", "target_c": 100, "ramp_c_s": 1, "hold_s": 20, "hold_max_s": 100,
         "ramp_max_s": 300},
    ],
}  # fmt: skip


class Chance:
    """Pseudo-random numbers, alike on every Python (xorshift of 32 bits)."""

    def __init__(self, seed):
        self._x = (seed * 2654435761 + 88675123) & 0xFFFFFFFF or 1

    def below(self, n):
        """0 to n - 1."""
        x = self._x
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        self._x = x
        return x % n

    def one(self, items):
        """One of them."""
        return items[self.below(len(items))]

    def bytes(self, n):
        """n bytes of noise."""
        return bytes([self.below(256) for _ in range(n)])


def sealed(raw):
    """Bytes as a line with the right CRC, whatever they are."""
    return raw + b"\t" + crc_hex(raw) + b"\n"


def spoken(text):
    """JSON text as a line."""
    return sealed(text.encode())


class Words:
    """A source of chunks to send; `judge` knows the token and the stored hashes."""

    def __init__(self, judge, seed):
        self.chance = Chance(seed)
        self._judge = judge
        self._id = 0
        self._kept = [b""]  # of lines sent before, to be sent again or mutated

    def chunk(self):
        """The next bytes."""
        ways = (
            self._noise, self._lines_of_noise, self._any_command, self._any_command,
            self._mutated, self._mutated, self._raw_json, self._raw_json, self._sensible,
            self._sensible, self._sensible, self._nested, self._twice, self._upload, self._start,
            self._flood, self._pull,
        )  # fmt: skip
        data = self.chance.one(ways)()
        if len(data) < 240:
            self._kept.append(data)
            del self._kept[:-30]
        return data

    def _next_id(self):
        self._id = (self._id + 1) & 0xFFFFFF
        return self._id

    def _noise(self):
        return self.chance.bytes(self.chance.below(400))

    def _lines_of_noise(self):
        raw = self.chance.bytes(1 + self.chance.below(60))
        return sealed(raw) if self.chance.below(2) else raw + b"\n"

    def _any_command(self):
        """A known command, each argument hostile, sensible, absent or one too many."""
        chance = self.chance
        cmd, args = chance.one(COMMANDS)[:2]
        words = [f'"id":{self._number()}', f'"cmd":"{cmd}"']
        for name in args:
            if chance.below(12) == 0:
                continue
            hostile = chance.below(3) == 0
            value = chance.one(HOSTILE) if hostile else self._sense(cmd, name)
            words.append(f'"{name}":{value}')
        if chance.below(12) == 0:
            words.append(f'"{chance.one(("id", "cmd", "x", "token", ""))}":{chance.one(HOSTILE)}')
        return spoken("{" + ",".join(words) + "}")

    def _number(self):
        return self.chance.one(HOSTILE) if self.chance.below(10) == 0 else str(self._next_id())

    def _sense(self, cmd, name):
        """An argument as JSON text that its command takes, mostly one that leads somewhere."""
        chance = self.chance
        kind, low, high = argument(cmd, name)
        if name == "token":
            return json.dumps(self._judge.token or "none")
        if name == "hash" and chance.below(4):
            return json.dumps(self._judge.stored_hash("warm") or "0" * 16)
        if name == "profile" or (name == "name" and chance.below(2)):
            return json.dumps(chance.one(("warm", "warm", "warm", "other")))
        if name == "name":
            return json.dumps(chance.one(("r000001", f"r{chance.below(200):06}", "settings")))
        if kind == "bool":
            return chance.one(("true", "false"))
        if kind in ("int", "num"):
            return str(chance.one((low, high, low + chance.below(int(high - low) + 1), 0, 1)))
        if kind == "choice":
            return json.dumps(chance.one(low))
        if kind == "b64":
            raw = chance.bytes(chance.below(90))
            return '"' + binascii.b2a_base64(raw).decode().strip() + '"'
        if kind == "hex":
            return '"' + "".join(chance.one("0123456789abcdef") for _ in range(low)) + '"'
        return json.dumps("x" * (low + chance.below(high - low + 1)))

    def _sensible(self):
        """A command that mostly does something, and its own id."""
        cmd, args = self.chance.one(COMMANDS)[:2]
        if cmd in ("service", "reset", "bite") and self.chance.below(4):
            cmd, args = "beat", ("token",)
        words = [f'"id":{self._next_id()}', f'"cmd":"{cmd}"']
        words += [f'"{name}":{self._sense(cmd, name)}' for name in args]
        return spoken("{" + ",".join(words) + "}")

    def _mutated(self):
        """A line of before, its bytes changed, lost, added or said twice; CRC kept or made."""
        chance = self.chance
        line = bytearray(chance.one(self._kept) or self._sensible())
        anew = chance.below(2) and line[-10:-9] == b"\t"
        if anew:
            line = line[:-10]
        for _ in range(1 + chance.below(4)):
            at = chance.below(len(line) + 1)
            way = chance.below(5)
            if way == 0 and at < len(line):
                line[at] ^= 1 << chance.below(8)
            elif way == 1 and at < len(line):
                line[at] = chance.one(SPICE)
            elif way == 2:
                line = line[:at] + line[at + 1 + chance.below(4) :]
            elif way == 3:
                line = line[:at] + bytes([chance.one(SPICE)]) + line[at:]
            else:
                line = line[:at] + line[max(0, at - 20) :]
        return sealed(bytes(line)) if anew else bytes(line)

    def _raw_json(self):
        """Any JSON and what only looks like it, with the right CRC."""
        chance = self.chance
        items = [chance.one(HOSTILE) for _ in range(chance.below(6))]
        if chance.below(3) == 0:
            return spoken("[" + ",".join(items) + "]")
        keys = ("id", "cmd", "token", "a", "n", "\\u0000", "", "profile")
        pairs = ['"' + chance.one(keys) + '":' + item for item in items]
        raw = ("{" + ",".join(pairs) + "}").encode()
        if chance.below(4) == 0:
            raw = raw.replace(b"x", b"\xff").replace(b"a", b"\xc0\xaf")
        return sealed(raw)

    def _nested(self):
        """Brackets inside brackets, closed or not, also inside of text and of arguments."""
        chance = self.chance
        depth = chance.one((1, 7, 8, 9, 40, 110, 220))
        opening, closing = chance.one((("[", "]"), ('{"a":', "}"), ("[{", "}]"), ('"[', '"')))
        text = opening * depth + "0" + (closing * depth if chance.below(2) else "")
        if chance.below(2):
            text = f'{{"id":1,"cmd":"beat","token":{text}}}'
        return spoken(text)

    def _twice(self):
        """Lines joined without their newline, split in two, or sent again."""
        chance = self.chance
        first, second = chance.one(self._kept), self._sensible()
        way = chance.below(4)
        if way == 0:
            return first[:-1] + second
        if way == 1:
            return second[: chance.below(len(second))]
        return first + second if way == 2 else second + b"\r\n\n\n" + first

    def _upload(self):
        """A whole upload, good or spoilt."""
        chance = self.chance
        kind, name = "profile", chance.one(("warm", "warm", "other"))
        if chance.below(3) == 0:
            kind, name = "settings", "settings"
            made = settings.default(chance.one(("rig", "bench")))
            made["pid"] = {"kp": 0.05, "ti_s": 60, "td_s": 0}
            data = canonical(made)
        else:
            made = dict(PROFILE)
            made["name"] = name
            made["title"] = "T" + str(chance.below(5))
            data = canonical(profile.normalise(made))
        spoil = chance.below(3)
        if spoil == 0:
            data = data.replace(
                chance.one((b"100", b'"warm"', b"1", b":", b"{", b'"stages"')),
                chance.one(HOSTILE).encode(),
            )
        elif spoil == 1 and chance.below(2):
            data = chance.one(BOMBS)
        data = data[:8192]
        said = [f'"cmd":"put","kind":"{kind}","name":"{name}","size":{len(data)},"crc":"'
                + crc_hex(data).decode() + '"']  # fmt: skip
        for number in range((len(data) + 89) // 90):
            piece = binascii.b2a_base64(data[number * 90 : number * 90 + 90]).decode().strip()
            said.append(f'"cmd":"part","n":{number},"data":"{piece}"')
        said.append('"cmd":"done"')
        if chance.below(6) == 0:
            del said[chance.below(len(said))]
        return b"".join([spoken(f'{{"id":{self._next_id()},{words}}}') for words in said])

    def _flood(self):
        """Many times the same quick order in one go."""
        chance = self.chance
        token = json.dumps(self._judge.token or "none")
        words = chance.one((
            '"cmd":"ack"', f'"cmd":"trim","delta_c":0,"token":{token}', '"cmd":"status"',
            f'"cmd":"ext","on":true,"token":{token}', '"cmd":"clear"',
            f'"cmd":"beat","token":{token}', f'"cmd":"continue","token":{token}',
            '"cmd":"hello"', '"cmd":"claim","host":"a"', '"cmd":"list","kind":"log","from":0',
        ))  # fmt: skip
        line = spoken(f'{{"id":{self._next_id()},{words}}}')
        return line * (1 + chance.below(100))

    def _pull(self):
        """What a pull of a log asks, with the log's own hash or another."""
        chance = self.chance
        logs = self._judge.stored_logs()
        name, found = chance.one(logs or [("r000001", "")])
        digest = json.dumps(found if chance.below(2) else "0" * 16)
        log = f'"kind":"log","name":"{name}"'
        words = [
            f'"cmd":"get",{log}', f'"cmd":"read",{log},"off":{chance.below(3000)},"n":512',
            f'"cmd":"pulled",{log},"sha":{digest}',
        ] * (1 + chance.below(3))  # fmt: skip
        if chance.below(4) == 0:
            words.append(f'"cmd":"del",{log}')
        return b"".join([spoken(f'{{"id":{self._next_id()},{row}}}') for row in words])

    def _start(self):
        """All it takes for a run of what is stored, or nearly all."""
        chance = self.chance
        start = ('"cmd":"start","profile":"warm","hash":'
                 + json.dumps(self._judge.stored_hash("warm") or sha(b""))
                 + f',"detach":{chance.one(("true", "false"))},"by":"fuzz","token":')  # fmt: skip
        if chance.below(2):
            start += json.dumps(self._judge.token or "none")
        else:
            start += chance.one(HOSTILE)
        words = [f'{{"id":{self._next_id()},"cmd":"clear"}}',
                 f'{{"id":{self._next_id()},{start}}}']  # fmt: skip
        if chance.below(3) == 0:
            words.insert(0, f'{{"id":{self._next_id()},"cmd":"claim","host":"fuzz"}}')
        return b"".join([spoken(text) for text in words])
