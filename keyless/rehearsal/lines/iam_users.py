"""The lines of users that log in with IAM tokens: who may log in as whom, and which tokens are refused."""

from collections.abc import Iterator
from dataclasses import replace

from keyless.rehearsal.endpoints import tokens
from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.lines.outcome import Line, Outcome
from keyless.rehearsal.lines.writer import INSERT, LAMBDA, Writer
from keyless.rehearsal.stage.running import REGION


def lines(writer: Writer) -> Iterator[Line]:
    """The resource is part of each reason: a refusal by the database, further on, would not be the proxy's."""
    yield from _by_iam(writer)
    yield from _by_iam_as_others(writer)
    yield from _bad_tokens(writer)


def _by_iam(writer: Writer) -> Iterator[Line]:
    stage, entry, denied, master = writer.stage, writer.endpoint, Outcome.BY_IAM, writer.stage.deployed.database.master
    if stage.variant.through_proxy:
        past = writer.tries(INSERT, stage.database)
        yield Line(f"writer straight to the {stage.kind}", denied, f"{stage.database.resource_id}/{writer.name}", past)
    yield Line(
        "writer as migrator", denied, f"{entry.resource_id}/migrator", writer.tries(INSERT, entry, user="migrator")
    )
    yield Line(
        "writer as the master", denied, f"{entry.resource_id}/{master}", writer.tries(INSERT, entry, user=master)
    )


def _by_iam_as_others(writer: Writer) -> Iterator[Line]:
    stage = writer.stage
    tried = [
        (
            "migrator as writer",
            stage.deployed.function("workload", "Migrator").role,
            LAMBDA,
            writer.endpoint,
            writer.name,
        ),
        (
            "bootstrap as writer",
            stage.deployed.function("access", "Bootstrap").role,
            LAMBDA,
            stage.database,
            writer.name,
        ),
    ]
    if stage.variant.through_proxy:
        tried.append(proxys_role_as_master(writer))
    for who, role, service, endpoint, user in tried:
        password = tokens.sign(stage.credentials(role, service), endpoint, user, REGION)
        measured = writer.tries(INSERT, endpoint, user=user, password=password)
        yield Line(who, Outcome.BY_IAM, f"{endpoint.resource_id}/{user}", measured)


def proxys_role_as_master(writer: Writer) -> tuple[str, str, str, Endpoint, str]:
    """What is tried, the role and its service, where, as whom."""
    stage = writer.stage
    role = stage.deployed.proxy["RoleArn"]
    return "the proxy's role as the master", role, "rds.amazonaws.com", stage.database, stage.deployed.database.master


def _bad_tokens(writer: Writer) -> Iterator[Line]:
    entry = writer.endpoint
    good, where = (
        writer.token(entry),
        "cluster's token at the proxy" if writer.stage.variant.through_proxy else "another host's token",
    )
    # The token's name, not the resource, is what differs: a direct function has a right on the same database.
    other = writer.stage.database if writer.stage.variant.through_proxy else replace(entry, host=f"other.{entry.host}")
    for what, because, token in (
        ("expired token", "ExpiredToken", writer.token(entry, expired=True)),
        ("tampered token", "SignatureDoesNotMatch", tokens.tampered(good)),
        ("foreign region's token", "InvalidToken", writer.token(entry, region="us-west-2")),
        (where.replace("cluster", writer.stage.kind), "InvalidToken", writer.token(other)),
    ):
        yield Line(what, Outcome.BAD_TOKEN, because, writer.tries(INSERT, entry, password=token))
