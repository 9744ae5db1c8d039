"""Secrets for users that log in with a password, and the one way by which functions in the network reach them.

Made only when the access spec has such users (patterns B, C with a secret, and D), or when the bootstrap function reads
a secret of the master, which RDS makes and rotates. Rotation of the users' is the access stack's.
"""

from collections.abc import Iterable, Iterator, Mapping

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from db_access.errors import SpecError
from db_access.spec import AccessSpec, User
from keyless_aurora.acknowledge import NAG, NIST, acknowledge
from keyless_aurora.database.database import Database, MasterSecret
from keyless_aurora.engines.family import Family
from keyless_aurora.network.security_group import (
    HTTPS_PORT,
    Peer,
    open_path,
)
from keyless_aurora.network.vpc import Network
from keyless_aurora.secrets.endpoint import READ, ROTATE, Passage, endpoint_group
from keyless_aurora.secrets.rights import allow, let_decrypt

_LENGTH = 40
_LONGEST_OF_ORACLE = 30
"""Bytes, up to 19c: Oracle Database Security Guide, "Minimum Requirements for Passwords"."""
_MOST = 140
"""ARNs of up to 145 characters in an endpoint's policy (PrivateLink, quotas); RDS Proxy takes 200 secrets."""
_NAMES = {
    Family.POSTGRESQL: "postgres",
    Family.MYSQL: "mysql",
    Family.SQLSERVER: "sqlserver",
    Family.ORACLE: "oracle",
    Family.DB2: "db2",
}
"""Of the engine, as secrets of Secrets Manager say it, and of a database that is always there."""
_PATH = "ToSecretsManager"
_ROTATED = (
    "It is rotated: its schedule is in the access stack, beside the function that carries it out. "
    "A test holds that each secret has one."
)
_NOT_ROTATED = (
    "It isn't rotated: that takes somebody who sets passwords in this database, and no engine of this project does. "
    "Whoever administers it rotates it, by hand or by one of AWS's own rotation functions (docs/infrastructure.md)."
)


def masters_secret(database: Database) -> MasterSecret | None:
    """The one that the bootstrap function reads; None where there is no such function, and nobody here does."""
    return database.master_secret if database.engine.family.converged else None


class UserSecrets(Construct):
    """A secret for each password user of `spec` that names none itself, all with one key of their own.

    `made` are those by username; `arns` has the spec's own, too. The master's is the database's.

    Raises:
        SpecError: when there are more than one endpoint's policy can name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        spec: AccessSpec,
        database: Database,
        network: Network,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        users = [user for user in spec.users if user.auth_method == "password"]
        if len(users) > _MOST:
            raise SpecError(
                [
                    f"users: {len(users)} have auth_method: password, and the endpoint's policy must name each one's "
                    f"secret; allowed: at most {_MOST}, by its 20,480 characters; let several functions share a user, "
                    "or use IAM"
                ]
            )
        self._key = self._of_users(removal_policy) if users else None
        self.made = {
            user.username: self._secret(user, database, removal_policy)
            for user in users
            if user.password_secret is None
        }
        self.arns: Mapping[str, str] = {
            user.username: user.password_secret or self.made[user.username].secret_full_arn or "" for user in users
        }
        self._master = masters_secret(database)
        self._group = endpoint_group(self, network, list(self._passages(rotated=database.engine.family.converged)))

    def let_read(self, scope: Construct, role: iam.IRole, peer: Peer, usernames: Iterable[str]) -> None:
        """Let `role`, in functions of `peer`, read the secrets of `usernames`, and open the path to Secrets Manager."""
        allow(role, READ[:1], [self.arns[name] for name in usernames])
        let_decrypt(role, self.key)
        self._open(scope, peer)

    def let_read_master(self, scope: Construct, role: iam.IRole, peer: Peer) -> None:
        """Let `role`, in functions of `peer`, read the master's secret, if it has one. Nobody but the bootstrap
        function."""
        if self._master:
            allow(role, READ[:1], [self._master.arn])
            let_decrypt(role, self._master.key)
            self._open(scope, peer)

    def let_the_proxy_read(self, role: iam.IRole) -> None:
        """Let RDS Proxy, which has its own way to Secrets Manager, read every one of them with `role`."""
        allow(role, READ[:1], list(self.arns.values()))
        let_decrypt(role, self.key)

    def let_rotate(self, scope: Construct, role: iam.IRole, peer: Peer) -> None:
        """Let `role`, in functions of `peer`, rotate the secrets made here."""
        allow(role, (*READ, *ROTATE), [self.arns[name] for name in self.made])
        let_decrypt(role, self.key, "kms:GenerateDataKey")
        self._open(scope, peer)

    def _passages(self, *, rotated: bool) -> Iterator[Passage]:
        """Those made here are rotated through it where an engine of this project can; the others are read alone."""
        made = [self.arns[name] for name in self.made]
        others = [arn for name, arn in self.arns.items() if name not in self.made]
        read = [*others, *([self._master.arn] if self._master else []), *([] if rotated else made)]
        if rotated and made:
            yield Passage((*READ, *ROTATE), made)
        if read:
            yield Passage(READ[:1], read)

    @property
    def key(self) -> kms.IKey:
        """Of users' secrets. Raises LookupError when there are none."""
        if self._key is None:
            raise LookupError("no user has a password, so no key for their secrets was made")
        return self._key

    def _of_users(self, removal_policy: RemovalPolicy) -> kms.Key:
        return kms.Key(
            self, "Key", enable_key_rotation=True, removal_policy=removal_policy, description="Encrypts users' secrets"
        )

    def _open(self, scope: Construct, peer: Peer) -> None:
        """Once: a function may read several."""
        if scope.node.try_find_child(_PATH):
            return
        open_path(
            scope,
            _PATH,
            source=peer,
            target=self._group,
            port=HTTPS_PORT,
            description=f"{scope.node.id} to Secrets Manager",
        )

    def _secret(self, user: User, database: Database, removal_policy: RemovalPolicy) -> secretsmanager.Secret:
        known: Mapping[str, object] = {
            "engine": _NAMES[database.engine.family],
            "host": database.endpoint,
            "port": database.port,
            "username": user.username,
            "dbname": next(iter(self._spec.connectable(user)), _NAMES[database.engine.family]),
        }
        secret = secretsmanager.Secret(
            self,
            f"User-{user.username}",
            description=f"Password of database user {user.username}",
            encryption_key=self.key,
            removal_policy=removal_policy,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=Stack.of(self).to_json_string(dict(known)),
                generate_string_key="password",
                password_length=_LONGEST_OF_ORACLE if database.engine.family is Family.ORACLE else _LENGTH,
                exclude_punctuation=True,
            ),
        )
        for finding in (NAG + "SMG4", NIST + "SecretsManagerRotationEnabled"):
            acknowledge(secret, finding, _ROTATED if database.engine.family.converged else _NOT_ROTATED)
        return secret
