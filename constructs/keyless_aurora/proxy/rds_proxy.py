"""RDS Proxy: with IAM at both ends (pattern A), its own role's tokens to the database, or with users' secrets (pattern
B)."""

from collections.abc import Collection
from typing import cast

from aws_cdk import Duration, Fn, Names
from aws_cdk import aws_rds as rds
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless_aurora.database.database import Database
from keyless_aurora.engines.family import Family
from keyless_aurora.engines.matrix import MARIADB, Engine, Pattern
from keyless_aurora.logs import LogGroups
from keyless_aurora.network.security_group import ClosedSecurityGroup, open_path
from keyless_aurora.network.vpc import Network
from keyless_aurora.proxy.role import allow_users, proxy_role
from keyless_aurora.secrets.user_secrets import UserSecrets
from keyless_aurora.settings.proxy import ProxySettings

_LONGEST_NAME = 50
"""RDS takes 63; a further endpoint's name is longer than its proxy's."""
_SCRAM, _SHA2, _NATIVE = "POSTGRES_SCRAM_SHA_256", "MYSQL_CACHING_SHA2_PASSWORD", "MYSQL_NATIVE_PASSWORD"
"""How a client says its password, behind TLS: the strongest that each engine has (UserAuthConfig,
ClientPasswordAuthType). MariaDB doesn't know MySQL's SHA-2."""


class KeylessProxy(Construct):
    """A proxy that can connect to `database` as exactly the spec's users of the patterns in use, and do nothing else.

    Pattern A needs no secret. With B it reads the secrets of the password users, who connect with their password, and
    only they. `serve` adds a pattern to the environment's, for a function that is granted another.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        database: Database,
        spec: AccessSpec,
        network: Network,
        patterns: Collection[Pattern],
        secrets: UserSecrets | None,
        settings: ProxySettings,
        logs: LogGroups,
    ) -> None:
        super().__init__(scope, id)
        self.borrow_timeout_seconds = settings.borrow_timeout_seconds
        self._database, self._spec, self._secrets = database, spec, secrets
        self.security_group = ClosedSecurityGroup(self, "Group", vpc=network.vpc, description="RDS Proxy")
        path = open_path(
            self,
            "ToDatabase",
            source=self.security_group,
            target=database.security_group,
            port=database.port,
            description="Proxy to database",
        )
        self._role = proxy_role(self)
        name = _name(self)
        # There before the proxy, which would make it itself, without retention or key.
        log_group = logs.group(self, "Logs", f"/aws/rds/proxy/{name}")
        self._proxy = rds.DatabaseProxy(
            self,
            "Proxy",
            db_proxy_name=name,
            proxy_target=database.proxy_target(),
            role=self._role.without_policy_updates(),
            default_auth_scheme=rds.DefaultAuthScheme.IAM_AUTH,  # which the library asks for; `serve` says what it is
            require_tls=True,
            debug_logging=False,
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
            security_groups=[self.security_group.group],
            max_connections_percent=settings.max_connections_percent,
            max_idle_connections_percent=settings.max_idle_connections_percent,
            borrow_timeout=Duration.seconds(settings.borrow_timeout_seconds),
            idle_client_timeout=Duration.seconds(settings.idle_client_timeout_seconds),
        )
        self._properties = cast(rds.CfnDBProxy, self._proxy.node.default_child)
        self._properties.default_auth_scheme = "NONE"
        self._served: set[Pattern] = set()
        for pattern in patterns:
            self.serve(pattern)
        # The role and its policy, the log, and the way to the database, which the target group tries until it is
        # available (RDS's handler waits 20 minutes for it): the construct itself waits for none of them.
        self._proxy.node.add_dependency(self._role, log_group, path)
        self.reader_endpoint = self._reader(network) if settings.reader_endpoint else None

    @property
    def port(self) -> int:
        """The engine's usual one, whatever the database listens on."""
        return self._database.engine.family.port

    @property
    def name(self) -> str:
        return self._proxy.db_proxy_name

    @property
    def arn(self) -> str:
        return self._proxy.db_proxy_arn

    @property
    def endpoint(self) -> str:
        """The host name that clients connect to and sign their tokens for."""
        return self._proxy.endpoint

    @property
    def resource_id(self) -> str:
        """`prx-…`, which IAM policies name it by, whatever its endpoint: the last part of its ARN, not its name."""
        return Fn.select(6, Fn.split(":", self.arn))

    def serve(self, pattern: Pattern) -> None:
        """Let the users of `pattern` come through the proxy; nothing, when they may already or go another way.

        Raises:
            SpecError: when the spec has no such users, or too many.
        """
        if pattern in self._served:
            return
        self._served.add(pattern)
        if pattern is Pattern.A:
            allow_users(self._role, self._database, self._spec.iam_users)
            self._properties.default_auth_scheme = "IAM_AUTH"
        elif pattern is Pattern.B:
            self._ask_for_passwords()

    def _ask_for_passwords(self) -> None:
        if self._secrets is None or not self._secrets.arns:
            raise SpecError(
                [
                    "users: none has auth_method: password, which pattern B (a secret through RDS Proxy) is for; "
                    "allowed: another pattern, or such a user"
                ]
            )
        self._secrets.let_the_proxy_read(self._role)
        self._properties.auth = [
            rds.CfnDBProxy.AuthFormatProperty(
                auth_scheme="SECRETS",
                iam_auth="DISABLED",
                secret_arn=arn,
                client_password_auth_type=_said(self._database.engine),
            )
            for arn in self._secrets.arns.values()
        ]

    def _reader(self, network: Network) -> str:
        """The host name of an endpoint for Aurora's readers. It logs in as the proxy does, with the proxy's
        authorizations (AuroraUserGuide/rds-proxy-endpoints, "Overview of proxy endpoints")."""
        return rds.DatabaseProxyEndpoint(
            self,
            "Reader",
            db_proxy_endpoint_name=_name(self, "reader"),
            db_proxy=self._proxy,
            vpc=network.vpc,
            vpc_subnets=network.database_subnets,
            security_groups=[self.security_group.group],
            target_role=rds.ProxyEndpointTargetRole.READ_ONLY,
        ).endpoint


def _said(engine: Engine) -> str:
    if engine.family is Family.POSTGRESQL:
        return _SCRAM
    return _NATIVE if engine == MARIADB else _SHA2


def _name(scope: Construct, *more: str) -> str:
    """A name from the place in the app, as the CDK makes them, in small letters: RDS stores no others, `Ref` returns
    what was submitted, and CloudWatch's dimensions are case-sensitive (aws/aws-cdk#38270)."""
    return "-".join([Names.unique_resource_name(scope, max_length=_LONGEST_NAME, separator="-").lower(), *more])
