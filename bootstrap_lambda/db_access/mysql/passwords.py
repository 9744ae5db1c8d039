"""How a server gets a password: MariaDB as the digest that it keeps, MySQL as it is, over TLS; and back, what it had of
one. Logs and shows none."""

from collections.abc import Mapping
from hashlib import sha1

from db_access.mysql.changes import Change, RestoreLogin, SetPassword
from db_access.mysql.identifiers import literal
from db_access.mysql.state import Account, Flavor, Server
from db_access.mysql.statements import login_statement, password_statement
from db_access.secrets import Secret

WITH_SECRETS = (SetPassword, RestoreLogin)
"""Changes whose statement is run in another form than it is shown in."""


def executable(shown: str, change: Change, secrets: Mapping[str, Secret], server: Server) -> str:
    """The statement to run; `shown` where nothing is kept back."""
    match change:
        case SetPassword():
            password = secrets[change.account.name].password
            digest = native_digest(password) if server.flavor is Flavor.MARIADB else password
            return password_statement(change, server, digest)
        case RestoreLogin():
            return login_statement(change, server, _verifier(change.account, server))
        case _:
            return shown


def _verifier(account: Account, server: Server) -> str:
    if server.flavor is Flavor.MARIADB:
        return literal(account.verifier.decode(errors="replace"))
    return f"0x{account.verifier.hex()}"


def native_digest(password: str) -> str:
    """mysql_native_password's (mariadb.com, "PASSWORD"): all that MariaDB has without a plugin more."""
    once = sha1(password.encode(), usedforsecurity=False).digest()
    return "*" + sha1(once, usedforsecurity=False).hexdigest().upper()
