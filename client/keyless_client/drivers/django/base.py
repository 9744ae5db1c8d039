"""What Django looks for in an engine: PostgreSQL's, whose connections log in each with a token of its own."""

from dataclasses import replace
from functools import partial
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from keyless_client.drivers import dbapi
from keyless_client.login import Login, chosen
from keyless_client.pooling import connections


class _Driver:
    """psycopg, as Django knows it, with another `connect`."""

    def __init__(self, wrapper: "DatabaseWrapper") -> None:
        self._wrapper = wrapper

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)

    def connect(self, **given: Any) -> "psycopg.Connection[Any]":
        return dbapi.connect(self._wrapper.login(), **given)


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.Database = _Driver(self)

    def login(self) -> Login:
        """To the database that Django has in mind, which is another one for its tests."""
        login = chosen(self.settings_dict["OPTIONS"].get("login"))
        return replace(login, dbname=self.settings_dict["NAME"] or "postgres")

    def get_connection_params(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_connection_params()
        given.pop("login", None)
        return given

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"]
        if options.get("pool"):
            given = {} if options["pool"] is True else options["pool"]
            logging_in = connections(partial(dbapi.connect, self.login()))
            options["pool"] = {"connection_class": logging_in, "timeout": 30, **given}
        return super().pool
