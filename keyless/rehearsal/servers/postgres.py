"""A real PostgreSQL server in a private temporary folder: started, stopped, removed.

For the rehearsal and for tests only: it doesn't sync to disk. The superuser `rdsadmin` is reachable by a Unix socket in
a folder that only this user can enter; over TCP there is TLS only, and members of `rds_iam` need the gate's client
certificate.
"""

import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from keyless.rehearsal.os_user import ServerUser, end
from keyless.rehearsal.servers import rds_roles
from keyless.rehearsal.servers.certificates import Authority, Certificate
from keyless.rehearsal.servers.files import PARENTS, PostgresError, binaries, short_folder
from keyless.rehearsal.servers.startup import initialised, started
from keyless.rehearsal.servers.watchdog import Watchdog, sweep

__all__ = ["Postgres", "PostgresError"]


class Postgres:
    """One server. `with Postgres() as server: ...`, or start() and stop().

    Parameters:
        address: the loopback address to listen on; the port is a free one, known after start().
    """

    def __init__(self, address: str = "127.0.0.1", *, max_connections: int = 250) -> None:
        self.address, self.port, self._max_connections = address, 0, max_connections
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._watchdog: Watchdog | None = None
        self._user = ServerUser.choose()

    @property
    def folder(self) -> Path:
        """The private folder that holds the socket, the certificates and the data."""
        if self._folder is None:
            raise PostgresError("the PostgreSQL server is not running; call start() first")
        return self._folder

    def start(self) -> None:
        """Make and start the server. Raises PostgresError, and leaves nothing behind, when that fails."""
        try:
            programs = binaries()
            reached = self._user.can_run([programs / "postgres", "--version"], cwd=Path("/"))
            sweep(PARENTS)
            self._folder = short_folder(self._user, in_memory=reached)  # where programs may be forbidden to run
            self._watchdog = Watchdog(self.folder)
            self.gate_authority = Authority(self.folder, "gate")
            self._install(self.gate_authority.server("localhost"))
            programs = programs if reached else self._user.copy(programs, self.folder)
            data = initialised(self._user, programs, self.folder, self.gate_authority.root, self._max_connections)
            self._process, self.port = started(self._user, programs / "postgres", data, self.address, self._answers)
            with self.connect() as connection:
                rds_roles.bootstrap(connection)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down (fast, then immediate, then by force) and remove the folder. May be called at any time."""
        process, folder, watchdog = self._process, self._folder, self._watchdog
        self._process = self._folder = self._watchdog = None
        try:
            if process is not None:
                end(process)
        finally:
            if folder is not None:
                shutil.rmtree(folder)
            if watchdog is not None:
                watchdog.end()

    def conninfo(self, user: str = rds_roles.SUPERUSER, database: str = "postgres") -> str:
        """A libpq connection string for the private socket, where every role is let in without a password."""
        return make_conninfo(host=str(self.folder), port=self.port, user=user, dbname=database, connect_timeout=10)

    def connect(
        self, user: str = rds_roles.SUPERUSER, database: str = "postgres"
    ) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection by the private socket, in autocommit mode."""
        return psycopg.connect(self.conninfo(user, database), autocommit=True)

    def end_sessions(self) -> None:
        """End every open session of a role, and wait until they have."""
        with self.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE usename IS NOT NULL AND pid <> pg_backend_pid()"
            )

    def version(self) -> int:
        """As `server_version_num` has it: 170010."""
        with self.connect() as connection:
            return connection.info.server_version

    def create_master(self, name: str, *, iam: bool, password: str | None, database: str) -> None:
        """Create an RDS-like master user and the database it owns; see rds_roles.create_master."""
        with self.connect() as connection:
            rds_roles.create_master(connection, name, iam=iam, password=password, database=database)

    def create_proxy_login(self) -> str:
        """Create RDS Proxy's own login; its password, which nobody else knows."""
        password = secrets.token_urlsafe(30)
        with self.connect() as connection:
            rds_roles.create_proxy_login(connection, password)
        return password

    def use_certificate(self, certificate: Certificate) -> None:
        """Present this certificate to new TLS connections: the one of the endpoint in front of the server.

        Clients bind SCRAM to the certificate they see (channel binding), so the gate and the server must show the same
        one.
        """
        self._install(certificate)
        before = self._loaded()
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)
        while self._loaded() == before:  # reloading is asynchronous
            time.sleep(0.01)

    def _loaded(self) -> object:
        """When the postmaster, from which each new session inherits this, last read its files."""
        with self.connect() as connection:
            return connection.execute("SELECT pg_conf_load_time()").fetchone()

    def _install(self, certificate: Certificate) -> None:
        for source, name in ((certificate.chain, "server.pem"), (certificate.key, "server.key")):
            staged = self.folder / f"{name}.new"
            self._user.write(staged, source.read_bytes())
            staged.replace(self.folder / name)

    def _answers(self, port: int) -> bool:
        self.port = port
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
