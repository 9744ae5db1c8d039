"""keyless_client."""

import os

import keyless_client


def token() -> str:
    return keyless_client.auth_token(
        host=os.environ["PGHOST"],
        port=int(os.environ["PGPORT"]),
        user=os.environ["PGUSER"],
        region=os.environ["AWS_REGION"],
    )


def call() -> object:
    return keyless_client.connect().execute("SELECT 1").fetchone()
