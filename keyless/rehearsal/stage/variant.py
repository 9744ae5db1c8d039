"""Which database is deployed and how functions reach it: what the environment says, but for what is asked for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

POSTGRESQL = ("aurora", "instance")
DATABASES = (*POSTGRESQL, "aurora-mysql", "mysql", "mariadb")
PATTERNS = ("A", "B", "C")
USERS = ("iam", "password")


@dataclass(frozen=True)
class Variant:
    """Empty is the environment's. `users` is how users log in; empty is what the pattern that was asked for is for. The
    app makes the spec for it out of its own."""

    database: str = ""
    pattern: str = ""
    users: str = ""

    @classmethod
    def chosen(cls, options: argparse.Namespace) -> Self:
        """By the options that `add_options` has added."""
        return cls(options.database, options.pattern, options.users)

    @property
    def with_secrets(self) -> bool:
        return self.users == "password" or (not self.users and self.pattern == "B")

    @property
    def context(self) -> dict[str, str]:
        """For `cdk synth`, beside the environment's name: all that was asked for, whatever the environment has."""
        users = "password" if self.with_secrets else ""
        chosen = {"database": self.database, "pattern": self.pattern, "users": users}
        return {key: value for key, value in chosen.items() if value}


def add_options(
    parser: "argparse.ArgumentParser | argparse._ArgumentGroup", databases: Sequence[str] = DATABASES
) -> None:
    parser.add_argument(
        "--database",
        choices=databases,
        default="",
        help="which kind of database (default: the environment's)",
    )
    parser.add_argument(
        "--pattern",
        choices=PATTERNS,
        default="",
        help="A: IAM through the proxy, B: a secret through it, C: direct (default: the environment's)",
    )
    parser.add_argument("--users", choices=USERS, default="", help="how the app's users log in with C (default: iam)")
