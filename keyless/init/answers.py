"""What an app is made of: the answers to the questions of `keyless init`, and what each may be."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from db_access.spec import identifier
from keyless.init.engines import ENGINES

PATTERNS: Final = ("A", "B", "C")
_REGION: Final = re.compile(r"(?!cn-|us-gov-|us-iso|eu-isoe-)[a-z]{2}(-[a-z]+)+-[0-9]")
_NAME: Final = re.compile("(?!.*keyless-aurora)(?=.{1,30}$)[a-z](-?[a-z0-9])*")
"""As `keyless_aurora.settings.naming` takes it."""
_TABLE: Final = re.compile(r"(?P<schema>[a-z][a-z0-9_]{0,39})\.(?P<table>[a-z][a-z0-9_]{0,39})")
_TAKEN: Final = ("ops", "public", "information_schema", "innodb", "mysql", "performance_schema", "sys", "rdsadmin")
"""Schemas that are the migrator's, everybody's or a server's. The spec refuses more."""


class InitError(Exception):
    """Nothing was written: each reason, and what is allowed."""


@dataclass(frozen=True)
class Answers:
    region: str = "eu-west-1"
    engine: str = "aurora"
    pattern: str = "A"
    table: str = "app.event"
    """The first: schema.table."""
    name: str = "app"

    @property
    def schema_and_table(self) -> tuple[str, str]:
        schema, _, table = self.table.partition(".")
        return schema, table


@dataclass(frozen=True)
class Question:
    field: str
    """Of `Answers`, and the option's name."""
    text: str
    allowed: str
    holds: Callable[[str], bool]


def _own_table(name: str) -> bool:
    found = _TABLE.fullmatch(name)
    if found is None or found["schema"] in _TAKEN:
        return False
    try:
        identifier(found["schema"])
    except ValueError:
        return False
    return True


def suggested_name(folder: str) -> str:
    """A name of the app that is possible, like that of its folder."""
    name = "-".join(re.findall("[a-z0-9]+", folder.lower())).lstrip("-0123456789")[:30].strip("-")
    return name if _NAME.fullmatch(name) else Answers.name


QUESTIONS: Final = (
    Question(
        "name",
        "name of the app, in the names of all that it has on AWS",
        "small letters, digits and single hyphens, a letter first, at most 30, without keyless-aurora in it",
        lambda answer: _NAME.fullmatch(answer) is not None,
    ),
    Question(
        "region",
        "AWS region",
        "a region of the partition aws, such as eu-west-1",
        lambda answer: _REGION.fullmatch(answer) is not None,
    ),
    Question(
        "engine",
        "database: aurora (Aurora PostgreSQL, serverless), instance (RDS for PostgreSQL), aurora-mysql (Aurora MySQL, "
        "serverless), mysql or mariadb (RDS for it)",
        ", ".join(ENGINES),
        ENGINES.__contains__,
    ),
    Question(
        "pattern",
        "way to it: A (IAM through RDS Proxy), B (a rotated secret through RDS Proxy) or C (IAM, direct)",
        ", ".join(PATTERNS),
        PATTERNS.__contains__,
    ),
    Question(
        "table",
        "first table, as schema.table",
        "schema.table of small letters, digits and _, at most 40 each, which begin with a letter; the schema is none "
        f"of {', '.join(_TAKEN)}, and does not begin with pg_",
        _own_table,
    ),
)


def refusal(question: Question, given: str) -> str:
    """Why an answer isn't possible, and what is, or what leads to what was meant."""
    later = f". {_LATER[given]}" if given in _LATER else ""
    return f"{given!r} is not possible; allowed: {question.allowed}{later}"


_BY_HAND: Final = (
    "An app of SQL Server, Oracle or Db2 (pattern D) begins as one of these, with `SecretInstanceSettings` and "
    "`pattern=Pattern.D` in its environments.py: docs/infrastructure.md, SQL Server, Oracle and Db2"
)
_LATER: Final = dict.fromkeys(("sqlserver", "oracle", "db2", "D"), _BY_HAND)
"""What the app that is written can become, by answers that aren't possible."""


def problems(answers: Answers) -> Iterator[str]:
    """What is wrong with them, a sentence each."""
    for question in QUESTIONS:
        given = getattr(answers, question.field)
        if not question.holds(given):
            yield f"--{question.field}: {refusal(question, given)}"
