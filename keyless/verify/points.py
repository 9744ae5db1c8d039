"""What only AWS can show, as the README lists it, and what a verify answers of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "not measured"


Facts = Mapping[str, Any]
"""What a probe has read about the master: keyless_probe.facts."""


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    evidence: str


@dataclass(frozen=True)
class Point:
    asks: str
    """As the README has it."""
    answer: Callable[[Facts], Answer]


def _stays(why: str) -> Callable[[Facts], Answer]:
    return lambda _: Answer(Verdict.UNKNOWN, why)


def _master_and_rds_iam(facts: Facts) -> Answer:
    member, gives = bool(facts["member of rds_iam"]), "rds_iam" in facts["may give"]
    verdict = Verdict.YES if member and gives else Verdict.NO
    return Answer(verdict, f"member of rds_iam: {_said(member)}; with ADMIN option: {_said(gives)}")


def _ends_sessions(facts: Facts) -> Answer:
    may = bool(facts["may end sessions"])
    return Answer(Verdict.YES if may else Verdict.NO, f"has pg_signal_backend's rights: {_said(may)}")


def _gives_predefined(facts: Facts) -> Answer:
    given = [role for role in facts["may give"] if role.startswith(("pg_", "rds_"))]
    return Answer(Verdict.YES if given else Verdict.NO, f"with ADMIN option: {', '.join(given) or 'none'}")


def _application_name(facts: Facts) -> Answer:
    found = facts["application_name"]
    kept = found == "keyless verify"
    return Answer(Verdict.YES if kept else Verdict.NO, f"the session of a probe has application_name {found!r}")


POINTS: Final = (
    Point(
        "whether the IAM master of Aurora is a member of `rds_iam` like any IAM user, and may grant it",
        _master_and_rds_iam,
    ),
    Point(
        "whether Aurora 16+ counts the ADMIN-only membership that CREATEROLE brings as a membership in `rds_iam` "
        "(stock PostgreSQL does)",
        _stays("it takes a master that has just made a user with a password"),
    ),
    Point(
        "whether RDS Proxy, for a user whose secret it cannot read, falls back to its default scheme, as ours does",
        _stays("it takes a secret that the proxy's role may not read"),
    ),
    Point(
        "whether changing the master of an existing database to IAM needs a restart",
        _stays("it takes a change of the master"),
    ),
    Point(
        "whether Aurora lets the master make a role with CREATEROLE for a moment, as it does for a thousand new users "
        "or more",
        _stays("it takes a deploy of a thousand users"),
    ),
    Point(
        "whether the master of RDS may end other roles' sessions and see whom it waits for (`pg_terminate_backend` and "
        "`pg_blocking_pids`, by `pg_signal_backend` through `rds_superuser`), and may set what the engine sets when it "
        "connects",
        _ends_sessions,
    ),
    Point(
        "which predefined roles RDS's master may give to others from PostgreSQL 16 on (`pg_monitor`, "
        "`pg_read_all_data`, `rds_replication`, …, by the ADMIN option of `rds_superuser`), and what else RDS lets "
        "members of `rds_replication` do",
        _gives_predefined,
    ),
    Point(
        "whether EventBridge delivers to the encrypted topic with no further condition than the topic's policy has",
        _stays("it takes a subscriber: let the drift watch find a right, and read the mail"),
    ),
    Point(
        "how RDS Proxy treats `application_name`, and sessions whose role has a `role` setting, when it pools",
        _application_name,
    ),
)


def answers(facts: Facts | None) -> tuple[tuple[Point, Answer], ...]:
    """Of each point; `facts` are None when no probe could log in."""
    if facts is None:
        return tuple((point, Answer(Verdict.UNKNOWN, "no probe could log in")) for point in POINTS)
    return tuple((point, point.answer(facts)) for point in POINTS)


def _said(value: bool) -> str:
    return "yes" if value else "no"
