"""RDS Proxy's stand-in: the caller's token in, the proxy role's own token on; refusals in RDS Proxy's words."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from keyless.rehearsal.servers.certificates import Authority
from tests.rehearsal.endpoints.bad_tokens import BAD_TOKENS
from tests.rehearsal.endpoints.roles import USER, grant
from tests.rehearsal.endpoints.world import PASSWORD, World
from tests.rehearsal.waiting import wait_until

REFUSED = (
    "FATAL:  The IAM authentication failed for the role lambda_writer. Check the IAM token for this role and try again."
)


def _refused(world: World, text: str, password: str | None = None, **more: str) -> None:
    with pytest.raises(psycopg.OperationalError) as refusal:
        world.enter(world.proxy, password, **more)
    assert text in str(refusal.value)


def test_a_good_token_logs_in_and_both_roles_are_on_record(world: World) -> None:
    world.writer.resources[:] = [grant(world.proxy)]
    assert world.enter(world.proxy) == USER
    arns = [world.last_event(endpoint).principal for endpoint in (world.proxy, world.cluster)]
    assert [arn.split("/")[1] for arn in arns] == ["writer", "proxy"]
    assert all(event.allowed for event in world.events.all())


@pytest.mark.parametrize("kind", ["expired", "tampered", "a password"])
def test_a_bad_token_is_refused(world: World, kind: str) -> None:
    world.cluster, world.proxy = world.proxy, world.cluster  # the token makers sign for `cluster`
    token = BAD_TOKENS[kind][0](world)
    world.cluster, world.proxy = world.proxy, world.cluster
    _refused(world, REFUSED, token)


@pytest.mark.parametrize("wrong", [{"user": "migrator"}, {"host": "other.example"}, {"region": "us-east-1"}], ids=str)
def test_a_token_for_another_user_host_or_region_is_refused(world: World, wrong: dict[str, Any]) -> None:
    _refused(world, REFUSED, world.writer.token(world.proxy, **wrong))


def test_a_token_for_the_cluster_is_refused(world: World) -> None:
    _refused(world, REFUSED, world.writer.token(world.cluster))


def test_a_role_that_may_only_use_the_cluster_is_refused_by_its_policy(world: World) -> None:
    world.writer.resources[:] = [grant(world.cluster)]
    _refused(world, REFUSED)
    assert "deny" in world.last_event(world.proxy).reason.lower()
    assert world.sessions() == 0


def test_clear_text_is_refused_until_the_proxy_stops_requiring_tls(world: World) -> None:
    _refused(world, "FATAL:  This RDS Proxy requires TLS connections", sslmode="disable")
    world.proxy_settings = replace(world.proxy_settings, require_tls=False)
    assert world.enter(world.proxy, sslmode="disable") == USER


def test_the_proxy_cannot_go_on_without_a_grant_for_its_own_role(world: World) -> None:
    world.proxy_role.resources.clear()
    world.proxy_role.resources.append(grant(world.cluster, "somebody_else"))
    _refused(world, 'FATAL:  PAM authentication failed for user "lambda_writer"')
    assert world.last_event(world.proxy).reason.startswith("the database refused the proxy's own role: PAM")
    assert "assumed-role/proxy/" in world.last_event(world.cluster).principal


def test_the_proxy_has_no_credentials_for_a_user_outside_rds_iam(world: World) -> None:
    with world.database.connect() as connection:
        connection.execute("REVOKE rds_iam FROM lambda_writer")
    _refused(world, "FATAL:  This RDS proxy has no credentials for the role lambda_writer.")


def test_command_line_options_are_refused(world: World) -> None:
    _refused(world, "doesn’t support command-line options", options="-c statement_timeout=1")  # noqa: RUF001 - AWS's


def test_replication_is_refused(world: World) -> None:
    _refused(world, "doesn't support streaming replication mode", replication="database")


def test_a_client_waits_for_a_connection_no_longer_than_the_borrow_timeout(world: World) -> None:
    world.proxy_settings = replace(world.proxy_settings, borrow_seconds=0.2, max_connections=1)
    with world.login(world.proxy, world.writer.token(world.proxy)):
        _refused(world, "FATAL:  Timed-out waiting to acquire database connection.")
    wait_until(lambda: world.sessions() == 0)
    assert world.enter(world.proxy) == USER


def test_a_client_that_waits_gets_the_connection_another_returns(world: World) -> None:
    world.proxy_settings = replace(world.proxy_settings, borrow_seconds=8, max_connections=1)
    with world.login(world.proxy, world.writer.token(world.proxy)) as first:
        closing = threading.Timer(0.3, first.close)
        closing.start()
        assert world.enter(world.proxy) == USER
        closing.join()


def test_the_proxy_does_not_trust_a_cluster_with_another_authority(world: World, tmp_path: Path) -> None:
    (tmp_path / "impostor").mkdir()
    world.database.server.use_certificate(Authority(tmp_path / "impostor", "rds").server(world.cluster.host))
    _refused(world, "FATAL:  could not connect to the database")


def test_a_request_to_cancel_is_ignored(world: World) -> None:
    with world.login(world.proxy, world.writer.token(world.proxy)) as connection:
        timer = threading.Timer(0.2, connection.cancel_safe)
        timer.start()
        assert connection.execute("SELECT pg_sleep(1.5)::text, 'ran on'").fetchone() == ("", "ran on")
        timer.join()


def test_a_hundred_clients_log_in_at_once(world: World) -> None:
    async def one() -> object:
        conninfo = world.conninfo(world.proxy, world.writer.token(world.proxy))
        async with await psycopg.AsyncConnection.connect(**conninfo) as connection:
            row = await (await connection.execute("SELECT session_user")).fetchone()
            await asyncio.sleep(0.5)  # all of them hold their session for a while
            return row

    async def many() -> list[object]:
        return await asyncio.gather(*(one() for _ in range(100)))

    assert asyncio.run(many()) == [(USER,)] * 100


def test_credentials_that_cannot_be_had_refuse(world: World) -> None:
    world.proxy_role = None  # type: ignore[assignment]
    _refused(world, "FATAL:  the login could not be decided")
    assert world.last_event(world.proxy).reason.startswith("getting the proxy role's credentials failed")


def test_a_password_never_passes_for_a_token(world: World) -> None:
    with world.database.superuser() as connection:
        connection.execute("ALTER ROLE lambda_writer PASSWORD 'a password'")
    _refused(world, REFUSED, PASSWORD)
