"""What can be wrong with the database that PostgreSQL copies each new one from."""

from collections.abc import Iterator
from typing import Final

from db_access.spec.raw_document import RawDocument, strings

_TEMPLATE: Final = "template1"
_COPIED: Final = "each new database is a copy of it, and can't be made while somebody is in it"


def template_problems(document: RawDocument) -> Iterator[str]:
    """It may be declared, to lock PUBLIC out or to say that it is open, and for nothing else."""
    for place, database in document.databases:
        if database.get("name") == _TEMPLATE and database.get("schemas"):
            yield f"{document.at(place, 'schemas')}: {_COPIED}; allowed: {_TEMPLATE} without schemas"
    for at, grantee in document.grantees:
        for place, name in strings(grantee, "databases", at):
            if name == _TEMPLATE:
                yield f"{document.at(place)}: {_COPIED}; allowed: other databases"
