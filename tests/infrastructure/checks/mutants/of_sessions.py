"""Who logs in as whom, broken on purpose: what functions are told against what they may."""

import json
from typing import Any

from keyless_checks.reading.access import ACCESS
from keyless_checks.rules.sessions import existing, functions, proxies, variables
from tests.infrastructure.checks.mutants.edit import Mutant, add, less, more, pick, put, statement
from tests.infrastructure.templates import Change, Templates

FUNCTION, PROXY, CLUSTER, CONNECT = (
    "AWS::Lambda::Function",
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBCluster",
    "rds-db:connect",
)
WRITER, BOOTSTRAP, WATCH = "workload/Writer", "access/Bootstrap", "access/Watch"


def told(part: str, **values: object) -> Change:
    """Change a function's variables."""
    return lambda templates: pick(templates, FUNCTION, part).props["Environment"]["Variables"].update(values)


def _session(templates: Templates, part: str) -> Any:
    """The resource of the session that another role has."""
    document = pick(templates, "AWS::IAM::Policy", f"{part}/Role").props["PolicyDocument"]
    return next(entry["Resource"] for entry in document["Statement"] if entry["Action"] == CONNECT)


def _as(other: str, part: str = WRITER) -> Change:
    """The session of another function instead of its own."""
    return lambda templates: statement(CONNECT, f"{part}/Role", Resource=_session(templates, other))(templates)


def _also_as(other: str, part: str = WRITER) -> Change:
    return lambda templates: more(f"{part}/Role", Action=CONNECT, Resource=_session(templates, other))(templates)


def _proxy_also_as_master(templates: Templates) -> None:
    sessions = _session(templates, "database/Proxy")
    separator, parts = sessions[0]["Fn::Join"]
    sessions.append({"Fn::Join": [separator, [*parts[:-1], "/keyless_master"]]})


def _proxy_lacks_one(templates: Templates) -> None:
    _session(templates, "database/Proxy").pop()


def _unknown_user(templates: Templates) -> None:
    """The writer, as whom a function logs in."""
    pick(templates, ACCESS).props["Spec"]["users"].pop(1)


def _password(templates: Templates) -> None:
    pick(templates, ACCESS).props["Spec"]["users"][1]["auth_method"] = "password"


def _everywhere_as(part: str, user: str, other: str) -> Change:
    """Told and allowed alike."""

    def change(templates: Templates) -> None:
        told(part, PGUSER=other)(templates)
        document = pick(templates, "AWS::IAM::Policy", f"{part}/Role").props["PolicyDocument"]
        entry = next(entry for entry in document["Statement"] if entry["Action"] == CONNECT)
        entry["Resource"] = json.loads(json.dumps(entry["Resource"]).replace(f"/{user}", f"/{other}"))

    return change


def _existing_role(templates: Templates) -> None:
    """Named by no user, and let in as the writer."""
    entry = {"Effect": "Allow", "Action": CONNECT, "Resource": _session(templates, WRITER)}
    document = {"Version": "2012-10-17", "Statement": [entry]}
    add("workload", "AWS::IAM::Policy", PolicyDocument=document, PolicyName="Login", Roles=["Admins"])(templates)


MUTANTS = [
    Mutant("a watch that is the master", functions.watchs_user, _everywhere_as(WATCH, "drift_watch", "keyless_master")),
    Mutant(
        "a watch that is a user with rights", functions.watchs_user, _everywhere_as(WATCH, "drift_watch", "migrator")
    ),
    Mutant(
        "an application that is the watch's user",
        functions.watchs_user,
        _everywhere_as(WRITER, "lambda_writer", "drift_watch"),
    ),
    Mutant("a function that is told another user", functions.told_is_allowed, told(WRITER, PGUSER="migrator")),
    Mutant("a function that may log in as another", functions.told_is_allowed, _as("workload/Migrator")),
    Mutant("a function that may log in as another, too", functions.told_is_allowed, _also_as("workload/Migrator")),
    Mutant("a function that may log in as the master, too", functions.told_is_allowed, _also_as(BOOTSTRAP)),
    Mutant(
        "a function that may log in to another database",
        functions.told_is_allowed,
        statement(
            CONNECT, f"{WRITER}/Role", Resource="arn:aws:rds-db:eu-west-1:111122223333:dbuser:cluster-0AB/lambda_writer"
        ),
    ),
    Mutant("a function that may not log in", functions.told_is_allowed, less(f"{WRITER}/Role", CONNECT)),
    Mutant("a watch that is told another user", functions.told_is_allowed, told(WATCH, PGUSER="postgres")),
    Mutant("a function past the proxy", functions.told_is_allowed, told(WRITER, PGHOST="10.0.0.1")),
    Mutant("a user that the spec doesn't have", functions.declared_users, _unknown_user),
    Mutant("a database that the spec doesn't have", functions.declared_users, told(WRITER, PGDATABASE="postgres")),
    Mutant("a bootstrap as somebody else than the master", functions.declared_users, told(BOOTSTRAP, PGUSER="admin")),
    Mutant("a user with a password and no secret", functions.declared_users, _password),
    Mutant("a proxy that may be the master", proxies.proxys_users, _proxy_also_as_master),
    Mutant("a proxy without one of the users", proxies.proxys_users, _proxy_lacks_one),
    Mutant("a role that exists and that no user names", existing.named_roles, _existing_role),
    Mutant(
        "code before the function's own", variables.harmless_variables, told(WRITER, AWS_LAMBDA_EXEC_WRAPPER="/opt/x")
    ),
    Mutant("modules from elsewhere", variables.harmless_variables, told(BOOTSTRAP, PYTHONPATH="/tmp")),
    Mutant("a session without TLS", variables.harmless_variables, told(WRITER, PGSSLMODE="disable")),
    Mutant("another address than the host's", variables.harmless_variables, told(WRITER, PGHOSTADDR="10.0.0.1")),
    Mutant("another Secrets Manager", variables.harmless_variables, told(WRITER, AWS_ENDPOINT_URL="http://x.example")),
    Mutant("something that the bootstrap doesn't read", variables.harmless_variables, told(BOOTSTRAP, DEBUG="1")),
    Mutant("a function on another port", variables.same_port, told(WRITER, PGPORT="5433")),
    Mutant("a database on another port", variables.same_port, put(CLUSTER, Port=3306)),
]
