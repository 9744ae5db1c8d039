"""pg8000 with boto3's token."""

import os
import ssl

import pg8000.native

from bench.cold_start.apps.boto import token


def call() -> object:
    connection = pg8000.native.Connection(
        os.environ["PGUSER"],
        host=os.environ["PGHOST"],
        port=int(os.environ["PGPORT"]),
        database=os.environ["PGDATABASE"],
        password=token(),
        ssl_context=ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"]),
    )
    return connection.run("SELECT 1")
