"""What another verify has left, and where none is begun."""

from keyless.ending import unstoppable
from keyless.rehearsal.cdk.process import Progress
from keyless.verify.changes.giving import left_behind, take_back
from keyless.verify.deployed import Clients
from keyless.verify.plan import Place
from keyless.verify.probes import standing
from keyless.verify.questions import Address, nowhere
from keyless.verify.removal import STILL, remove


class NotAllowedError(Exception):
    """What was asked for is not done there, or not now."""


def refuse_protected(where: Place) -> None:
    """Raises NotAllowedError: for changes."""
    if where.protected:
        raise NotAllowedError(
            f"{where.environment} is protected, so nothing is changed there to measure it; allowed: without "
            "--with-changes, or an environment that isn't protected"
        )


def refuse_second(clients: Clients, where: Place) -> None:
    """Raises NotAllowedError: its probes would be taken for this one's, and what it left would never be undone."""
    if standing(clients, where):
        raise NotAllowedError(
            f"stack {where.stack} is there: another verify is running, or was ended before it could undo everything; "
            "allowed: once none is running, `keyless verify --remove`"
        )


def remove_left(clients: Clients, where: Place, progress: Progress, address: Address = nowhere) -> None:
    """Undo what is left to undo, and remove the probes. Nothing need be there, the app neither.

    Raises:
        NotTakenBackError: then the probes stay.
        LeftError: they could not be removed.
    """
    if left := standing(clients, where):
        for by_hand in left_behind(left):
            take_back(left, by_hand, address)
    with unstoppable(STILL):
        was_there = remove(clients, where.stack, progress)
    progress(f"stack {where.stack} is {'removed' if was_there else 'not there: nothing to remove'}")
