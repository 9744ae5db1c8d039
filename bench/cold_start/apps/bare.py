"""psycopg alone, which has no token: the floor for what is built on it."""

import psycopg


def token() -> str:
    return psycopg.__version__
