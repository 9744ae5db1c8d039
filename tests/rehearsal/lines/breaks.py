"""Controls that every deployment has, broken on purpose and put back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from keyless.rehearsal.stage.running import Stage

Break = Callable[[Stage], AbstractContextManager[None]]


@contextmanager
def with_tls_optional_at_the_proxy(stage: Stage) -> Iterator[None]:
    rds, name = stage.cloud.client("rds"), stage.deployed.proxy["DBProxyName"]
    rds.modify_db_proxy(DBProxyName=name, RequireTLS=False)
    yield
    rds.modify_db_proxy(DBProxyName=name, RequireTLS=True)


@contextmanager
def with_tls_optional_at_the_database(stage: Stage) -> Iterator[None]:
    stage.deployed.set_parameter("rds.force_ssl", "0")
    yield
    stage.deployed.set_parameter("rds.force_ssl", "1")
