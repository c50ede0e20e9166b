"""Facts to findings: runs every judge, the worst findings first."""

from preheat.doctor import about_data, about_laptop, about_line, about_state, about_time
from preheat.doctor.facts import Facts
from preheat.doctor.finding import Finding, ordered


def judge(facts: Facts) -> list[Finding]:
    """All findings, the worst first. Pure: the same facts give the same findings."""
    found = about_laptop.findings(facts) + about_line.findings(facts)
    if facts.unit is not None and facts.unit.first is not None:
        unit = facts.unit
        found += about_data.findings(unit, facts)
        found += about_state.findings(unit, facts)
        found += about_time.findings(unit)
    return ordered(found)
