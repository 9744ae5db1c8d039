"""Which database is deployed and how functions reach it: what the environment says, but for what is asked for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

POSTGRESQL = ("aurora", "instance")
DATABASES = (*POSTGRESQL, "aurora-mysql", "mysql", "mariadb")
PATTERNS = ("A", "B", "C")
USERS = ("iam", "password")
_BY_SECRET = ("sqlserver", "oracle", "db2")
_NOT_REHEARSED: Final = (
    "{name} isn't rehearsed: nothing here makes its users. Its templates are made by `make synth ENV=dev "
    'ARGS="-c database=sqlserver -c users=password"`, or oracle or db2 (docs/infrastructure.md, SQL Server, Oracle and '
    "Db2)"
)


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
        return cls(options.database or "", options.pattern or "", options.users)

    @property
    def with_secrets(self) -> bool:
        return self.users == "password" or (not self.users and self.pattern == "B")

    @property
    def context(self) -> dict[str, str]:
        """For `cdk synth`, beside the environment's name: all that was asked for, whatever the environment has."""
        users = "password" if self.with_secrets else ""
        chosen = {"database": self.database, "pattern": self.pattern, "users": users}
        return {key: value for key, value in chosen.items() if value}


def _listed(names: Sequence[str]) -> str:
    return f"{{{','.join(names)}}}"


def _one_of(allowed: Sequence[str], by_secret: Sequence[str], name: str) -> str:
    if name in allowed:
        return name
    known = _NOT_REHEARSED.format(name=name) if name in by_secret else f"{name!r} is unknown"
    raise argparse.ArgumentTypeError(f"{known}; allowed: {', '.join(allowed)}")


def add_options(
    parser: "argparse.ArgumentParser | argparse._ArgumentGroup", databases: Sequence[str] = DATABASES
) -> None:
    parser.add_argument(
        "--database",
        type=partial(_one_of, databases, _BY_SECRET),
        metavar=_listed(databases),
        help="which kind of database (default: the environment's)",
    )
    parser.add_argument(
        "--pattern",
        type=partial(_one_of, PATTERNS, ("D",)),
        metavar=_listed(PATTERNS),
        help="A: IAM through the proxy, B: a secret through it, C: direct (default: the environment's)",
    )
    parser.add_argument("--users", choices=USERS, default="", help="how the app's users log in with C (default: iam)")
