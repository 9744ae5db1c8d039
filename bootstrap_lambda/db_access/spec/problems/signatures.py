"""Functions in `only` that no database has: PostgreSQL never writes their argument types so."""

import re
from typing import Final

_WRITTEN: Final = {
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "bool": "boolean",
    "char": "character",
    "varchar": "character varying",
    "varbit": "bit varying",
    "decimal": "numeric",
    "dec": "numeric",
    "float": "double precision",
    "float4": "real",
    "float8": "double precision",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}
"""What people write -> what PostgreSQL writes (format_type; Table 8.1, "Data Types"). A type of somebody's own with
such a name is written with its schema, or in quotes."""
_SIGNATURE: Final = re.compile(r"(?P<name>[^(]*)\((?P<types>[^()\"]*)\)")


def as_postgresql_writes_it(name: str) -> str:
    """`app.total(integer)` for `app.total(int)`; what needs no other form, or isn't a function, as it is."""
    found = _SIGNATURE.fullmatch(name)
    if found is None:
        return name
    types = [_written(each.strip()) for each in found["types"].split(",")]
    return f"{found['name']}({', '.join(types)})"


def _written(type_: str) -> str:
    base, array, _ = type_.partition("[]")  # one pair of brackets, whatever the dimensions
    return f"{_WRITTEN.get(base.strip().lower(), base)}{array}"
