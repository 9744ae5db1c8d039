"""What is said of a cluster that can't be connected to as the fleet's file has it."""

import pytest

from db_access.errors import UnreachableError
from keyless.fleet.cluster import Endpoint
from keyless.fleet.connection import Way


def test_a_server_that_is_not_rds_needs_roots_and_the_error_says_where_they_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    way = Way(Endpoint(host="db.example.internal", port=5432, user="ana"), None, None, None, None)
    with pytest.raises(UnreachableError, match="of a server that isn't RDS's: `root_certificates` in the fleet's file"):
        way.connect("app")
