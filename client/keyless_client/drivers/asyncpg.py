"""asyncpg: `asyncpg.create_pool(**arguments())`, or `asyncpg.connect(**arguments())`."""

from typing import Any

from keyless_client.blocking import aside
from keyless_client.libpq import CONNECT_TIMEOUT_SECONDS
from keyless_client.login import Login, chosen


def arguments(*, login: Login | None = None, reader: bool = False) -> dict[str, Any]:
    """Keyword arguments for any number of connections: asyncpg asks for a token for each. No statement is prepared by
    name, which would pin the proxy's session."""
    login = chosen(login, reader)

    async def token() -> str:
        return await aside(login.token)  # whose credentials may have to be read

    return {
        "host": login.host,
        "port": login.port,
        "user": login.user,
        "database": login.dbname,
        "password": token,
        "ssl": login.ssl_context(),
        "direct_tls": False,
        "target_session_attrs": "any",  # not from libpq's variables, no more than the next
        "gsslib": "gssapi",
        "timeout": CONNECT_TIMEOUT_SECONDS,
        "statement_cache_size": 0,
        "server_settings": {"application_name": login.application_name},
    }
