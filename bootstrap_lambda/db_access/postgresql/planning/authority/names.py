"""How SQL names a role or a database, for a statement that an operator is told to run. Pure."""

import re

from db_access.wording import one_line


def sql_name(name: str) -> str:
    """Quoted where it must be."""
    doubled = one_line(name).replace('"', '""')
    return name if re.fullmatch(r"[a-z_][a-z0-9_$]*", name) else f'"{doubled}"'
