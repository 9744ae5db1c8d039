"""Hold what was done against what the spec means, and against what the proof says. Both ways. Pure."""

from collections.abc import Callable, Iterator, Sequence

from tests.oracle.asking.findings import Findings
from tests.oracle.asking.inquiry import ACTING, ITSELF, Subject
from tests.oracle.asking.probes import Probe
from tests.oracle.asking.things import Thing
from tests.oracle.meaning import Meaning, Right

Allowed = Callable[[Subject, Probe], bool]
_NOBODYS: frozenset[Right] = frozenset()


def with_the_spec(found: Findings, meaning: Meaning) -> list[str]:
    """One sentence for each answer, login and right of PUBLIC that isn't as the spec means it."""
    allowed = _by_rights(found, meaning, _remembered(lambda subject, thing: _meant(meaning, subject, thing)))
    return [
        *_disagreements(found, _behind_doors(allowed, found)),
        *_logins_amiss(found, meaning),
        *_sessions_amiss(found, meaning),
        *(
            f"everybody can do what takes {probe.shown}, which is locked"
            for probe, can in found.everybody.items()
            if can and not meaning.left_open(probe.thing)
        ),
    ]


def with_rights(found: Findings, meaning: Meaning, rights: Callable[[str, Thing], frozenset[Right]]) -> list[str]:
    """One sentence for each answer that isn't as `rights` have it, for users and groups themselves."""
    allowed = _by_rights(found, meaning, _remembered(lambda subject, thing: rights(subject[0], thing)))
    return _disagreements(found, allowed, [ITSELF])


def _disagreements(found: Findings, allowed: Allowed, ways: Sequence[str] = (ITSELF, ACTING)) -> list[str]:
    return sorted(
        f"{name!r} {how} {'can' if can else 'cannot'} do what takes {probe.shown}"
        for (name, how), answers in found.answers.allowed.items()
        if how in ways
        for probe, can in answers.items()
        if can != allowed((name, how), probe)
    )


def _by_rights(found: Findings, meaning: Meaning, rights: Callable[[Subject, Thing], frozenset[Right]]) -> Allowed:
    """Allowed is what `rights` say, and where the spec leaves PUBLIC open what everybody can do."""
    return lambda subject, probe: (
        _enough(rights(subject, probe.thing), probe) or (meaning.left_open(probe.thing) and found.everybody[probe])
    )


def _behind_doors(allowed: Allowed, found: Findings) -> Allowed:
    """Who may not use a schema can do nothing with what is in it."""
    doors = {p.thing.name: p for p in found.probes if p.thing.kind == "schema" and "USAGE" in p.any_of}
    return lambda subject, probe: (
        allowed(subject, probe) and (not probe.thing.inside or allowed(subject, doors[probe.thing.schema]))
    )


def _enough(rights: frozenset[Right], probe: Probe) -> bool:
    return any((column, privilege) in rights for column in {"", probe.column} for privilege in probe.any_of)


def _remembered(
    rights: Callable[[Subject, Thing], frozenset[Right]],
) -> Callable[[Subject, Thing], frozenset[Right]]:
    known: dict[tuple[Subject, Thing], frozenset[Right]] = {}

    def remembered(subject: Subject, thing: Thing) -> frozenset[Right]:
        if (subject, thing) not in known:
            known[subject, thing] = rights(subject, thing)
        return known[subject, thing]

    return remembered


def _meant(meaning: Meaning, subject: Subject, thing: Thing) -> frozenset[Right]:
    """Of a user, of what its sessions act as, of a group, or of the stranger, of whom no spec speaks."""
    name, how = subject
    if name not in meaning.grantees:
        return _NOBODYS
    acting = meaning.acts_as(name) if how == ACTING else None
    if thing.kind == "role":
        return frozenset(_on_role(meaning, name, acting or name, thing.name))
    if acting is None:
        return meaning.rights(name, thing)
    return meaning.rights(acting, thing) if acting in meaning.groups else meaning.owners_rights(acting, thing)


def _on_role(meaning: Meaning, user: str, acting: str, role: str) -> Iterator[Right]:
    """SET ROLE asks who logged in, GRANT who is acting."""
    if role in {user, *meaning.roles_to_set(user)}:
        yield "", "SET"
    if acting in meaning.grantees and role in meaning.roles_to_give(acting):
        yield "", "ADMIN"


def _logins_amiss(found: Findings, meaning: Meaning) -> Iterator[str]:
    """Who was let in, and should not have been, or the other way round; or for another reason than the spec's."""
    database = next(thing for thing in found.things if thing.kind == "database")
    for user, refusal in found.answers.logins.items():
        given = user in meaning.users and ("", "CONNECT") in meaning.rights(user, database)
        connects = given or (found.open_to_connect and meaning.left_open(database))
        should = _refusal(user, meaning, connects=connects)
        if should != refusal:
            yield f"login of {user!r}: {refusal or 'let in'}, where the spec means: {should or 'let in'}"


def _sessions_amiss(found: Findings, meaning: Meaning) -> Iterator[str]:
    for user in meaning.users:
        should, acting = meaning.acts_as(user) or user, found.answers.acting.get(user, user)
        if should != acting and not found.answers.logins.get(user):
            yield f"sessions of {user!r} start as {acting!r}, where the spec means: {should!r}"


def _refusal(user: str, meaning: Meaning, *, connects: bool) -> str:
    """PostgreSQL looks at LOGIN first, then at the connection limit, then at CONNECT."""
    if user in meaning.users and not meaning.logs_in(user):
        return "is not permitted to log in"
    if user in meaning.users and meaning.users[user].get("connection_limit") == 0:
        return "too many connections"
    return "" if connects else "User does not have CONNECT privilege"
