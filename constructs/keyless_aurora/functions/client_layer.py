"""The client for application code, as a Lambda layer."""

from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.platform import ARCHITECTURE, RUNTIME, LambdaPlatform


@dataclass(frozen=True)
class ClientLayer:
    """`keyless_client` and the database driver, built for `platform`."""

    bundle: PythonBundle
    platform: LambdaPlatform

    def of(self, scope: Construct) -> lambda_.LayerVersion:
        """The layer in the stack of `scope`, made on first use.

        Each stack has its own: a layer's ARN changes with its content, and an exported value that another
        stack uses can't change, so a shared layer would block every update of the client.
        """
        stack = Stack.of(scope)
        existing = stack.node.try_find_child("ClientLayer")
        if isinstance(existing, lambda_.LayerVersion):
            return existing
        return lambda_.LayerVersion(
            stack,
            "ClientLayer",
            code=self.bundle.code(self.platform),
            description="keyless_client, psycopg and PyMySQL" if self.bundle.also else "keyless_client and psycopg",
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
        )
