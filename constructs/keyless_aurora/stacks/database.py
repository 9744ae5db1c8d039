"""The database, the secrets of its password users and the way to its master's if there are any, and the proxy in front
of it if a pattern uses one."""

import aws_cdk as cdk
from constructs import Construct

from db_access.spec import AccessSpec
from keyless_aurora.database.by_secret import NOBODY, SecretInstance
from keyless_aurora.database.cluster import KeylessCluster
from keyless_aurora.database.database import Database
from keyless_aurora.database.existing import ImportedDatabase
from keyless_aurora.database.instance import KeylessInstance
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.vpc import Network
from keyless_aurora.proxy.rds_proxy import KeylessProxy
from keyless_aurora.secrets.user_secrets import UserSecrets, masters_secret
from keyless_aurora.settings.database import (
    AuroraSettings,
    ExistingDatabase,
    InstanceSettings,
    SecretInstanceSettings,
)
from keyless_aurora.settings.environment import Environment


class DatabaseStack(cdk.Stack):
    def __init__(
        self, scope: Construct, environment: Environment, *, spec: AccessSpec, network: Network, logs: LogGroups
    ) -> None:
        super().__init__(
            scope,
            f"{environment.prefix}-database",
            env=environment.target,
            synthesizer=environment.synthesizer,
            termination_protection=environment.protected,
            description="Keyless Aurora: database and proxy",
        )
        self.database = self._database(environment, spec, network, logs)
        self.secrets, self.proxy = None, None
        if masters_secret(self.database) or any(user.auth_method == "password" for user in spec.users):
            self.secrets = UserSecrets(
                self,
                "Secrets",
                spec=spec,
                database=self.database,
                network=network,
                removal_policy=environment.logs.removal_policy,
            )
        if environment.through_proxy:
            self.proxy = KeylessProxy(
                self,
                "Proxy",
                database=self.database,
                spec=spec,
                network=network,
                secrets=self.secrets,
                patterns=environment.patterns.values(),
                settings=environment.proxy,
                logs=logs,
            )
            self.export_value(
                self.proxy.arn
            )  # with pattern B nobody imports it, and a change of pattern must not take it away
            cdk.CfnOutput(self, "ProxyEndpoint", value=self.proxy.endpoint)
        cdk.CfnOutput(self, "DatabaseEndpoint", value=self.database.endpoint)
        if self.database.engine.by_secret:
            self._say_that_nobody_makes_its_users()

    def _say_that_nobody_makes_its_users(self) -> None:
        said = NOBODY.format(engine=self.database.engine.label)
        cdk.CfnOutput(self, "NobodyMakesUsers", value=said)
        # Not as a warning, which `--strict` makes an error: it can't be otherwise.
        cdk.Annotations.of(self).add_info(said)

    def _database(self, environment: Environment, spec: AccessSpec, network: Network, logs: LogGroups) -> Database:
        name = environment.resource_name
        match environment.database:
            case AuroraSettings() as aurora:
                return KeylessCluster(
                    self, "Database", name=name, spec=spec, network=network, settings=aurora, logs=logs
                )
            case InstanceSettings() as instance:
                return KeylessInstance(
                    self, "Database", name=name, spec=spec, network=network, settings=instance, logs=logs
                )
            case SecretInstanceSettings() as by_secret:
                return SecretInstance(
                    self, "Database", name=name, spec=spec, network=network, settings=by_secret, logs=logs
                )
            case ExistingDatabase() as existing:
                return ImportedDatabase(self, "Database", spec=spec, settings=existing)
