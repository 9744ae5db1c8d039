"""aws-advanced-python-wrapper around psycopg, whose `iam` plugin asks boto3 for the token."""

import os

import psycopg
from aws_advanced_python_wrapper import AwsWrapperConnection

from bench.cold_start.apps.boto import token as token


def call() -> object:
    settings = " ".join(
        f"{key}={os.environ[variable]}"
        for key, variable in (
            ("host", "PGHOST"),
            ("port", "PGPORT"),
            ("user", "PGUSER"),
            ("dbname", "PGDATABASE"),
            ("sslrootcert", "PGSSLROOTCERT"),
        )
    )
    connection = AwsWrapperConnection.connect(
        psycopg.Connection.connect,
        f"{settings} sslmode=verify-full",
        wrapper_dialect="aurora-pg",
        plugins="iam",
        autocommit=True,
    )
    cursor = connection.cursor()
    cursor.execute("SELECT 1")
    return cursor.fetchone()
