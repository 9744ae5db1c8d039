"""Reads the policies of each function's role, inline and attached: which logins they name beside the function's own.

A login tells only of the names that are tried. A policy is read as if no Deny and no condition took anything from it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from botocore.exceptions import ClientError

from keyless.rehearsal.lines.outcome import Attempt, Line, Outcome
from keyless.verify.deployed import Clients, Deployed, Function

CONNECT: Final = "rds-db:connect"
Statement = Mapping[str, Any]


def policies(clients: Clients, deployed: Deployed) -> tuple[list[Line], list[str]]:
    """A line for each function that logs in, the engine's too; and of which nothing can be read."""
    lines, notes = [], []
    for function in (*deployed.functions, deployed.bootstrap, deployed.watch):
        try:
            lines.append(_line(function, list(_statements(clients("iam"), function)), deployed))
        except ClientError as error:
            notes.append(f"which logins the policies of {function.name}'s role name: {error}")
    return lines, notes


def _line(function: Function, statements: list[tuple[str, Statement]], deployed: Deployed) -> Line:
    own = _own(function, deployed)
    found = [f"{name} allows {r}" for name, one in statements for r in connects(one) if not own.fullmatch(r)]
    measured = Attempt(Outcome.DRIFT, "; ".join(found)) if found else Attempt(Outcome.AS_SPECIFIED, "no other")
    what = f"{function.name}'s role names one login"
    return Line(what, Outcome.AS_SPECIFIED, "", measured, f"function {function.name}")


def _own(function: Function, deployed: Deployed) -> "re.Pattern[str]":
    """Matches nothing for a user with a password."""
    login = function.login
    there = "(cluster|db)" if login.host == deployed.database.host else "prx"
    text = rf"arn:[a-z-]+:rds-db:[a-z0-9-]+:\d{{12}}:dbuser:{there}-[A-Za-z0-9]+/{re.escape(login.user)}"
    return re.compile("(?!)" if login.secret else text)


def connects(statement: Statement) -> list[str]:
    """The resources that it lets its role log in at; of NotResource, all."""
    actions, but = _listed(statement, "Action"), _listed(statement, "NotAction")
    named = any(_matches(action, CONNECT) for action in actions)
    named = named or (bool(but) and not any(_matches(action, CONNECT) for action in but))
    if statement.get("Effect") != "Allow" or not named:
        return []
    if "NotResource" in statement:
        return [f"all but {', '.join(_listed(statement, 'NotResource'))}"]
    return [resource for resource in _listed(statement, "Resource") if _of_logins(resource)]


def _of_logins(resource: str) -> bool:
    """A wildcard before the service may stand for it, too."""
    before, service = resource.split(":")[:2], "".join(resource.split(":")[2:3])
    return "*" in "".join(before) or _matches(service, "rds-db")


def _matches(pattern: str, text: str) -> bool:
    """As IAM compares actions: by * and ?, whatever the case."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.IGNORECASE) is not None


def _listed(statement: Statement, key: str) -> list[str]:
    found = statement.get(key, [])
    return [found] if isinstance(found, str) else list(found)


def _statements(iam: Any, function: Function) -> Iterator[tuple[str, Statement]]:
    """Each with its policy's name."""
    for name, document in _documents(iam, str(function.configuration["Role"]).rpartition("/")[2]):
        read = json.loads(unquote(document)) if isinstance(document, str) else document
        found = read["Statement"]
        yield from ((name, one) for one in (found if isinstance(found, list) else [found]))


def _documents(iam: Any, role: str) -> Iterator[tuple[str, Any]]:
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for name in page["PolicyNames"]:
            yield name, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    for page in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for one in page["AttachedPolicies"]:
            version = iam.get_policy(PolicyArn=one["PolicyArn"])["Policy"]["DefaultVersionId"]
            found = iam.get_policy_version(PolicyArn=one["PolicyArn"], VersionId=version)
            yield one["PolicyName"], found["PolicyVersion"]["Document"]
