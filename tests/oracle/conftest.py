"""Tells at the end how many triples were tried, of all workers together."""

import pytest

from tests.oracle.tally import PROPERTY, Tally


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (report for found in terminalreporter.stats.values() for report in found)
    tallies = [
        Tally(*value)
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY and report.when == "call"
    ]
    if tallies:
        terminalreporter.write_line(str(sum(tallies[1:], tallies[0])))
