"""The controls of a service and of servers on MySQL and MariaDB, broken on purpose, and the lines that must turn red."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from keyless.rehearsal.stage.running import Stage
from tests.mysql.servers import rows
from tests.rehearsal.lines.breaks import Break, with_tls_optional_at_the_proxy
from tests.rehearsal.lines.variants.mysql_breaks import with_tls_optional
from tests.rehearsal.lines.workloads.breaks import (
    API,
    EC2,
    NOBODY,
    SITE,
    a_key_of_its_role,
    as_api_at_the_cluster,
    deployed,
    elsewhere,
    reaching,
    told,
    trusting,
    with_code,
    with_metadata,
    with_rights,
    with_trust,
)

Red = Callable[[str], set[str]]
"""By what the database is called in the table."""


@contextmanager
def with_the_masters_secret_open(stage: Stage) -> Iterator[None]:
    iam, role = stage.cloud.client("iam"), deployed(stage, "Site").role.rsplit("/", 1)[-1]
    actions = ["secretsmanager:GetSecretValue", "kms:Decrypt"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="broken", PolicyDocument=json.dumps(document))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="broken")


@contextmanager
def with_the_account_locked(stage: Stage) -> Iterator[None]:
    with stage.mysql.connect() as superuser:
        rows(superuser, "ALTER USER api@'%' ACCOUNT LOCK")
        yield
        rows(superuser, "ALTER USER api@'%' ACCOUNT UNLOCK")


def _others(name: str, kind: str) -> set[str]:
    """What its policies refuse it. A policy says nothing about the master, who has a password, at the database."""
    return elsewhere(name, {"Api": "site", "Site": "api"}[name], "drift_watch", kind=kind) - {
        f"{name} as the master, at the {kind}"
    }


def _all(name: str, kind: str) -> set[str]:
    """What takes its role."""
    own = reaching(name, name.lower()) | _others(name, kind)
    return own | {f"{name} as the master, at the {kind}", f"{name} reads the master's secret"}


BREAKS: dict[str, tuple[Break, Red]] = {
    "the service's grant dropped": (with_rights("Api", lambda stage, own: NOBODY), lambda kind: API),
    "the servers' grant dropped": (with_rights("Site", lambda stage, own: NOBODY), lambda kind: SITE),
    "the service's policy widened to *": (
        with_rights("Api", lambda stage, own: "*"),
        lambda kind: _others("Api", kind),
    ),
    "the servers' policy widened to *": (
        with_rights("Site", lambda stage, own: "*"),
        lambda kind: _others("Site", kind),
    ),
    "the servers given another's right, straight at the database": (
        with_rights("Site", as_api_at_the_cluster),
        lambda kind: {f"Site as api, at the {kind}"},
    ),
    "the task's role for another service": (
        trusting("Api", Principal={"Service": "lambda.amazonaws.com"}),
        lambda kind: _all("Api", kind),
    ),
    "the servers' role for another service": (
        trusting("Site", Principal={"Service": "ecs-tasks.amazonaws.com"}),
        lambda kind: _all("Site", kind),
    ),
    "the proxy's role for another service": (
        with_trust(lambda stage: stage.deployed.proxy["RoleArn"], Principal=EC2),
        lambda kind: {*API, *SITE, "the proxy's role as the master"},
    ),
    "another user in the task's settings": (
        told(lambda stage: {"MYSQL_USER": "site"}),
        lambda kind: {*reaching("Api", "site"), "Api as api"},
    ),
    "a way past the proxy in the task's settings": (
        told(lambda stage: {"MYSQL_HOST": stage.database.host}),
        lambda kind: {
            "Api: says how it is connected",
            f"Api itself logs in as api, straight into the {kind}",
            f"Api logs in as api, straight into the {kind}",
            "Api straight to the proxy",
        },
    ),
    "a key in the task's settings": (
        told(a_key_of_its_role),
        lambda kind: {"Api itself logs in as api, through the proxy"},
    ),
    "the master's secret open to the servers": (
        with_the_masters_secret_open,
        lambda kind: {"Site reads the master's secret"},
    ),
    "the service's account locked": (with_the_account_locked, lambda kind: API),
    "metadata without a session token": (
        with_metadata(HttpTokens="optional"),
        lambda kind: {"Site's credentials, without a session token"},
    ),
    "metadata for containers": (
        with_metadata(HttpPutResponseHopLimit=2),
        lambda kind: {"Site's credentials, from a container on it"},
    ),
    "no metadata": (
        with_metadata(HttpEndpoint="disabled"),
        lambda kind: SITE - {"Site logs in as site, through the proxy"},
    ),
    "code that ends": (
        with_code(lambda code: f"raise SystemExit('nothing to serve')\n{code}"),
        lambda kind: {"Api starts", "Site starts"},
    ),
    "code that says that it is another user": (
        with_code(lambda code: code.replace('"user": user', '"user": "site"')),
        lambda kind: {"Api: says how it is connected"},
    ),
    "TLS optional at the proxy": (with_tls_optional_at_the_proxy, lambda kind: {"no TLS, at the proxy"}),
    "TLS optional at the database": (with_tls_optional, lambda kind: {f"no TLS, at the {kind}"}),
}
