"""The `keyless` command in a process of its own."""

import os
import subprocess
import sys


def keyless(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own, with no credentials and no variables of libpq's but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AWS_", "POSTGRES_"))}
    command = [sys.executable, "-m", "keyless", *arguments]
    return subprocess.run(command, env={**kept, **variables}, capture_output=True, text=True, check=False, timeout=120)
