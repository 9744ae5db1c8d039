"""What the operator may say, and the question before anything is done."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from keyless import asking
from keyless.output_file import json_file
from keyless.rehearsal.stage.variant import POSTGRESQL, Variant, add_options
from keyless.verify.changes.kinds import Change

_ALONE: Final = {
    "compare": {"compare"},
    "remove": {"remove", "environment", "app"},
    "rehearsed": {"rehearsed", "environment", "app", "database", "pattern", "users", "json", "with_changes"},
}
"""Options that leave few others an effect -> those."""


def parse(arguments: Sequence[str] | None, description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "keyless verify", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environment", "--env", default="dev", help="which environment (default: dev)")
    parser.add_argument("--app", type=Path, default=Path(), metavar="DIR", help="the app's folder (default: this one)")
    parser.add_argument("--config", type=Path, default=Path("config/access.yaml"), help="the access spec")
    parser.add_argument("--json", type=json_file, metavar="FILE", help="also write the evidence to FILE")
    parser.add_argument("--rehearsed", action="store_true", help="on this machine's stand-ins instead of the account")
    rehearsed = parser.add_argument_group("with --rehearsed", "on an account it is what is deployed there")
    add_options(rehearsed, POSTGRESQL)
    parser.add_argument("--remove", action="store_true", help="undo and remove what an earlier verify has left")
    parser.add_argument("--yes", action="store_true", help="don't ask before the probes are deployed")
    parser.add_argument(
        "--with-changes",
        nargs="*",
        type=Change,
        choices=list(Change),
        metavar="KIND",
        help=f"also measure what takes a change of the environment: {', '.join(Change)}; all of them if none is named; "
        "not in a protected environment",
    )
    parser.add_argument(
        "--compare", nargs=2, type=Path, metavar="FILE", help="compare the evidence in two files, and do nothing else"
    )
    found = parser.parse_args(arguments)
    if not found.rehearsed and Variant.chosen(found) != Variant():
        parser.error(
            "--database, --pattern and --users are for --rehearsed; on an account it is what is deployed there"
        )
    _refuse_idle(parser, found)
    found.changes = frozenset(found.with_changes or Change) if found.with_changes is not None else frozenset()
    return found


def _refuse_idle(parser: argparse.ArgumentParser, found: argparse.Namespace) -> None:
    """Options that change nothing of what is done."""
    for option, used in _ALONE.items():
        idle = [name for name, value in vars(found).items() if value != parser.get_default(name) and name not in used]
        if getattr(found, option) and idle:
            given = ", ".join(f"--{name.replace('_', '-')}" for name in idle)
            parser.error(f"without effect with --{option}: {given}; allowed: --{option} without")


def agreed() -> bool:
    if not asking.attended():
        print("keyless verify: nothing was done; allowed: --yes where there is no terminal to ask on", file=sys.stderr)
        return False
    return asking.answer("Go on? [y/N] ").strip().lower() in ("y", "yes")
