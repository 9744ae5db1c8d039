"""What users can do in the middle of a run: what one of the two specs gives, and nothing that only both together do."""

from collections.abc import Iterator
from dataclasses import dataclass

from pymysql.connections import Connection

from db_access.spec import AccessSpec
from db_access.spec.model.users import User
from tests.mysql.oracle.compare import expected
from tests.mysql.oracle.doing import Done, Place, data, entered, roles
from tests.mysql.oracle.meaning import Rights, of_user
from tests.mysql.oracle.world.world import World
from tests.mysql.servers import Instance, rows


@dataclass(frozen=True)
class Side:
    """What one spec says of a user."""

    user: User | None
    rights: Rights

    @property
    def logs_in(self) -> bool:
        return self.user is not None and self.user.logs_in


def sides(spec: AccessSpec) -> dict[str, Side]:
    return {user.username: Side(user, of_user(spec, user)) for user in spec.users}


_NOBODY = Side(None, Rights())


@dataclass(frozen=True)
class Between:
    instance: Instance
    world: World
    place: Place

    def amiss(self) -> Iterator[str]:
        """Whoever can do something that neither spec gives."""
        here, there = sides(self.world.here), sides(self.world.there)
        names = _roles_of(self.instance)
        for name in sorted(here.keys() | there.keys()):
            before, after = here.get(name, _NOBODY), there.get(name, _NOBODY)
            if self.world.keeps_others and name not in there:
                after = before
            yield from self._of(name, before, after, names)

    def _of(self, name: str, before: Side, after: Side, names: list[str]) -> Iterator[str]:
        session = _entered(self.instance, before, after)
        if session is None:
            return
        with session:
            if not (before.logs_in or after.logs_in):
                yield f"{name!r} logs in, which neither spec lets it"
            done = _tried(session, self.place, names, maria=self.instance.is_mariadb)
            allowed = [side for side in (before, after) if side.logs_in]
            left = [sorted(done.let - expected(side.rights, done, self.place)) for side in allowed]
            if all(left):
                yield f"{name!r} can {left[0]} beyond the first and {left[-1]} beyond the last spec"

    def as_before(self) -> Iterator[str]:
        """Who was there and can do something else than before, and who is new and logs in."""
        here, there = sides(self.world.here), sides(self.world.there)
        for name in sorted(there.keys() - here.keys()):
            if _entered(self.instance, _NOBODY, there[name]):
                yield f"{name!r} is new and logs in"
        for name, side in sorted(here.items()):
            session = side.user and entered(self.instance, side.user)
            if (session is not None) != side.logs_in and (session or self._stays(name)):
                yield f"{name!r} {'logs in' if session else 'does not log in'}"
            if session:
                with session:
                    yield from self._same(name, side, session)

    def _stays(self, name: str) -> bool:
        """Whom the second spec lets in no more may be out: who could make runs fail would keep a login otherwise."""
        there = sides(self.world.there).get(name)
        return there.logs_in if there else self.world.keeps_others

    def _same(self, name: str, side: Side, session: Connection) -> Iterator[str]:
        done = _tried(session, self.place, [], maria=False)
        wanted = expected(side.rights, done, self.place)
        yield from (f"{name!r} can {each}" for each in sorted(done.let - wanted))
        yield from (f"{name!r} can't {each} any more" for each in sorted(wanted - done.let))


def _entered(instance: Instance, *sides: Side) -> Connection | None:
    """By whatever way either spec has."""
    for side in sides:
        if side.user and (session := entered(instance, side.user)):
            return session
    return None


def _tried(session: Connection, place: Place, names: list[str], *, maria: bool) -> Done:
    """With every role that it has: together, or on MariaDB one by one."""
    done = Done()
    _all(session, place, done)
    if maria:
        for _ in roles(session, names):
            _all(session, place, done)
    elif names:
        rows(session, "SET ROLE ALL")
        _all(session, place, done)
    return done


def _all(session: Connection, place: Place, done: Done) -> None:
    for schema, tables in place.tables.items():
        for table in tables:
            data(session, place, schema, table, done)


def _roles_of(instance: Instance) -> list[str]:
    with instance.superuser() as root:
        table = "mysql.roles_mapping" if instance.is_mariadb else "mysql.role_edges"
        column = "Role" if instance.is_mariadb else "FROM_USER"
        return [name for (name,) in rows(root, f"SELECT DISTINCT {column} FROM {table}")]
