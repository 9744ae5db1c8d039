"""Django's database engine: `DATABASES = {"default": database()}`. It needs psycopg, not psycopg2."""

from typing import Any

from keyless_client.login import Login, chosen

_HEALTHY = {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}


def database(*, login: Login | None = None, reader: bool = False, **settings: Any) -> dict[str, Any]:
    """One entry of DATABASES. `settings` are Django's own, such as CONN_MAX_AGE, or OPTIONS with a `pool`.

    Server-side cursors are off: behind a proxy in autocommit mode they would pin its session.
    """
    login = chosen(login, reader)
    options = settings.pop("OPTIONS", {})
    return {
        "ENGINE": "keyless_client.drivers.django",
        "NAME": login.dbname,
        "HOST": login.host,
        "PORT": login.port,
        "USER": login.user,
        "OPTIONS": {**options, "login": login},
        "DISABLE_SERVER_SIDE_CURSORS": True,
        **({} if options.get("pool") else _HEALTHY),
        **settings,
    }
