"""The access spec: which databases, schemas and users exist, and who may do what. Knows no engine and no database.

`model` describes its parts, `problems` finds what is wrong with one, `files` reads the files that one comes in, and
`transport` brings one to the bootstrap function.
"""

from db_access.spec.access_spec import AccessSpec
from db_access.spec.model.grants import Access, Database, Grant, Schema
from db_access.spec.model.names import identifier, unnameable
from db_access.spec.model.users import Grantee, Group, Owner, User

__all__ = [
    "Access",
    "AccessSpec",
    "Database",
    "Grant",
    "Grantee",
    "Group",
    "Owner",
    "Schema",
    "User",
    "identifier",
    "unnameable",
]
