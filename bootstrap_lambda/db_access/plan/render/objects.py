"""Changes of schemas, owners and rights, in words. Pure."""

import re
from collections.abc import Iterable
from typing import Final, assert_never

from db_access.plan.changes import (
    CreateSchema,
    Grant,
    GrantDefault,
    ObjectChange,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    Target,
)
from db_access.plan.privileges import DefaultKey, Kind, Privilege
from db_access.plan.render.words import Action, Words, roles
from db_access.wording import listed, quoted


def object_words(change: ObjectChange) -> Words:
    match change:
        case CreateSchema():
            return "schemas", Action.ADD, _owned(f"schema {quoted(change.name)}", change.owner)
        case OwnSchema():
            return "schemas", Action.CHANGE, _owned(f"schema {quoted(change.name)}", change.owner)
        case OwnObject():
            name = f"{change.kind} {quoted(change.schema)}.{_named(change.kind, change.name)}"
            return "owners", Action.CHANGE, _owned(name, change.owner)
        case Grant():
            what = f"{_held(change.privileges, _target(change.target))} to {roles(change.grantees)}"
            return "privileges", Action.ADD, what
        case Revoke():
            held = _held(change.privileges, _target(change.target), change.option_only)
            passed_on = ", and what was passed on of it" if change.cascade else ""
            return "privileges", Action.TAKE_AWAY, f"{held} from {roles(change.grantees)}{passed_on}"
        case GrantDefault():
            what = f"{_held(change.privileges, _future(change.key))} to {roles(change.grantees)}"
            return "default privileges", Action.ADD, what
        case RevokeDefault():
            held = _held(change.privileges, _future(change.key), change.option_only)
            return "default privileges", Action.TAKE_AWAY, f"{held} from {roles(change.grantees)}"
        case _:
            assert_never(change)


def _owned(what: str, owner: str) -> str:
    return f"{what}, owned by {quoted(owner)}"


def _held(privileges: Iterable[Privilege], on: str, option_only: bool = False) -> str:
    return f"{'the grant option of ' if option_only else ''}{', '.join(privileges)} on {on}"


def _target(target: Target) -> str:
    prefix = f"{quoted(target.schema)}." if target.schema is not None and target.kind is not Kind.SCHEMA else ""
    names = [prefix + _named(target.kind, each) for each in target.names]
    objects = f"{_kind(target.kind, len(names))} {listed(names)}"
    columns = [quoted(column) for column in target.columns]
    return f"{_kind('column', len(columns))} {listed(columns)} of {objects}" if columns else objects


def _named(kind: Kind, name: str) -> str:
    """A function as the spec's `only` names it, `f(integer)`, unless something in the name could mislead."""
    return name if kind is Kind.FUNCTION and _SIGNATURE.fullmatch(name) else quoted(name)


_SIGNATURE: Final = re.compile(r"[a-z_][a-z0-9_$]*\([a-z0-9_$ ,.\[\]]*\)")


def _future(key: DefaultKey) -> str:
    where = "" if key.schema is None else f" in schema {quoted(key.schema)}"
    return f"future {_kind(key.kind, 2)} of {quoted(key.creator)}{where}"


def _kind(kind: str, count: int) -> str:
    return kind if count == 1 else f"{kind}s"
