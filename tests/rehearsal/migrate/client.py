"""An application: writes numbered rows, one after the other, and is told by its stdin as whom. A program of its own.

As `report` it logs in with a password, by psycopg; as `report_iam` with tokens, by keyless_client. Each row that is
committed is told on stdout, with how often it was tried.
"""

import json
import os
import sys
import threading
import time
from typing import Any

import psycopg

import keyless_client

ROW = "INSERT INTO bar.audit (id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING"
PAUSE = 0.005


class ByPassword:
    def __init__(self, user: str) -> None:
        self._user = user
        self._connection: psycopg.Connection[Any] | None = None

    def write(self, number: int) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(
                user=self._user, password=os.environ["PASSWORD_OF_REPORT"], sslmode="verify-full", autocommit=True
            )
        try:
            self._connection.execute(ROW, [number, self._user])
        except psycopg.OperationalError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class ByToken:
    def __init__(self, user: str) -> None:
        os.environ["PGUSER"] = self._user = user

    def write(self, number: int) -> None:
        keyless_client.run(lambda connection: connection.execute(ROW, [number, self._user]))

    def close(self) -> None:
        keyless_client.connect().close()


def tried(client: ByPassword | ByToken, number: int) -> int:
    """How many attempts the row took."""
    for attempt in range(1, 100):
        try:
            client.write(number)
            return attempt
        except (psycopg.Error, keyless_client.ConnectError) as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
            time.sleep(0.1)
    raise SystemExit("given up")


def listen(users: list[str]) -> None:
    users.extend(line.strip() for line in sys.stdin)
    users.append("")


def main() -> None:
    users: list[str] = [sys.stdin.readline().strip()]
    threading.Thread(target=listen, args=[users], daemon=True).start()
    number, user = 0, ""
    client: ByPassword | ByToken | None = None
    while told := users[-1]:
        if client is None or told != user:
            if client is not None:
                client.close()
            client = ByToken(told) if told.endswith("_iam") else ByPassword(told)
            user = told
        number += 1
        attempts = tried(client, number)
        print(json.dumps({"row": number, "user": user, "attempts": attempts}), flush=True)
        time.sleep(PAUSE)


main()
