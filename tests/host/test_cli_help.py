"""The command line as a whole: every verb is there, says what it does, and loads little."""

import json
import os
import subprocess
import sys

import click
import pytest

from preheat.cli import VERBS, root

VERBS_WANTED = {
    "run", "hold", "status", "watch", "continue", "stop", "ack", "clear", "unit", "config",
    "board", "flash", "calibrate", "deploy", "provision", "tune", "profile", "log", "demo",
    "virtual", "completion", "doctor", "selftest", "report", "limits",
    "job", "operator", "procedure", "audit",
}
SUB_VERBS = {
    "config": {"check", "show", "diff", "push", "pull"},
    "profile": {"list", "check", "push", "pull", "show", "plot", "import"},
    "log": {"list", "pull", "export", "incident"},
    "unit": {"list", "name", "forget", "service", "live", "backup", "restore"},
    "board": {"list", "show", "check"},
    "job": {
        "open", "set", "add", "remove", "note", "override", "list", "show", "close", "reopen",
        "check", "attach-run", "report",
    },
    "operator": {"add", "certify", "revoke", "skill", "leave", "list", "show", "expiring"},
    "procedure": {"list", "show", "check"},
    "audit": {"verify", "export", "query", "log"},
    "calibrate": {"show", "point", "apply", "clear"},
}
HEAVY = ("numpy", "scipy", "matplotlib", "sqlalchemy", "mpremote", "esptool", "serial", "littlefs")


def commands():
    """Every command as (path, click command), verbs and their sub-verbs."""
    context = click.Context(root)
    for verb in VERBS:
        command = root.get_command(context, verb.name)
        yield verb.name, command
        for name, child in getattr(command, "commands", {}).items():
            yield f"{verb.name} {name}", child


def test_the_table_holds_the_verbs():
    assert {verb.name for verb in VERBS} == VERBS_WANTED
    for name, wanted in SUB_VERBS.items():
        group = root.get_command(click.Context(root), name)
        assert set(group.commands) == wanted


def test_every_verb_and_option_says_what_it_does():
    for path, command in commands():
        assert command.help, path
        for param in command.params:
            if isinstance(param, click.Option) and param.name not in ("kind",):
                assert param.help, f"{path} {param.name}"


def test_every_verb_has_json_except_those_that_print_a_script():
    for path, command in commands():
        if isinstance(command, click.Group) or path == "completion":
            continue
        names = [option for param in command.params for option in param.opts]
        assert "--json" in names, path


def test_the_listed_name_is_the_command_s_own():
    for path, command in commands():
        assert path.split()[-1] == command.name


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["run", "--help"], ["config", "--help"], ["job", "--help"],
     ["audit", "verify", "--help"]],
)
def test_help_imports_nothing_heavy(arguments, tmp_path):
    code = (
        "import sys, json\n"
        "from preheat.__main__ import main\n"
        f"code = main({arguments!r})\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True,
        env={**os.environ, "PREHEAT_HOME": str(tmp_path), "PYTHONUTF8": "1"},
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status == 0
    assert "Usage" in done.stdout
    assert [name for name in HEAVY if name in modules] == []


def test_help_is_utf8_on_any_console(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "preheat", "run", "--help"], capture_output=True, check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PREHEAT_HOME": str(tmp_path)},
    )
    assert "°C" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_prints_a_script(shell, capsys):
    from preheat.__main__ import main

    assert main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert "_PREHEAT_COMPLETE" in out
    assert "preheat" in out


def test_powershell_completes_a_verb(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "preheat"], capture_output=True, encoding="utf-8", check=True,
        env={**os.environ, "_PREHEAT_COMPLETE": "powershell_complete",
             "COMP_WORDS": "preheat comp", "COMP_CWORD": "comp", "PREHEAT_HOME": str(tmp_path)},
    )
    assert done.stdout.startswith("completion\t")
