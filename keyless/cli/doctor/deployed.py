"""The login of a deployed environment: a function's, or somebody's with the credentials of here."""

from collections.abc import Mapping
from functools import partial

from db_access.spec import AccessSpec
from keyless.cli.doctor.asked import Asked
from keyless.cli.doctor.clients import clients, function
from keyless.cli.doctor.logins import log_in, look_in, port_of, tunnel
from keyless.cli.environment.deployed import DeployedEnvironment
from keyless.cli.iam import chosen
from keyless.doctor.looking import Looking, Opened
from keyless.doctor.path import Function, Path
from keyless.doctor.refusals import Untried
from keyless.preflight.account.connection import Connection
from keyless_client.login import Login
from keyless_client.trust import region_of

_NAME = "keyless doctor"


def of_environment(asked: Asked, found: DeployedEnvironment, spec: AccessSpec | None) -> Looking:
    """Within `chosen`, whose variables say where. Raises UnknownLoginError."""
    account = clients(region_of(found.master.host))
    path = _path(asked, found, spec, account)
    address, port = tunnel(found.master.port)
    master = Login(found.master.host, found.master.port, found.master.user, path.login.dbname, path.login.region, _NAME)
    return Looking(
        path,
        account.signed,
        account.unsigned,
        log_in=partial(as_user, path),
        look_in=lambda: look_in(master, port if address else master.port),
        spec=spec,
    )


def nowhere(asked: Asked) -> Looking:
    """Of an environment that isn't found: what comes before every path. Raises UnknownLoginError."""
    account = clients(None)
    login = Login("", 0, asked.user or "", asked.database or "", "", _NAME)
    path, unknown = Path(login, token=True, environment=str(asked.env)), Untried("the environment isn't found")
    return Looking(path, account.signed, account.unsigned, lambda: unknown, lambda: unknown)


def as_user(path: Path) -> Opened:
    if path.function and path.token:
        return Untried(
            f"only {path.function.name} itself can sign a token of its role; its call, or `keyless verify`, tries it"
        )
    return log_in(path.login, path.port)


def _path(asked: Asked, found: DeployedEnvironment, spec: AccessSpec | None, account: Connection) -> Path:
    if asked.function is not None:
        return of_configuration(asked, function(account, asked.function, found.functions), spec, found.prefix)
    said = chosen()
    login = Login(
        said["host"],
        found.master.port,
        said["user"],
        asked.named_database("", spec, said["user"]),
        region_of(said["host"]) or "",
        _NAME,
    )
    address, port = tunnel(login.port)
    return Path(login, token=True, environment=found.prefix, address=address, port=port)


def of_configuration(
    asked: Asked, configuration: Mapping[str, object], spec: AccessSpec | None, environment: str
) -> Path:
    """A function's, by its variables; with --as as that user, by its role all the same."""
    variables: Mapping[str, str] = configuration["Environment"]["Variables"]  # type: ignore[index]  # as Lambda answers
    user = asked.user or variables["PGUSER"]
    secret = variables.get("DB_SECRET_ARN") if user == variables["PGUSER"] else None
    login = Login(
        variables["PGHOST"],
        port_of(variables.get("PGPORT", "5432")),
        user,
        asked.named_database(variables.get("PGDATABASE", ""), spec, user),
        region_of(variables["PGHOST"]) or str(variables.get("AWS_REGION", "")),
        _NAME,
        secret,
    )
    address, port = tunnel(login.port)
    return Path(
        login,
        token=secret is None,
        function=Function.of(configuration),
        environment=environment,
        address=address,
        port=port,
    )
