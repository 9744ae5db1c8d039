"""What of a status deserves a look: what is off that this app turns on, or isn't well. Pure."""

from collections.abc import Iterator

from keyless.status.found import Database, Drift, Environment, Proxy, Region

_WELL = frozenset({"available", "AVAILABLE"})


def remarks(region: Region) -> Iterator[str]:
    for database in region.databases:
        yield from (f"{database.kind} {database.name}: {said}" for said in _of_database(database))
    for proxy in region.proxies:
        yield from (f"proxy {proxy.name}: {said}" for said in _of_proxy(proxy))
    for environment in region.environments:
        yield from (f"environment {environment.prefix}: {said}" for said in _of_environment(environment))


def _of_database(database: Database) -> Iterator[str]:
    if database.state not in _WELL:
        yield f"it is {database.state}"
    if not database.iam:
        yield "IAM authentication is off"
    if database.tls is False:
        yield "it lets connections without TLS in"
    if database.version and not database.version.offered:
        yield f"{database.engine} {database.engine_version} is not offered any more"


def _of_proxy(proxy: Proxy) -> Iterator[str]:
    if proxy.state not in _WELL:
        yield f"it is {proxy.state}"
    if not proxy.tls:
        yield "it lets connections without TLS in"
    if not proxy.iam:
        yield "it takes passwords"
    for target in proxy.targets or ():
        if target.state not in _WELL:
            yield f"its target {target.database} is {target.state}{f': {target.reason}' if target.reason else ''}"


def _of_environment(environment: Environment) -> Iterator[str]:
    if environment.drift is Drift.SOME:
        yield "the database differs from the spec, as its drift watch says"
    for alarm in environment.alarms or ():
        yield f"its alarm {alarm} is on"
