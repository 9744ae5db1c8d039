"""Faults on the path of a user with a secret, planted for real and put back."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from keyless.rehearsal.stage.running import Stage
from tests.rehearsal.lines.breaks import Break
from tests.rehearsal.lines.dev.breaks import sql
from tests.rehearsal.lines.password_users.secret_breaks import (
    DECRYPT,
    READ,
    function,
    moved,
    proxy,
    with_iam_required_at_the_proxy,
)

USER = "lambda_writer"


@contextmanager
def marked_for_deletion(stage: Stage) -> Iterator[None]:
    manager, arn = stage.cloud.client("secretsmanager"), stage.deployed.secrets.arns[USER]
    manager.delete_secret(SecretId=arn)
    yield
    manager.restore_secret(SecretId=arn)


def holding(text: str) -> Break:
    """The secret with another value. The version that was there comes back."""

    @contextmanager
    def broken(stage: Stage) -> Iterator[None]:
        manager, arn = stage.cloud.client("secretsmanager"), stage.deployed.secrets.arns[USER]
        before = manager.get_secret_value(SecretId=arn)["VersionId"]
        made = manager.put_secret_value(SecretId=arn, SecretString=text)["VersionId"]
        yield
        manager.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=before, RemoveFromVersionId=made
        )

    return broken


@contextmanager
def with_another_password_in_the_database(stage: Stage) -> Iterator[None]:
    stage.set_password(USER, "another-one")
    yield
    stage.set_password(USER, stage.deployed.secrets.password(USER))


@contextmanager
def without_the_users_secret_at_the_proxy(stage: Stage) -> Iterator[None]:
    rds, name = stage.cloud.client("rds"), stage.deployed.proxy["DBProxyName"]
    auth = rds.describe_db_proxies(DBProxyName=name)["DBProxies"][0]["Auth"]
    others = [entry for entry in auth if entry["SecretArn"] != stage.deployed.secrets.arns[USER]]
    assert len(others) == len(auth) - 1
    rds.modify_db_proxy(DBProxyName=name, Auth=others)
    yield
    rds.modify_db_proxy(DBProxyName=name, Auth=auth)


def in_rds_iam(stage: Stage) -> AbstractContextManager[None]:
    return sql("GRANT rds_iam TO lambda_writer", "REVOKE rds_iam FROM lambda_writer")(stage)


_SHAPE = "it is not JSON with username and password"
PLANTED = {
    "marked for deletion": (marked_for_deletion, "secret", "marked for deletion"),
    "not JSON": (holding("the-secret-text"), "secret", _SHAPE),
    "without a password": (holding(json.dumps({"username": USER})), "secret", _SHAPE),
    "another user's": (
        holding(json.dumps({"username": "other", "password": "the-secret-text"})),
        "secret",
        "its username is 'other'",
    ),
    "the function may not read it": (moved(function("workload", "Writer"), READ), "secret", "implicitDeny"),
    "the function may not decrypt it": (moved(function("workload", "Writer"), DECRYPT), "secret", "implicitDeny"),
    "the proxy names another": (without_the_users_secret_at_the_proxy, "proxy's authentication", "and not arn:aws:"),
    "the proxy wants a token": (with_iam_required_at_the_proxy, "proxy's authentication", "is REQUIRED"),
    "the proxy may not read it": (moved(proxy, READ), "proxy's policy", "implicitDeny"),
    "in rds_iam": (in_rds_iam, "rds_iam", "so its password is not asked"),
    "another password in the database": (
        with_another_password_in_the_database,
        "password",
        "password authentication failed",
    ),
    "a password that has ended": (
        sql(
            "ALTER ROLE lambda_writer VALID UNTIL '2020-01-01'",
            "UPDATE pg_authid SET rolvaliduntil = NULL WHERE rolname = 'lambda_writer'",
        ),
        "password",
        "it was valid until 2020-01-01",
    ),
}
"""By what is wrong: how it is made so, the hop that is named, a part of what was answered."""
