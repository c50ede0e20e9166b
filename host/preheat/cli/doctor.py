"""`doctor`: what is wrong between this laptop and a unit, what it means, and what to do."""

from typing import Any

import rich_click as click

from preheat.cli.common import Output, json_option, port_option


@click.command()
@port_option
@json_option
def doctor(port: "str | None", as_json: bool) -> None:
    """Say what is wrong, in plain words: ports, drivers, rights, firmware, data, probes, clock.

    Changes nothing. Opens only the port that is named or known, speaks only the line protocol
    there, and interrupts nothing. Without a unit it looks at this laptop alone.
    """
    from preheat.doctor import about_time, gathering, judging
    from preheat.doctor.finding import PROBLEM, SEVERITIES
    from preheat.errors import VerifyError

    output = Output(as_json)
    facts = gathering.gather(port)
    found = judging.judge(facts)
    for row in found:
        output.say(f"{row.severity.upper()}: {row.seen}")
        output.say(f"    means  {row.meaning}")
        output.say(f"    next   {row.next}")
    count = {severity: sum(row.severity == severity for row in found) for severity in SEVERITIES}
    output.say("nothing wrong was found" if not found else
               ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in count.items()))
    drift = about_time.drift(facts.unit) if facts.unit else None
    output.document({
        "ok": count[PROBLEM] == 0, "system": facts.laptop.system, "preheat": facts.toolkit,
        "port": facts.unit.port if facts.unit else None,
        "unit": _reached(facts),
        "drift_pct": None if drift is None else round(drift.pct, 3),
        "drift_error_pct": None if drift is None else round(drift.error_pct, 3),
        "ports": [row.device for row in facts.laptop.ports],
        "findings": [row.as_dict() for row in found],
    })  # fmt: skip
    if count[PROBLEM]:
        plural = "1 problem" if count[PROBLEM] == 1 else f"{count[PROBLEM]} problems"
        raise VerifyError(f"the doctor found {plural}", "do what stands under `next`, then ask "
                          "again")


def _reached(facts: Any) -> "str | None":
    """The name of the unit that answered, or None."""
    return facts.unit.name if facts.unit and facts.unit.first else None
