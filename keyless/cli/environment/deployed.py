"""Where an environment's database is, by the outputs of its stacks, and as whom its bootstrap function logs in there.
Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from keyless.cli.environment.stacks import EnvironmentNotFoundError, Stacks, explained, stacks_of
from keyless.stack_names import belongs
from keyless.verify.deployed import Clients, Login

_ENDPOINT, _PROXY, _BOOTSTRAP = "DatabaseEndpoint", "ProxyEndpoint", "BootstrapFunctionName"
_FUNCTION: Final = "FunctionName"


@dataclass(frozen=True)
class DeployedEnvironment:
    prefix: str
    """Of its stacks' names."""
    region: str
    clients: Clients
    master: Login
    """As whom the bootstrap function logs in to the database itself."""
    proxy: str | None
    """The host of the proxy's endpoint, whose port is the database's; None where none is deployed."""
    functions: Mapping[str, str]
    """The names of the functions that its stacks put out: Writer of the output WriterFunctionName."""
    master_secret: str | None = None
    """The ARN of the master's secret; None for one that logs in with IAM."""
    mysql: bool = False
    """Whether it is a server of the MySQL family; else of PostgreSQL."""
    watch_user: str | None = None
    """Of the drift watch, whom a run makes procedures to look by for, on a server of the MySQL family."""

    @property
    def manager(self) -> str:
        """Who manages the roles where the spec doesn't say: its access stack."""
        return f"{self.prefix}-access"


def deployed_environment(name: str) -> DeployedEnvironment:
    """What `stacks_of` finds, as a place to connect to. Raises as it does."""
    return place_of(stacks_of(name))


def place_of(stacks: Stacks) -> DeployedEnvironment:
    """Where they have their database. Raises EnvironmentNotFoundError when it isn't deployed, or can't be seen."""
    database, access = stacks.outputs.get(f"{stacks.prefix}-database", {}), stacks.outputs.get(stacks.access, {})
    missing = [key for key, found in ((_ENDPOINT, database), (_BOOTSTRAP, access)) if key not in found]
    if missing:
        raise EnvironmentNotFoundError(
            f"the stacks of {stacks.prefix} have no output {' and no '.join(missing)}; allowed: an environment whose "
            "deploy is finished"
        )
    with explained():
        configuration = stacks.clients("lambda").get_function_configuration(FunctionName=access[_BOOTSTRAP])
    return DeployedEnvironment(
        stacks.prefix,
        stacks.region,
        stacks.clients,
        _master(configuration, stacks.prefix),
        database.get(_PROXY),
        _functions(stacks.outputs, stacks.prefix),
        _variables(configuration).get("DB_MASTER_SECRET_ARN"),
        mysql=_variables(configuration).get("DB_ENGINE_FAMILY") == "mysql",
        watch_user=_variables(configuration).get("WATCH_USER"),
    )


def _functions(outputs: Mapping[str, Mapping[str, str]], prefix: str) -> dict[str, str]:
    own = (found for stack, found in outputs.items() if belongs(stack, prefix))
    return {
        key.removesuffix(_FUNCTION): value for found in own for key, value in found.items() if key.endswith(_FUNCTION)
    }


def _variables(function: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = function.get("Environment", {}).get("Variables", {})
    return found


def _master(bootstrap: Mapping[str, Any], prefix: str) -> Login:
    try:
        return Login.of(_variables(bootstrap))
    except (KeyError, ValueError) as error:
        raise EnvironmentNotFoundError(
            f"the bootstrap function of {prefix} doesn't say where the database is, or as whom it logs in; allowed: an "
            "environment of this library, on PostgreSQL or of the MySQL family"
        ) from error
