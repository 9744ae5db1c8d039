"""Any small desired states, and any current state that somebody may have made of one by hand."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from db_access.plan.privileges import IN_SCHEMAS, PUBLIC, Acl, DefaultKey, Kind, Privilege
from db_access.postgresql.state import Current, Desired, Membership
from db_access.spec import AccessSpec
from tests.properties.grants import some
from tests.properties.worlds import Names, documents
from tests.unit.db_access.postgresql.specs import asked_for
from tests.unit.db_access.postgresql.states import Held, Place, flat, grouped, with_memberships, with_role

_GROUPS, _USERS = ["g", "h"], ["u", "v", "w"]
_PRIVILEGES = {
    Kind.DATABASE: ["CONNECT", "CREATE", "TEMPORARY"],
    Kind.SCHEMA: ["USAGE", "CREATE"],
    Kind.TABLE: ["SELECT", "INSERT", "UPDATE"],
    Kind.SEQUENCE: ["USAGE", "SELECT"],
    Kind.FUNCTION: ["EXECUTE"],
    Kind.TYPE: ["USAGE"],
}
_COLUMN = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]


@st.composite
def desired_states(draw: st.DrawFn) -> Desired:
    document = draw(documents(Names("app", ["foo", "bar"], [], ["owner", "other"], _GROUPS, _USERS, table="t")))
    for user in document["users"]:
        user["auth_method"] = draw(st.sampled_from(["iam", "password", "none"]))
    with_passwords = [user["username"] for user in document["users"] if user["auth_method"] == "password"]
    versions = {name: draw(st.sampled_from(["1", "2"])) for name in draw(some(with_passwords))}
    wanted = asked_for(AccessSpec.parse(document), **versions)
    gone = [name for name in (*_GROUPS, *_USERS) if name not in wanted.roles]
    return replace(wanted, drop=frozenset(draw(some(gone))))


@st.composite
def drifted(draw: st.DrawFn, current: Current, wanted: Desired) -> Current:
    """`current` after up to six changes by hand, of rights, roles, memberships, owners and defaults."""
    for _ in range(draw(st.integers(0, 6))):
        by_hand = draw(st.sampled_from((_rights, _role, _membership, _default, _owner)))
        current = draw(by_hand(current, wanted))
    return current


@st.composite
def _rights(draw: st.DrawFn, current: Current, _: Desired) -> Current:
    """Somebody has other rights on one object, and maybe on its columns, of which it may pass some on."""
    found = flat(current.objects)
    kind, schema, name, _column = draw(st.sampled_from(sorted(found, key=str)))
    who = draw(st.sampled_from([PUBLIC, *sorted(current.roles)]))
    for place in [place for place in found if place[:3] == (kind, schema, name)]:
        column = place[3] is not None
        if draw(st.booleans()) and found[place].owner != who:
            found[place] = draw(_changed(found[place], who, _COLUMN if column else _PRIVILEGES[kind]))
    return replace(current, objects=grouped(found))


@st.composite
def _changed(draw: st.DrawFn, held: Held, who: str, names: Sequence[str]) -> Held:
    has = frozenset(map(Privilege, draw(some(names))))
    passes = frozenset() if who == PUBLIC else frozenset(map(Privilege, draw(some(sorted(has)))))
    return replace(held, acl=_set(held.acl, who, has), options=_set(held.options, who, passes))


def _set(there: Acl, who: str, has: frozenset[Privilege]) -> Acl:
    return {**{name: names for name, names in there.items() if name != who}, **({who: has} if has else {})}


@st.composite
def _role(draw: st.DrawFn, current: Current, _: Desired) -> Current:
    if not current.roles:
        return current
    about = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "login": st.booleans(),
                "inherit": st.booleans(),
                "connection_limit": st.integers(-1, 3),
                "description": st.sampled_from(["", "by hand"]),
                "elevated": st.frozensets(st.sampled_from(["CREATEROLE", "CREATEDB"])),
                "settings": st.frozensets(st.just(("work_mem", ("1MB",)))),
                "settings_here": st.frozensets(st.just(("work_mem", ("2MB",)))),
                "acts_as": st.sampled_from([None, *sorted(current.roles)]),
            },
        )
    )
    return with_role(current, draw(st.sampled_from(sorted(current.roles))), **about)


@st.composite
def _membership(draw: st.DrawFn, current: Current, _: Desired) -> Current:
    if len(current.roles) < 2:
        return current
    member = draw(st.sampled_from(sorted(current.roles)))
    role = draw(st.sampled_from(["rds_iam", *(name for name in sorted(current.roles) if name != member)]))
    if draw(st.booleans()):
        kept = frozenset(m for m in current.memberships if (m.role, m.member) != (role, member))
        return replace(current, memberships=kept)
    inherit, set_, admin = (draw(st.booleans()) for _ in range(3))
    known = current.membership_options
    options = Membership(role, member, inherit if known else None, admin, set_ if known else None)
    return with_memberships(current, options)


@st.composite
def _default(draw: st.DrawFn, current: Current, wanted: Desired) -> Current:
    makers = sorted(
        {key.creator for key in (*wanted.defaults, *current.defaults)} & ({"master"} | current.roles.keys())
    )
    if not makers:
        return current
    kind = draw(st.sampled_from(IN_SCHEMAS))
    key = DefaultKey(draw(st.sampled_from(makers)), draw(st.sampled_from(["foo", "bar"])), kind)
    there = Held(key.creator, current.defaults.get(key, {}), current.default_options.get(key, {}))
    who = draw(st.sampled_from([PUBLIC, *(name for name in sorted(current.roles) if name != key.creator)]))
    new = draw(_changed(there, who, _PRIVILEGES[kind]))
    options = {**current.default_options, key: new.options}
    return replace(
        current,
        defaults={**current.defaults, key: new.acl},
        default_options={each: held for each, held in options.items() if held},
    )


@st.composite
def _owner(draw: st.DrawFn, current: Current, wanted: Desired) -> Current:
    """Something in a declared schema belongs to a role of ours, which is therefore in no state to be dropped."""
    found = flat(current.objects)
    places = [place for place in found if place[1] in wanted.schemas and place[0] in IN_SCHEMAS and place[3] is None]
    users = [name for name in (*_GROUPS, *_USERS) if name in current.roles]
    if not places or not users:
        return current
    place, owner = draw(st.sampled_from(sorted(places, key=str))), draw(st.sampled_from(users))
    moved: dict[Place, Held] = {
        each: Held(owner, _set(held.acl, owner, frozenset()), _set(held.options, owner, frozenset()))
        for each, held in found.items()
        if each[:3] == place[:3]
    }
    return with_role(
        replace(current, objects=grouped({**found, **moved})), owner, in_the_way=("owns objects in database app",)
    )
