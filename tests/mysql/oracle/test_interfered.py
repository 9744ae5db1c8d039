"""Somebody has interfered by hand: the proof tells of it, and the next run puts it right or says why not; accounts that
nobody manages are never changed. MYSQL_SEEDS=0-99 tries so many worlds, and 13 ways in each."""

import random
from dataclasses import replace

import pytest

from db_access.errors import AccessError
from db_access.mysql.reconcile import Evidence, converge, prove
from db_access.spec import AccessSpec
from tests.mysql.engine.doing import forgotten
from tests.mysql.engine.specs import TIMEOUTS, master
from tests.mysql.oracle.breaking import Victims, broken, ways
from tests.mysql.oracle.compare import amiss, place_of
from tests.mysql.oracle.seeds import SEEDS
from tests.mysql.oracle.world import objects
from tests.mysql.oracle.world.world import World, secrets, world
from tests.mysql.properties.dump import Dump, differing, dumped
from tests.mysql.properties.test_any_to_any import with_strangers
from tests.mysql.servers import Instance, rows

_AT_ONCE = 13


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_what_somebody_does_by_hand_is_told_and_put_right(instance: Instance, seed: int) -> None:
    made = world(seed)
    made = replace(made, names=replace(made.names, neighbours=(*made.names.neighbours, "elsewhere")))
    objects.make(instance, made.names)
    spec = made.here if made.here.users else made.there
    if not spec.users:
        return
    names = [*ways(instance)]
    random.Random(0).shuffle(names)
    found: list[str] = []
    for way in (names * 2)[(first := seed * _AT_ONCE % len(names)) : first + _AT_ONCE]:
        _begun(instance, spec)
        found += (f"{way}: {each}" for each in _one(instance, made, spec, way))
    assert not found, "\n".join([str(made), *found])


def _one(instance: Instance, made: World, spec: AccessSpec, way: str) -> list[str]:
    before = dumped(instance)
    broken(instance, way, _victims(instance, made, spec))
    planted = dumped(instance)
    changed = differing(before, planted)
    shown, told = _amiss(instance, made, spec), _proof(instance, spec)
    found = []
    if told.holds and (shown or [each for each in changed if not each.startswith("'stranger")]):
        found.append(f"not told: {shown[:3]} {changed}")
    try:
        _converged(instance, spec)
    except AccessError:
        return found  # it says why
    left = _amiss(instance, made, spec)
    if left and _proof(instance, spec).holds:
        found.append(f"neither put right nor told: {left[:3]}")
    return [*found, *(f"a stranger has changed: {each}" for each in _strangers(planted, dumped(instance)))]


def _strangers(before: Dump, after: Dump) -> list[str]:
    return differing(
        *({name: side.get(name, set()) for name in ("stranger", "stranger_role")} for side in (before, after))
    )


def _amiss(instance: Instance, made: World, spec: AccessSpec) -> list[str]:
    return amiss(instance, spec, place_of(made.names, destroying=False))


def _victims(instance: Instance, made: World, spec: AccessSpec) -> Victims:
    """A user that logs in and has a role, if there is one."""
    best = max(spec.users, key=lambda user: (user.logs_in, user.auth_method == "iam", bool(user.grants)))
    with instance.superuser() as root:
        table = "mysql.global_priv" if instance.is_mariadb else "mysql.user"
        roles = [name for (name,) in rows(root, f"SELECT User FROM {table}") if name.startswith("keyless~")]
        held = [row[0] for row in rows(root, _DEFAULTS[instance.is_mariadb], best.username) if row[0]]
        markers = [name for (name,) in rows(root, f"SELECT User FROM {table}") if name.startswith("keyless/")]
    role = (held or roles or markers)[0]
    schema = spec.databases[0].schemas or spec.databases[1].schemas
    group = spec.groups[0].name if spec.groups else "stranger_role"
    return Victims(best.username, role, group, markers[0], schema[0].name, "elsewhere", made.names.tables[0])


_DEFAULTS = {
    True: "SELECT JSON_VALUE(Priv, '$.default_role') FROM mysql.global_priv WHERE User = %s AND Host = '%%'",
    False: "SELECT DEFAULT_ROLE_USER FROM mysql.default_roles WHERE USER = %s",
}


def _converged(instance: Instance, spec: AccessSpec) -> None:
    converge(master(instance), spec, timeouts=TIMEOUTS, read_secret=secrets())


def _proof(instance: Instance, spec: AccessSpec) -> Evidence:
    return prove(master(instance), spec, timeouts=TIMEOUTS, read_secret=secrets())


def _begun(instance: Instance, spec: AccessSpec) -> None:
    with instance.superuser() as root:
        if not instance.is_mariadb:
            rows(root, "SET GLOBAL mandatory_roles = ''")  # while it is one, a role can't be dropped
    forgotten(instance)
    with instance.superuser() as root:
        rows(root, "DELETE FROM mysql.db WHERE User = ''")
        rows(root, "FLUSH PRIVILEGES")
        if instance.is_mariadb:
            rows(root, "GRANT USAGE ON *.* TO PUBLIC")
            rows(root, "REVOKE ALL PRIVILEGES, GRANT OPTION FROM PUBLIC")
    with_strangers(instance)
    _converged(instance, spec)
