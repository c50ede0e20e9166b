"""docs/protocol.md and docs/log-format.md against the code: its tables, and what it answers."""

import ast
import base64
import re
from pathlib import Path

import pytest

from preheat import tomlfiles
from preheat_core import blocks, events, faults, metrics, protocol, runlog, settings
from preheat_core.check import canonical
from preheat_core.thermocouple import Reading
from preheat_core.tick import Inputs
from preheat_fw.logfile import LogDir
from preheat_fw.store import Store, sha
from preheat_fw.unit import Unit

ROOT = Path(__file__).resolve().parent.parent.parent
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
PROFILE = "hotplate-sac305"
LOG = (ROOT / "docs" / "log-format.md").read_text(encoding="utf-8")


def rows(page, head):
    """The rows of the table that begins with this heading, as tuples of their cells."""
    found = []
    for line in page[page.index("| " + head) :].splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        found.append(tuple(cell.strip().replace("\\|", "|") for cell in cells))
    return found


def names(page, head):
    """The first column without its backticks."""
    return [row[0].strip("`") for row in rows(page, head)]


def argument(cmd, name):
    """An argument as the page writes it."""
    kind, low, high = protocol.argument(cmd, name)
    kinds = {"choice": lambda: "|".join(low), "bool": lambda: "bool", "hex": lambda: f"hex {high}"}
    return f"`{name}` " + kinds.get(kind, lambda: f"{kind} {low} to {high}")()


def test_commands():
    want = [
        (f"`{cmd}`", " · ".join(argument(cmd, arg) for arg in args), "yes" if token else "", when,
         "yes" if cmd in events.REPEATABLE else "")
        for cmd, args, token, when in protocol.COMMANDS
    ]  # fmt: skip
    found = rows(PROTOCOL, "command | arguments")
    assert [row[:5] for row in found] == want
    assert all(row[5].endswith(".") for row in found)


def test_no_argument_is_left_over():
    used = {n for row in protocol.COMMANDS for arg in row[1] for n in (arg, f"{row[0]}.{arg}")}
    assert set(protocol.ARGUMENTS) <= used


def test_refusals():
    assert names(PROTOCOL, "code | meaning") == list(events.REFUSALS)


def test_kinds_of_arguments():
    used = {spec[0] for spec in protocol.ARGUMENTS.values()}
    assert set(names(PROTOCOL, "kind | value")) == used


def test_events():
    listed = [(row[0].strip("`"), tuple(re.findall(r"`(\w+)`", row[1])))
              for row in rows(PROTOCOL, "event | fields")]  # fmt: skip
    assert listed == list(events.EVENTS)


def test_status_keys():
    assert tuple(names(PROTOCOL, "key | meaning")) == events.STATUS_KEYS


def test_limits_in_words():
    for words in (
        f"at most {protocol.MAX_HOST_LINE} bytes", f"at most {protocol.MAX_DEVICE_LINE}.",
        f"at most {protocol.MAX_DEPTH} brackets", f"from 0 to {protocol.MAX_ID}",
        f"at most {protocol.MAX_STATUS_LINE}\nbytes", f"1 to {protocol.MAX_PUT_BYTES} bytes",
        f"at most {protocol.PART_BYTES} bytes each", f"at most {protocol.READ_BYTES} bytes each",
        f"Protocol number {protocol.PROTO}.",
    ):  # fmt: skip
        assert words in PROTOCOL, words


def test_examples_are_lines():
    examples = re.findall(r"^    (\{.*\t.*)$", PROTOCOL, re.M)
    assert len(examples) >= 6
    for line in examples:
        obj = protocol.decode(line.encode())
        if "st" in obj:
            assert set(obj) | {"f"} == set(events.STATUS_KEYS)


def test_every_event_in_the_firmware_is_in_the_table_with_its_fields():
    known = {name: set(fields) for name, fields in events.EVENTS}
    seen = set()
    for path in sorted((ROOT / "firmware").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Dict):
                continue
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if "ev" not in keys:
                continue
            name = ast.literal_eval(node.values[keys.index("ev")])
            assert set(keys) - {"ev", "t_ms"} == known[name], f"{path.name}:{node.lineno}"
            seen.add(name)
    assert seen == set(known)


class Gate:
    """A gate without a relay."""

    def off(self):
        """Nothing is on."""


@pytest.fixture
def unit(tmp_path):
    """The firmware's unit without hardware, a profile stored, its probes at 25 °C."""
    store = Store(str(tmp_path / "data"))
    board = tomlfiles.load_board("virtual-hotplate")
    store.write_bytes("board.json", canonical(board))
    store.write_bytes("settings.json", canonical(settings.default("bench")))
    store.write_bytes(f"profiles/{PROFILE}.json", canonical(tomlfiles.load_profile(PROFILE)))
    about = {
        "uid": "00", "boot_id": "0", "reset_cause": "power", "intent": None, "fw_hash": "0",
        "set_clock": lambda epoch_s: None, "epoch_s": lambda: None, "off_pins": ((15, 0), (16, 0)),
    }  # fmt: skip
    unit = Unit(store, LogDir(str(tmp_path / "logs")), about)
    unit.gate = Gate()
    assert unit.problems == []
    for tick in range(40):
        step(unit, tick)
    return unit


def step(unit, tick):
    readings = [Reading(25.0 + tick % 2 / 4, None, 22.0, tick) for _ in unit.board["probes"]]
    return unit.kernel.step(tick * 250, readings, Inputs())


def ask(unit, cmd, **args):
    answer = unit.desk.answer({"id": 1, "cmd": cmd, **args})
    assert answer.pop("id") == 1 and answer.pop("ok") is True, (cmd, answer)
    return answer


def test_answers_have_the_fields_of_the_table_and_a_log_has_those_of_its_own(unit):
    tables: dict[str, list[str]] = {}
    command = ""
    for row in rows(PROTOCOL, "command | field"):
        command = row[0].strip("`") or command
        tables.setdefault(command, []).append(row[1].strip("`"))
    payload = canonical(settings.default("other"))
    token = ask(unit, "claim", host="test")
    answers = {"claim": token}
    token = token["token"]
    digest = ask(unit, "get", kind="profile", name=PROFILE)["sha"]
    assert digest == sha(unit.store.read_bytes(f"profiles/{PROFILE}.json"))
    crc = protocol.crc_hex(payload).decode()
    parts = [payload[at : at + 90] for at in range(0, len(payload), 90)]
    encoded = [base64.b64encode(part).decode() for part in parts]
    script = [
        ("hello", {}), ("status", {}), ("limits", {"profile": PROFILE}),
        ("clock", {"epoch_s": 1800000000}),
        ("put", {"kind": "settings", "name": "settings", "size": len(payload), "crc": crc}),
        *[("part", {"n": n, "data": data}) for n, data in enumerate(encoded)],
        ("done", {}), ("get", {"kind": "settings", "name": "settings"}),
        ("read", {"kind": "board", "name": "board", "off": 0, "n": 9}),
        ("list", {"kind": "log", "from": 0}), ("list", {"kind": "profile", "from": 0}),
        ("arm", {"token": token, "profile": PROFILE, "hash": digest}),
        ("disarm", {"token": token}), ("test", {"token": token, "what": "ticks"}), ("tested", {}),
        ("start", {"token": token, "profile": PROFILE, "hash": digest, "detach": False,
                   "by": "test"}),
        ("status", {}), ("beat", {"token": token}), ("trim", {"token": token, "delta_c": -1}),
        ("ext", {"token": token, "on": False}), ("stop", {}), ("alarms", {}), ("ack", {}),
        ("clear", {}),
    ]  # fmt: skip
    for cmd, args in script:
        answers[cmd] = ask(unit, cmd, **args)
        assert set(answers[cmd]) == set(tables.get(cmd, [])), cmd
        if cmd == "beat":
            for tick in range(40, 44):
                step(unit, tick)
    assert set(tables) - {"pulled"} <= set(answers)

    unit.kernel.close_run()
    run_id = answers["start"]["run_id"]
    unit.journal.flush(unit.kernel)
    digest = ask(unit, "get", kind="log", name=run_id)["sha"]
    answer = ask(unit, "pulled", kind="log", name=run_id, sha=digest)
    assert list(answer) == tables["pulled"]
    log = runlog.read(unit.logs.read(run_id, 0, 1 << 20))
    assert log.problem is None and log.end == "aborted" and log.records
    header = [row[0].strip("`") for row in rows(LOG, "field | type | meaning |")]
    assert set(log.header) == set(header)
    summary = [row[0].strip("`") for row in rows(LOG[LOG.index("## Summary") :], "field | type")]
    assert set(log.summary) == set(summary) - {"t_ms"}
    for event in log.events:
        fields = dict(events.EVENTS)[event["ev"]]
        assert set(event) == {"t_ms", "ev", *fields}


def test_metrics():
    assert set(names(LOG, "metric | unit")) == set(metrics.RunMetrics(None).summary())


def test_block_types_and_record_fields():
    assert names(LOG, "type | name") == ["1", "2", "3", "4"]
    kinds = [row[1] for row in rows(LOG, "type | name")]
    assert [getattr(blocks, kind.upper()) for kind in kinds] == [1, 2, 3, 4]
    fields = [row[2].strip("`") for row in rows(LOG, "offset | type | field")]
    assert tuple(fields) == runlog.RECORD_FIELDS
    states = dict(re.findall(r"(\d) `(\w+)`", rows(LOG, "offset | type | field")[1][3]))
    assert {int(number): name for number, name in states.items()} == dict(
        enumerate(faults.STATE_NAMES)
    )


def test_the_reader_on_the_page_reads_what_the_codec_writes():
    (source,) = re.findall(r"```python\n(.*?)```", LOG, re.S)
    space: dict = {}
    exec(source, space)
    writer = runlog.Writer(2)
    probes = ((50.5, 49.0, 51.0), (None, 30.0, 31.0))
    out = writer.header({"probes": [["a", "board"], ["b", "heater"]], "pad": "p" * 2000})
    writer.add_record(1000, 1, 0, 60.0, 0.5, 0.25, 4, probes)
    writer.add_record(2000, 4, None, None, 0.0, 0.0, 0, probes)
    out += writer.event({"t_ms": 2000, "ev": "end", "run": "r000001", "end": "done"})
    out += writer.summary({"end": "done"})
    data = b"".join(out)
    header, records, events, summary = space["read"](data)
    log = runlog.read(data)
    assert (header, events, summary) == (log.header, log.events, log.summary)
    assert records == [
        ((1000, 1, 0, 960, 100, 50, 4), [50.5, 49.0, 51.0, None, 30.0, 31.0]),
        ((2000, 4, 255, -32768, 0, 0, 0), [50.5, 49.0, 51.0, None, 30.0, 31.0]),
    ]
    cut = space["read"](data[:-3])
    assert cut[1] == records and cut[3] is None
