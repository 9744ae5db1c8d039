"""The configuration files of a PostgreSQL server of the rehearsal."""

from pathlib import Path

IAM_SOURCE = "127.0.0.1"
"""The gate connects from here for a client to whom RDS's `hostssl all +rds_iam all pam` line applies."""
NO_IAM_SOURCE = "127.0.0.2"
"""The gate connects from here for a client in clear text, or when the cluster has IAM off: only passwords count."""


def host_based_access() -> str:
    """pg_hba.conf: whether a login is IAM's is decided by PostgreSQL, as on RDS; the gate judges the token.

    `cert` lets a role in for a client certificate in its name, which only the gate can have made.
    """
    return f"""\
local    all  all                    trust
hostssl  all  rdsadmin  all          reject
hostssl  all  +rds_iam  {IAM_SOURCE}/32  cert
hostssl  all  all       {IAM_SOURCE}/32  scram-sha-256
hostssl  all  all       {NO_IAM_SOURCE}/32  scram-sha-256
"""


def configuration(folder: Path, client_roots: Path, max_connections: int) -> str:
    """postgresql.conf. No syncing and little memory: what is in this server is thrown away."""
    return f"""\
unix_socket_directories = '{folder}'
max_connections = {max_connections}
ssl = on
ssl_cert_file = '{folder / "server.pem"}'
ssl_key_file = '{folder / "server.key"}'
ssl_ca_file = '{client_roots}'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 32MB
dynamic_shared_memory_type = mmap
timezone = 'GMT'
log_timezone = 'GMT'
"""
