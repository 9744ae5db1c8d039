"""Changes of schemas, owners and rights, in words. Pure."""

from collections.abc import Iterable
from functools import singledispatch

from db_access.plan.changes.objects import (
    CreateSchema,
    Grant,
    GrantDefault,
    OwnObject,
    OwnSchema,
    Revoke,
    RevokeDefault,
    Target,
)
from db_access.plan.render.words import Action, Words, listed, roles, shown
from db_access.postgresql.state import DefaultKey, Kind, Privilege


@singledispatch
def object_words(change: object) -> Words | None:
    """Its words; None for any other change."""
    return None


@object_words.register
def _(change: CreateSchema) -> Words:
    return "schemas", Action.ADD, f"schema {shown(change.name)}, owned by {shown(change.owner)}"


@object_words.register
def _(change: OwnSchema) -> Words:
    return "schemas", Action.CHANGE, f"schema {shown(change.name)}, owned by {shown(change.owner)}"


@object_words.register
def _(change: OwnObject) -> Words:
    return (
        "owners",
        Action.CHANGE,
        f"{change.kind} {shown(change.schema)}.{shown(change.name)}, owned by {shown(change.owner)}",
    )


@object_words.register
def _(change: Grant) -> Words:
    return "privileges", Action.ADD, f"{_held(change.privileges, _target(change.target))} to {roles(change.grantees)}"


@object_words.register
def _(change: Revoke) -> Words:
    what = f"{_held(change.privileges, _target(change.target), change.option_only)} from {roles(change.grantees)}"
    return "privileges", Action.TAKE_AWAY, what


@object_words.register
def _(change: GrantDefault) -> Words:
    return (
        "default privileges",
        Action.ADD,
        f"{_held(change.privileges, _future(change.key))} to {roles(change.grantees)}",
    )


@object_words.register
def _(change: RevokeDefault) -> Words:
    what = f"{_held(change.privileges, _future(change.key), change.option_only)} from {roles(change.grantees)}"
    return "default privileges", Action.TAKE_AWAY, what


def _held(privileges: Iterable[Privilege], on: str, option_only: bool = False) -> str:
    return f"{'the grant option of ' if option_only else ''}{', '.join(privileges)} on {on}"


def _target(target: Target) -> str:
    prefix = f"{shown(target.schema)}." if target.schema is not None and target.kind is not Kind.SCHEMA else ""
    objects = f"{_kind(target.kind, len(target.names))} {listed(prefix + shown(each) for each in target.names)}"
    return (
        f"{_kind('column', len(target.columns))} {listed(map(shown, target.columns))} of {objects}"
        if target.columns
        else objects
    )


def _future(key: DefaultKey) -> str:
    where = "" if key.schema is None else f" in schema {shown(key.schema)}"
    return f"future {_kind(key.kind, 2)} of {shown(key.creator)}{where}"


def _kind(kind: str, count: int) -> str:
    return kind if count == 1 else f"{kind}s"
