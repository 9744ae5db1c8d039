"""A real PostgreSQL server's life: made in a private temporary folder, started, stopped, gone.

For the rehearsal and for tests only: it doesn't sync to disk. The superuser `rdsadmin` is reachable by a Unix socket in a folder
that only this user can enter; over TCP there is TLS only, and members of `rds_iam` need the gate's client certificate.
"""

import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from keyless.rehearsal import rds_roles
from keyless.rehearsal.certificates import Authority, Certificate
from keyless.rehearsal.postgres_files import PostgresError, binaries, configuration, free_port, host_based_access, short_folder
from keyless.rehearsal.server_user import ServerUser, end

__all__ = ["Postgres", "PostgresError"]

_START_SECONDS = 30.0
_ATTEMPTS = 5


class Postgres:
    """One server. `with Postgres() as server: ...`, or start() and stop().

    Parameters:
        address: the loopback address to listen on; the port is a free one, known after start().
    """

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.address, self.port = address, 0
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
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
            reached = self._user.reaches(programs)
            self._folder = short_folder(self._user, in_memory=reached)  # where programs may be forbidden to run
            self.gate_authority = Authority(self.folder, "gate")
            self._make(programs if reached else self._user.copy(programs, self.folder))
            with self.connect() as connection:
                rds_roles.bootstrap(connection)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down (fast, then immediate, then by force) and remove the folder. May be called at any time, more than once."""
        process, folder, self._process, self._folder = self._process, self._folder, None, None
        try:
            if process is not None:
                end(process)
        finally:
            if folder is not None:
                shutil.rmtree(folder)

    def conninfo(self, user: str = rds_roles.SUPERUSER, database: str = "postgres") -> str:
        """A libpq connection string for the private socket, where every role is let in without a password."""
        return make_conninfo(host=str(self.folder), port=self.port, user=user, dbname=database, connect_timeout=10)

    def connect(self, user: str = rds_roles.SUPERUSER, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection by the private socket, in autocommit mode."""
        return psycopg.connect(self.conninfo(user, database), autocommit=True)

    def create_master(self, name: str, *, iam: bool, password: str | None, database: str) -> None:
        """Create an RDS-like master user and the database it owns; see rds_roles.create_master."""
        with self.connect() as connection:
            rds_roles.create_master(connection, name, iam=iam, password=password, database=database)

    def use_certificate(self, certificate: Certificate) -> None:
        """Present this certificate to new TLS connections: the one of the endpoint in front of the server.

        Clients bind SCRAM to the certificate they see (channel binding), so the gate and the server must show the same one.
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
            staged.touch(mode=0o600)
            staged.write_bytes(source.read_bytes())
            self._user.own(staged)
            staged.replace(self.folder / name)

    def _make(self, programs: Path) -> None:
        self._install(self.gate_authority.server("localhost"))
        data = self.folder / "data"
        command: list[str | Path] = [programs / "initdb", "-D", data, "-U", rds_roles.SUPERUSER]
        try:
            self._user.run([*command, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], cwd=self.folder)
        except (OSError, subprocess.CalledProcessError) as error:
            raise PostgresError(f"initdb in {programs} failed: {getattr(error, 'stderr', None) or error}") from error
        (data / "pg_hba.conf").write_text(host_based_access(), encoding="utf-8")
        (data / "postgresql.conf").write_text(configuration(self.folder, self.gate_authority.root), encoding="utf-8")
        self._user.own(self.folder)
        self._spawn(programs / "postgres", data)

    def _spawn(self, program: Path, data: Path) -> None:
        """Start on a free port; another process may take it first, so a few tries."""
        log = self.folder / "server.log"
        for _ in range(_ATTEMPTS):
            self.port = free_port(self.address)
            with log.open("wb") as file:
                command: list[str | Path] = [program, "-D", data, "-h", self.address, "-p", str(self.port)]
                self._process = self._user.spawn(command, cwd=self.folder, log=file)
            if self._answers():
                return
            end(self._process)
            if "could not bind" not in (text := log.read_text(errors="replace")):
                break
        raise PostgresError("PostgreSQL did not start; its log ends with:\n" + "\n".join(text.splitlines()[-20:]))

    def _answers(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while self._process is not None and self._process.poll() is None and time.monotonic() < deadline:
            try:
                self.connect().close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.02)
        return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.stop()
