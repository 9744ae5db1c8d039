"""Rotation of users' secrets by a function of ours, which sends PostgreSQL no clear password.

It logs in as the IAM master; where the master has a secret, which is the bootstrap function's alone, as the user
itself, who may change its own password.

(AWS's own rotation functions send one, and `log_statement` would put it into the log.)
"""

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from keyless_aurora.access.engine_function import EngineFunction
from keyless_aurora.secrets.user_secrets import UserSecrets


class Rotation(Construct):
    """A schedule for each of the secrets that `secrets` made; `function` carries it out."""

    def __init__(
        self, scope: Construct, id: str, *, secrets: UserSecrets, function: EngineFunction, managed_by: str, days: int
    ) -> None:
        super().__init__(scope, id)
        function.function.add_environment("MANAGED_BY", managed_by)
        secrets.let_rotate(function, function.role, function.security_group)
        for username in secrets.made:
            self._schedule(username, secrets.arns[username], function, days)

    def _schedule(self, username: str, arn: str, function: EngineFunction, days: int) -> None:
        permission = lambda_.CfnPermission(
            self,
            f"Invoke-{username}",
            action="lambda:InvokeFunction",
            function_name=function.function.function_arn,
            principal="secretsmanager.amazonaws.com",
            source_arn=arn,
        )
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            f"Schedule-{username}",
            secret_id=arn,
            rotation_lambda_arn=function.function.function_arn,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(automatically_after_days=days),
            # The user gets its first password from the bootstrap function; a rotation before that would find no user.
            rotate_immediately_on_update=False,
        )
        schedule.node.add_dependency(permission, function)
