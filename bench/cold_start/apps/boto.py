"""boto3's token, which those without one of their own need. Its client is made at the start, which is the best for
the first call."""

import os

import boto3

_rds = boto3.client("rds")


def token() -> str:
    made: str = _rds.generate_db_auth_token(os.environ["PGHOST"], int(os.environ["PGPORT"]), os.environ["PGUSER"])
    return made
