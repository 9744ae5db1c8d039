"""`keyless status`: look, show, and say what couldn't be seen."""

import sys
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

from db_access.wording import one_line
from keyless.cli.environment.stacks import EnvironmentNotFoundError, explained
from keyless.cli.status import DIFFERENT, DONE, FAILED
from keyless.preflight.account.connection import Connections
from keyless.preflight.account.reader import Clients
from keyless.status.found import Region
from keyless.status.looking import look, regions_of
from keyless.status.remarks import remarks
from keyless.status.shown import as_json, as_markdown, as_text

_SHOWN: Final = {"json": as_json, "markdown": as_markdown, "text": as_text}


def run(name: str | None, regions: Sequence[str], *, all_regions: bool, form: str) -> int:
    """The exit status; what was found goes to stdout.

    Args:
        name: of an environment; None for everything.
        regions: none: that of the settings.

    Raises:
        EnvironmentNotFoundError: when there are no credentials or no region, or nowhere such an environment.
    """
    with explained():
        connections = Connections()
        connections.refuse_none()
    chosen, unanswered = _regions(connections, regions, all_regions=all_regions)
    found = look(lambda region: _clients(connections, region), chosen, name)
    unanswered += [f"{region.name}: {sentence}" for region in found for sentence in region.unanswered]
    for sentence in unanswered:
        print(f"keyless: {one_line(sentence)}", file=sys.stderr)
    if name is not None and not unanswered and not any(region.environments for region in found):
        raise EnvironmentNotFoundError(
            f"there are no stacks of an environment {name!r} in {', '.join(chosen)}; allowed: its name or its stacks' "
            "prefix, --region or --all-regions, AWS_PROFILE of another account"
        )
    sys.stdout.write(_SHOWN[form](found))
    return FAILED if unanswered else _verdict(found)


def _verdict(found: Sequence[Region]) -> int:
    return DIFFERENT if any(True for region in found for _ in remarks(region)) else DONE


def _regions(connections: Connections, given: Sequence[str], *, all_regions: bool) -> tuple[list[str], list[str]]:
    """Each once, and why they aren't all known where they aren't."""
    own = [connections.region] if connections.region else []
    if not all_regions:
        chosen = list(dict.fromkeys(given or own))
        if not chosen:
            raise EnvironmentNotFoundError("no AWS region is said; allowed: AWS_REGION, --region or --all-regions")
        return chosen, []
    there, unanswered = regions_of(_clients(connections, own[0] if own else "us-east-1"))
    if not there:
        raise EnvironmentNotFoundError(f"the regions can't be listed: {'; '.join(unanswered)}; allowed: --region NAME")
    return there, unanswered


_MAKING: Final = Lock()
"""Clients are made one after the other: a session of boto3 isn't made for threads (boto3, Session, multithreading)."""


def _clients(connections: Connections, region: str) -> Clients:
    def client(service: str) -> Any:
        with _MAKING:
            return connections.to(region).signed(service)

    return client
