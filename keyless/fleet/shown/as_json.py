"""All that is known of a round, for programs."""

import json
from collections.abc import Sequence
from typing import Any, Final

from db_access.wording import COMMAND, json_text
from keyless.fleet.found import Found, Result
from keyless.fleet.shown.counts import counts, databases

_ESCAPED: Final = "#\\u0023["


def document(results: Sequence[Result]) -> str:
    return json_text({"counts": counts(results), "clusters": [_cluster(result) for result in results]}) + "\n"


def lines(results: Sequence[Result]) -> str:
    """One for each cluster. ASCII, so that nothing in a name is a line or speaks to a terminal."""
    return "".join(f"{json.dumps(_cluster(result)).replace(COMMAND, _ESCAPED)}\n" for result in results)


def _cluster(result: Result) -> dict[str, Any]:
    admins = {} if result.admins is None else {"admins": list(result.admins)}
    found = [_database(one) for one in databases(result)]
    return {"cluster": result.cluster, "state": str(result.state), "databases": found, **admins}


def _database(found: Found) -> dict[str, Any]:
    return {
        "database": found.database,
        "state": str(found.state),
        "differences": found.differences,
        "reasons": list(found.reasons),
        "left_out": found.left_out,
    }
