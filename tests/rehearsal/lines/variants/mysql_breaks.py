"""Controls of a deployment of the MySQL family, broken on purpose and put back; and the lines that must turn red."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from keyless.rehearsal.deployment.clients import Client
from keyless.rehearsal.emulator.iam.verdict import Verdict
from keyless.rehearsal.stage.running import Stage
from tests.mysql.servers import rows

Break = Callable[[Stage], AbstractContextManager[None]]


@contextmanager
def with_tls_optional(stage: Stage) -> Iterator[None]:
    stage.deployed.set_parameter("require_secure_transport", "OFF")
    yield
    stage.deployed.set_parameter("require_secure_transport", "ON")


@contextmanager
def with_any_token(stage: Stage) -> Iterator[None]:
    judge, stage.judge = stage.judge, lambda **_: Verdict(True, "", "any will do")
    yield
    stage.judge = judge


@contextmanager
def with_the_masters_secret_open(stage: Stage) -> Iterator[None]:
    iam, role = stage.cloud.client("iam"), watch(stage).role.rsplit("/", 1)[-1]
    actions = ["secretsmanager:GetSecretValue", "kms:Decrypt"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="broken", PolicyDocument=json.dumps(document))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="broken")


@contextmanager
def with_a_guessed_master(stage: Stage) -> Iterator[None]:
    master = stage.deployed.database.master
    stage.set_password(master, "a password that somebody guessed")
    yield
    stage.set_password(master, stage.deployed.secrets.password(master))


def watch(stage: Stage) -> Client:
    return next(client for client in stage.deployed.clients if client.user == "drift_watch")


BREAKS: dict[Break, Callable[[Stage], set[str]]] = {
    with_tls_optional: lambda stage: {f"no TLS, at the {stage.kind}"},
    with_any_token: lambda _: {"expired token", "tampered token", "foreign region's token"},
    with_the_masters_secret_open: lambda stage: {f"{watch(stage).name} reads the master's secret"},
    with_a_guessed_master: lambda _: {"master with a wrong password"},
}


@contextmanager
def with_a_right_by_hand(stage: Stage) -> Iterator[None]:
    with stage.mysql.connect() as superuser:
        rows(superuser, "GRANT SELECT ON foo.event TO lambda_writer@'%'")
        yield
        rows(superuser, "REVOKE SELECT ON foo.event FROM lambda_writer@'%'")


@contextmanager
def with_the_account_locked(stage: Stage) -> Iterator[None]:
    with stage.mysql.connect() as superuser:
        rows(superuser, "ALTER USER migrator@'%' ACCOUNT LOCK")
        yield
        rows(superuser, "ALTER USER migrator@'%' ACCOUNT UNLOCK")


def _as_migrator(stage: Stage) -> set[str]:
    migrator = next(client for client in stage.deployed.clients if client.user == "migrator")
    way = f"straight into the {stage.kind}" if stage.endpoint(migrator.host) == stage.database else "through the proxy"
    return {f"{migrator.name} logs in as migrator, {way}", "migrator in database app"}


RIGHTS_BROKEN: dict[Break, Callable[[Stage], set[str]]] = {
    with_a_right_by_hand: lambda _: {"lambda_writer: SELECT on table foo.event in database app"},
    with_the_account_locked: _as_migrator,
}
