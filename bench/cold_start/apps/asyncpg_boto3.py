"""asyncpg with boto3's token."""

import asyncio
import os
import ssl

import asyncpg

from bench.cold_start.apps.boto import token


def call() -> object:
    return asyncio.run(_call())


async def _call() -> object:
    trusted = ssl.create_default_context(cafile=os.environ["PGSSLROOTCERT"])
    connection = await asyncpg.connect(password=token(), ssl=trusted)
    return await connection.fetchval("SELECT 1")
