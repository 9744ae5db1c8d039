"""The SQL that makes a right, and that asks for it. For people to run; nothing here is run."""

from psycopg.sql import Identifier

from db_access.wording import visible
from keyless.effective.catalog.model import Membership
from keyless.effective.things import Thing
from keyless_probe.rights.things import Kind


def question(role: str, privilege: str, thing: Thing) -> str:
    """What PostgreSQL was asked, by names where that is exact."""
    named = thing.name if not thing.schema else Identifier(thing.schema, thing.name).as_string(None)
    of = str(thing.oid) if thing.kind == Kind.FUNCTION else _literal(named)
    column = [_literal(thing.column)] if thing.column else []
    arguments = ", ".join([_literal(role), of, *column, _literal(privilege)])
    return f"SELECT pg_catalog.has_{thing.kind}_privilege({arguments});"


def target(thing: Thing) -> str:
    """As GRANT names it."""
    if thing.kind == Kind.FUNCTION:
        return f"ROUTINE {identifier(thing.schema, thing.name)}({thing.arguments})"
    kind = "TABLE" if thing.column else thing.kind.upper()
    return f"{kind} {identifier(*(part for part in (thing.schema, thing.name) if part))}"


def grant(privilege: str, thing: Thing, to: str) -> str:
    columns = f" ({identifier(thing.column)})" if thing.column else ""
    return f"GRANT {privilege}{columns} ON {target(thing)} TO {identifier(to) if to else 'PUBLIC'};"


def member(name: str, of: str, membership: Membership, *, database: str) -> str:
    """With the options that differ from what GRANT would make without them."""
    if membership.implied:
        return f"ALTER DATABASE {identifier(database)} OWNER TO {identifier(name)};"
    inherits = [f"INHERIT {str(membership.inherits).upper()}"] if membership.inherits != membership.by_default else []
    options = ", ".join([*inherits, *([] if membership.sets else ["SET FALSE"])])
    return f"GRANT {identifier(of)} TO {identifier(name)}{f' WITH {options}' if options else ''};"


def owned(thing: Thing, name: str) -> str:
    return f"ALTER {target(thing)} OWNER TO {identifier(name)};"


def superuser(name: str) -> str:
    return f"ALTER ROLE {identifier(name)} SUPERUSER;"


def identifier(*parts: str) -> str:
    return ".".join(map(_identifier, parts))


def _identifier(name: str) -> str:
    plain = Identifier(name).as_string(None)
    if _shows(name):
        return plain
    return f'U&"{"".join(_unicode(letter) for letter in plain[1:-1])}"'


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    if _shows(text) and "\\" not in text:
        return f"'{doubled}'"
    return "E'" + "".join(_escape(letter) for letter in doubled) + "'"


def _shows(text: str) -> bool:
    """Whether it stays what it is, when what doesn't print is replaced by an escape."""
    return visible(text) == text and "\n" not in text


def _unicode(letter: str) -> str:
    """https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"""
    return letter if letter.isprintable() and letter not in "\\#" else f"\\+{ord(letter):06x}"


def _escape(letter: str) -> str:
    return letter if letter.isprintable() and letter not in "\\#" else f"\\U{ord(letter):08x}"
