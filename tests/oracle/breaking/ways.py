"""Break a converged database by hand, at random, in every way that changes who can do what."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from psycopg import Connection

from tests.oracle.asking.things import Thing
from tests.oracle.breaking import grants, objects, roles
from tests.oracle.breaking.hand import Hand

_WAYS: Final[dict[Callable[[Hand, Connection[Any], Sequence[Thing]], None], int]] = {
    grants.grant: 8,
    grants.grant_on_column: 2,
    grants.revoke: 5,
    grants.from_public: 1,
    grants.pass_on: 1,
    grants.option_for_who_rules: 1,
    roles.member: 2,
    roles.not_a_member: 1,
    roles.predefined: 1,
    roles.attribute: 1,
    objects.owner: 1,
    objects.default: 1,
    objects.elsewhere: 1,
}
"""With how likely each is."""


def break_things(hand: Hand, superuser: Connection[Any], things: Sequence[Thing]) -> None:
    for way in hand.chance.choices([*_WAYS], [*_WAYS.values()], k=hand.chance.randint(4, 16)):
        way(hand, superuser, things)
