"""An RDS instance whose users no engine of this project makes: SQL Server, Oracle, Db2."""

import re
from collections.abc import Iterator
from typing import Final

from keyless_aurora.engines.by_secret import FACTS, Facts, License
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import ENGINES, Engine
from keyless_aurora.settings.allowed import one_of, within, written_as
from keyless_aurora.settings.checked import settings
from keyless_aurora.settings.database.capacity import Provisioned, provisioned_problems
from keyless_aurora.settings.database.engine import version_problems
from keyless_aurora.settings.database.instance import storage_problems, zone_problems
from keyless_aurora.settings.database.protection import Protection, protection_problems

_IBM_ID: Final = "[0-9]{4,16}"
_MOST_CONNECTIONS: Final = 100_000


@settings
class SecretInstanceSettings:
    """An RDS instance that this app makes, with a secret for each user with a password, and without anybody who makes
    those users in it: pattern D."""

    protection: Protection
    capacity: Provisioned
    storage_gib: int
    max_storage_gib: int
    """Storage grows by itself up to here."""
    engine: Engine
    max_connections: int
    """What the server takes, which the connection budget must fit into. Nothing is set by it."""
    edition: str = ""
    """`se` or `ee` of SQL Server, `se2` or `ee` of Oracle, `se` or `ae` of Db2. Empty: the smaller one."""
    license: License | None = None
    """None: the edition's first, which is without one of your own where there is such."""
    multi_az: bool = True
    """A standby in another zone. Only a disposable database may be without."""
    initial_database: str = ""
    """Oracle's SID or Db2's database, of at most 8 letters and digits, which the spec must declare; RDS creates none
    for SQL Server. Empty: the first of the spec."""
    engine_version: str = ""
    """Empty: the engine's own (engines/matrix.py)."""
    ibm_customer_id: str = ""
    ibm_site_id: str = ""
    """Of IBM, for Db2 with a licence of your own. They are in the template, and no secret."""

    @property
    def version(self) -> str:
        return self.engine_version or self.engine.version

    @property
    def id(self) -> str:
        """What RDS calls engine and edition: `sqlserver-se`."""
        return f"{self.engine.id}-{self.edition or next(iter(FACTS[self.engine.family].licenses))}"

    @property
    def license_model(self) -> License:
        editions = FACTS[self.engine.family].licenses
        return self.license or editions[self.id.removeprefix(f"{self.engine.id}-")][0]

    @property
    def insights(self) -> bool:
        """Whether the engine has Database Insights."""
        return FACTS[self.engine.family].insights

    @property
    def named(self) -> bool:
        """Whether it is created with a database."""
        return FACTS[self.engine.family].longest_name > 0


def secret_instance_problems(given: SecretInstanceSettings) -> Iterator[str]:
    if not given.engine.by_secret:
        able = ", ".join(engine.label for engine in ENGINES.values() if engine.by_secret)
        yield (
            f"database.engine: {given.engine.label} is not one of engines whose users nobody makes here; allowed: "
            f"{able}, or InstanceSettings"
        )
        return
    facts = FACTS[given.engine.family]
    yield from version_problems(given.engine, given.version)
    yield from protection_problems(given.protection)
    yield from _unknown_to_it(given, facts)
    yield from provisioned_problems(given.capacity)
    yield from _processor(given.capacity.instance_class)
    yield from storage_problems(given.storage_gib, given.max_storage_gib, most=facts.most_gib)
    yield from zone_problems(given.protection, multi_az=given.multi_az)
    yield from within("database.max_connections", given.max_connections, 1, _MOST_CONNECTIONS)
    yield from _name(given.initial_database, facts)
    yield from _license(given, facts)


def _unknown_to_it(given: SecretInstanceSettings, facts: Facts) -> Iterator[str]:
    """What other engines have."""
    place = "database.protection"
    if given.protection.audit:
        yield f"{place}.audit: no audit of {given.engine.label} is switched on by this app; allowed: False"
    if given.protection.advanced_insights and not facts.insights:
        yield f"{place}.advanced_insights: {given.engine.label} has no Database Insights; allowed: False"


def _processor(instance_class: str) -> Iterator[str]:
    family = instance_class.partition(".")[0]
    if re.fullmatch(r"[a-z]+\d+g[a-z]*", family):
        yield (
            f"database.capacity.instance_class: {instance_class!r} is of AWS Graviton, which has none of these "
            "engines; allowed: one of Intel or AMD, such as r6i.large"
        )


def _name(name: str, facts: Facts) -> Iterator[str]:
    if name and not facts.longest_name:
        yield f"database.initial_database: {name!r}, and RDS creates no database for this engine; allowed: none"
    elif name:
        form = f"a name of a letter and up to {facts.longest_name - 1} letters and digits"
        pattern = f"[A-Za-z][A-Za-z0-9]{{0,{facts.longest_name - 1}}}"
        yield from written_as("database.initial_database", name, pattern, form)


def _license(given: SecretInstanceSettings, facts: Facts) -> Iterator[str]:
    edition = given.edition or next(iter(facts.licenses))
    wrong = [*one_of("database.edition", edition, facts.licenses)]
    yield from wrong
    if wrong:
        return
    if given.license is not None:
        yield from one_of("database.license", given.license, facts.licenses[edition])
    needs = given.engine.family is Family.DB2 and given.license_model is License.OWN
    for name in ("ibm_customer_id", "ibm_site_id"):
        if needs:
            yield from written_as(f"database.{name}", getattr(given, name), _IBM_ID, "an id of IBM, 4 to 16 digits")
        elif getattr(given, name):
            yield f"database.{name}: it is for Db2 with a licence of your own; allowed: none"
