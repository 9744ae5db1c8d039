"""`keyless doctor`: whose login is meant, and how it is made; keyless.doctor looks at it."""

from keyless.cli.doctor.asked import Asked
from keyless.cli.doctor.command import run

__all__ = ["Asked", "run"]
