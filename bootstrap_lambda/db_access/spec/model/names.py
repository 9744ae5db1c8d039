"""Which names PostgreSQL takes whole, and which a role of ours may have."""

_MAX_BYTES = 63
"""NAMEDATALEN - 1: PostgreSQL silently cuts longer identifiers (postgresql.org, SQL Syntax, 4.1.1)."""


def identifier(name: str) -> str:
    """`name`, if PostgreSQL can use it whole as an identifier. Raises ValueError with the reason."""
    size = len(name.encode())
    if not 0 < size <= _MAX_BYTES:
        raise ValueError(f"{name!r} has {size} bytes; allowed: 1 to {_MAX_BYTES}")
    if "\0" in name:
        raise ValueError(f"{name!r} contains a NUL character")
    if name.lower().startswith("pg_") or name.lower() in {"information_schema", "rdsadmin"}:
        raise ValueError(f"{name!r} is reserved by PostgreSQL or RDS; allowed: names that don't start with pg_")
    return name


def role_name(name: str) -> str:
    """`name`, if a role of ours may have it. Raises ValueError with the reason."""
    identifier(name)
    if name.lower().startswith("rds") or name.lower() in {"public", "none", "postgres"}:
        raise ValueError(
            f"{name!r} is reserved; allowed: names that don't start with rds or pg_, and are not public, none or "
            f"postgres"
        )
    return name
