"""Prints, at the end of a test run, the lines that tests recorded for its reader.

A test says `record_property("summary", "text")`; under pytest-xdist it travels with the report.
"""


def pytest_terminal_summary(terminalreporter):
    """One section with every recorded summary line; nothing if there is none."""
    lines = [
        text
        for report in terminalreporter.stats.get("passed", ())
        for name, text in getattr(report, "user_properties", ())
        if name == "summary" and report.when == "call"
    ]
    if lines:
        terminalreporter.section("figures")
        for text in lines:
            terminalreporter.write_line(text)
