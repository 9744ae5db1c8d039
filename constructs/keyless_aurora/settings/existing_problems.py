"""What can't be right about the ids of a database that exists. Nothing is looked up, so a deploy would find it,
late."""

import re
from collections.abc import Iterator

from keyless_aurora.database.user import pattern_problem
from keyless_aurora.engines.matrix import AURORA_POSTGRESQL
from keyless_aurora.settings.allowed import an_id, within, written_as
from keyless_aurora.settings.database import ExistingDatabase

_PORTS = 1150, 65535
"""CreateDBCluster, Port."""


def existing_problems(there: ExistingDatabase, region: str) -> Iterator[str]:
    """A sentence for each id that is none, or one of another engine or region."""
    if not there.engine.deployed:
        return  # which is said by the engine; its ids may have another form
    aurora = there.engine == AURORA_POSTGRESQL
    kind, source = ("cluster", "DbClusterResourceId") if aurora else ("db", "DbiResourceId")
    yield from written_as(
        "database.identifier",
        there.identifier,
        r"(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*",
        "an identifier, of letters, digits and single hyphens, at most 63",
    )
    yield from written_as(
        "database.resource_id",
        there.resource_id,
        f"{kind}-[A-Z0-9]+",
        f"a resource id of {there.engine.label}, {kind}- and capital letters and digits ({source})",
    )
    yield from _endpoint(there.endpoint, region, aurora)
    yield from an_id("database.security_group_id", there.security_group_id, "sg")
    yield from within("database.port", there.port, *_PORTS)
    if not there.master:
        yield "database.master: it is empty; allowed: the name of the master user"
    elif problem := pattern_problem(there.master):
        yield f"database.master: {problem}"


def _endpoint(host: str, region: str, aurora: bool) -> Iterator[str]:
    """Tokens are signed for it and the certificate is for it, so an alias doesn't do; nor does Aurora's reader endpoint
    (`cluster-ro-`)."""
    account = "cluster-[a-z0-9]+" if aurora else "(?!cluster-|proxy-)[a-z0-9]+"
    if not re.fullmatch(rf"[a-z0-9-]+\.{account}\.{re.escape(region)}\.rds\.amazonaws\.com", host.lower()):
        yield (
            f"database.endpoint: {host!r} is not the writer's own host name in {region}; allowed: "
            f"NAME.{'cluster-' if aurora else ''}ID.{region}.rds.amazonaws.com"
        )
