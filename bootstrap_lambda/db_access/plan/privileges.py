"""The words of PostgreSQL's access rights: privileges, what they are held on, and who holds which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

PUBLIC: Final = ""
"""The grantee that stands for everybody. No role can have an empty name."""


class Privilege(StrEnum):
    """PostgreSQL's privilege types (postgresql.org, Privileges, table 5.2)."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    REFERENCES = "REFERENCES"
    TRIGGER = "TRIGGER"
    MAINTAIN = "MAINTAIN"
    USAGE = "USAGE"
    CREATE = "CREATE"
    CONNECT = "CONNECT"
    TEMPORARY = "TEMPORARY"
    EXECUTE = "EXECUTE"


class Kind(StrEnum):
    DATABASE = "database"
    SCHEMA = "schema"
    TABLE = "table"
    """Whatever GRANT … ON TABLE reaches: tables, partitioned and foreign tables, views."""
    SEQUENCE = "sequence"
    FUNCTION = "function"
    """Functions, procedures and aggregates, each named with its argument types: `answer(integer)`."""
    TYPE = "type"
    """Base, enum, range and composite types and domains; not the row types of tables."""


Privileges = frozenset[Privilege]
Acl = Mapping[str, Privileges]
"""Grantee to privileges; without the owner's own. In a desired state, PUBLIC is absent where it is nobody's
business."""
