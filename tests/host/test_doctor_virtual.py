"""A virtual unit saved, robbed of its data, seen by the doctor, restored: the real firmware."""

import pytest

from host import doctor_facts
from host.cli_helpers import Shell
from host.standin import service
from preheat.bench.supervisor import VirtualUnit, has_micropython
from preheat.doctor import laptop

TIME = {"clock_unset", "clock_wrong", "drift"}  # a virtual unit's own, on a busy machine


@pytest.mark.skipif(not has_micropython(), reason="needs a prompt, so a real MicroPython")
def test_backup_wipe_doctor_restore(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(laptop, "gather", doctor_facts.laptop)
    preheat = Shell(capsys, monkeypatch, tmp_path)
    with VirtualUnit("hotplate", speed=0) as unit:
        port = unit.port

        def verb(*words):
            ran = preheat(*words, "--port", port, "--json")
            return ran.code, {row["code"] for row in ran.document.get("findings", ())}, ran

        assert verb("profile", "push", "hotplate-sn63")[0] == 0
        assert verb("unit", "backup")[0] == 0
        had = preheat("config", "show", "--port", port, "--json").document
        assert verb("unit", "restore", "last", "--yes")[2].document["changed"] == []
        code, found, ran = verb("doctor")
        assert (code, found - TIME) == (0, set()), ran.out
        with service(port) as remote:
            for path in remote.tree("/data"):
                if "settings" in path or "profiles/" in path:
                    remote.remove(path)
        code, found, ran = verb("doctor")
        assert code == 7 and "filesystem" in found, ran.out
        ran = preheat("unit", "restore", "last", "--port", port, "--yes", "--json")
        assert ran.document["changed"] == ["settings", "profile hotplate-sn63"], ran.err
        assert preheat("config", "show", "--port", port, "--json").document == had
        code, found, ran = verb("doctor")
        assert code == 0 and "filesystem" not in found, ran.out
