"""psycopg with boto3's token."""

import psycopg

from bench.cold_start.apps.boto import token


def call() -> object:
    connection = psycopg.connect("", password=token(), autocommit=True)
    return connection.execute("SELECT 1").fetchone()
