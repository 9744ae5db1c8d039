"""The access spec: which databases, schemas and users exist, and who may do what. Knows no engine and reads no
database.

`model` has its parts, `problems` what can be wrong with one, `files` the forms in which one is written,
`transport` its way to the function.
"""

from db_access.spec.access_spec import AccessSpec
from db_access.spec.model.grants import Access, Database, Grant, Schema
from db_access.spec.model.users import Group, User

__all__ = ["Access", "AccessSpec", "Database", "Grant", "Group", "Schema", "User"]
