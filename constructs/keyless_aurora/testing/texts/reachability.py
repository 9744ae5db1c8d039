"""Who can open a connection to whom."""

from keyless_checks.reading.reachability import Reachability
from keyless_checks.reading.templates import Templates


def reachability(templates: Templates) -> str:
    """A line for each connection that can be opened, with its ports."""
    return "".join(f"{reach}\n" for reach in sorted(map(str, Reachability(templates).matrix())))
