"""A real MariaDB or MySQL server in a private temporary folder: started, stopped, removed.

For the rehearsal and for tests only: it doesn't sync to disk. The superuser `rdsadmin` is reachable by a Unix socket in
a folder that only this user can enter; over TCP there is TLS only, and accounts of AWSAuthenticationPlugin need the
gate's key.
"""

import contextlib
import secrets
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import pymysql
from pymysql.connections import Connection

from keyless.rehearsal.os_user import ServerUser
from keyless.rehearsal.servers.certificates import Authority
from keyless.rehearsal.servers.files import PARENTS, short_folder
from keyless.rehearsal.servers.mysql import accounts, data
from keyless.rehearsal.servers.mysql.connecting import closed_on_failure, over
from keyless.rehearsal.servers.mysql.errors import ServerError
from keyless.rehearsal.servers.mysql.installing.install import installed
from keyless.rehearsal.servers.mysql.installing.programs import Programs
from keyless.rehearsal.servers.mysql.kinds import MARIADB, MYSQL, Kind
from keyless.rehearsal.servers.mysql.starting import ended, started
from keyless.rehearsal.servers.watchdog import Watchdog, sweep

__all__ = ["MariaDB", "MySQL", "Server"]

_CERTIFICATE_NAME = "localhost"


class Server:
    """One server. `with MariaDB() as server: ...`, or start() and stop().

    Parameters:
        address: the loopback address to listen on; the port is a free one, known after start().
        folds_case: names of schemas and tables are kept and compared in lower case (lower_case_table_names=1).
    """

    kind: ClassVar[Kind]

    def __init__(self, address: str = "127.0.0.1", *, max_connections: int = 500, folds_case: bool = False) -> None:
        self.address, self.port, self._max_connections = address, 0, max_connections
        self._settings = ["--lower-case-table-names=1"] if folds_case else []
        self.key = secrets.token_hex(32)
        """What the server takes for the token of every account of AWSAuthenticationPlugin. The gate's alone."""
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._watchdog: Watchdog | None = None
        self._user = ServerUser.choose()

    @property
    def folder(self) -> Path:
        """The private folder that holds the socket, the certificates and the data."""
        if self._folder is None:
            raise ServerError(f"the {self.kind.name} server is not running; call start() first")
        return self._folder

    @property
    def programs(self) -> Programs:
        """The server's own, and the clients that were unpacked with it."""
        return installed(self.kind)

    def start(self) -> None:
        """Make and start the server. Raises UnavailableError or ServerError, and leaves nothing behind."""
        try:
            programs = installed(self.kind)
            reached = self._user.can_run(
                programs.command(self.kind.daemon, "--no-defaults", "--version"), cwd=Path("/")
            )
            sweep(PARENTS, data.TRACES)
            self._folder = short_folder(self._user, in_memory=reached, prefix=data.TRACES.prefix)
            self._watchdog = Watchdog(self.folder, data.TRACES)
            if not reached:
                programs = programs.linked(self.folder / "programs")
            self._certify()
            data.initialised(self._user, self.kind, programs, self.folder, *self._settings)
            self._process, self.port = started(
                self._user,
                lambda port: programs.command(self.kind.daemon, *self._options(programs, port)),
                self.folder,
                self.address,
                self.key,
                self._answers,
            )
            with self._root("root") as connection:
                accounts.bootstrap(connection, self.kind)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server by force, whose data nobody needs, and remove the folder. May be called at any time."""
        process, folder, watchdog = self._process, self._folder, self._watchdog
        self._process = self._folder = self._watchdog = None
        try:
            if process is not None:
                ended(process)
        finally:
            if folder is not None:
                shutil.rmtree(folder)
            if watchdog is not None:
                watchdog.end()

    def connect(self) -> Connection:
        """The superuser's connection by the private socket, in autocommit mode. Use it in a `with`, or close it."""
        return self._root(accounts.OWNER)

    def log_in(self, user: str, password: str, database: str | None = None, **more: Any) -> Connection:
        """A connection by TLS, in autocommit mode. With `key` as its password an IAM account's, without any token."""
        sock = socket.create_connection((self.address, self.port))
        tls = {"host": _CERTIFICATE_NAME, "ssl": self.tls()}
        return over(sock, user=user, password=password, database=database, **tls, **more)

    def tls(self) -> ssl.SSLContext:
        """For clients of the server itself, whose certificate is for `localhost`."""
        return ssl.create_default_context(cafile=str(self.root_certificate))

    def create_master(self, name: str, password: str, database: str) -> None:
        """Create an RDS-like master and a database; see accounts.create_master."""
        with self.connect() as connection:
            accounts.create_master(connection, self.kind, name, password, database)

    def require_secure_transport(self, on: bool) -> None:
        """For logins from now on. It is on in a new server."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET GLOBAL require_secure_transport = %s", (on,))

    def _root(self, user: str) -> Connection:
        sock = socket.socket(socket.AF_UNIX)
        with closed_on_failure(sock):
            sock.connect(str(self.folder / data.TRACES.sockets))
        return over(sock, user=user)

    def _certify(self) -> None:
        authority = Authority(self.folder, "server")
        certificate = authority.server(_CERTIFICATE_NAME)
        self.root_certificate = authority.root
        self._user.write(self.folder / data.CERTIFICATE, certificate.chain.read_bytes())
        self._user.write(self.folder / data.KEY, certificate.key.read_bytes())

    def _options(self, programs: Programs, port: int) -> list[str]:
        options = data.options(self.kind, programs, self.folder, self.address, port, self._max_connections)
        return [*options, *self._settings]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError, pymysql.OperationalError):
            self._root("root").close()
            return True
        return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class MariaDB(Server):
    kind = MARIADB


class MySQL(Server):
    kind = MYSQL
