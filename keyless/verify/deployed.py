"""What is deployed in one environment, read through AWS's APIs. Changes nothing."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from keyless.stack_names import belongs

Clients = Callable[[str], Any]
"""A boto3 client of the environment's account and region, by service."""

STACK = "verify"
"""The part of the probes' own stack, which is none of the app's."""
_ENGINE = "db_access."
_POSTGRESQL = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE")
_MYSQL = ("MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_USER", "MYSQL_DATABASE")


class NotDeployedError(Exception):
    """There is nothing to verify, or not what was expected."""


@dataclass(frozen=True)
class Login:
    """Where a function connects to, and as whom: its variables."""

    host: str
    port: int
    user: str
    database: str
    secret: bool
    """Whether with the password of a secret, not a token."""

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> Self:
        host, port, user, database = _MYSQL if variables.get("DB_ENGINE_FAMILY") == "mysql" else _POSTGRESQL
        where = variables[host], int(variables[port])
        return cls(*where, variables[user], variables.get(database, ""), "DB_SECRET_ARN" in variables)


@dataclass(frozen=True)
class Function:
    """A deployed function that logs in to the database."""

    name: str
    """Its stack and its place there, such as workload/Writer."""
    configuration: Mapping[str, Any]
    """As GetFunctionConfiguration answers."""
    source: str
    """The folder of its code, from the app's, as its template says it; empty where it doesn't."""

    @property
    def function_name(self) -> str:
        return str(self.configuration["FunctionName"])

    @property
    def variables(self) -> Mapping[str, str]:
        return dict(self.configuration["Environment"]["Variables"])

    @property
    def login(self) -> Login:
        return Login.of(self.variables)


@dataclass(frozen=True)
class Deployed:
    prefix: str
    functions: tuple[Function, ...]
    """The app's own, in the order of their names."""
    bootstrap: Function
    watch: Function
    digests: Mapping[str, str]
    """Of each stack's template: SHA-256 of its sorted JSON."""
    proxy_takes_tokens: bool = False
    """Of whomever it has no secret for."""
    proxy_asks_for_passwords: bool = False
    """Of the spec's users with passwords, whose secrets it reads."""

    @classmethod
    def read(cls, clients: Clients, prefix: str) -> Self:
        """Raises NotDeployedError."""
        templates = dict(templates_of(clients("cloudformation"), prefix))
        if not templates:
            raise NotDeployedError(f"no stack of {prefix} is deployed in this account and region; allowed: one that is")
        found = [*_functions(clients, templates)]
        engine = {one.name: one for one in found if _handler(one).startswith(_ENGINE)}
        try:
            bootstrap, watch = engine["access/Bootstrap"], engine["access/Watch"]
        except KeyError as error:
            raise NotDeployedError(f"{prefix} has no function {error}: its access stack is not whole") from error
        own = sorted((one for one in found if one.name not in engine), key=lambda one: one.name)
        digests = {name: digest(body) for name, body in templates.items()}
        return cls(prefix, tuple(own), bootstrap, watch, digests, *_proxy(templates))

    @property
    def database(self) -> Login:
        """The database itself, as the master logs in there."""
        return self.bootstrap.login

    @property
    def spec_digest(self) -> str:
        return str(json.loads(self.bootstrap.variables["DEPLOYED_SPEC"])["digest"])


def templates_of(cloudformation: Any, prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Of the environment's stacks but that of the probes, by the stack's name."""
    for page in cloudformation.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            name, own = stack["StackName"], stack["StackName"] == f"{prefix}-{STACK}"
            if belongs(name, prefix) and not own and stack["StackStatus"] != "DELETE_COMPLETE":
                body = cloudformation.get_template(StackName=name)["TemplateBody"]
                yield name, json.loads(body) if isinstance(body, str) else body


def _functions(clients: Clients, templates: Mapping[str, Mapping[str, Any]]) -> Iterator[Function]:
    cloudformation, functions = clients("cloudformation"), clients("lambda")
    for stack, template in templates.items():
        told = {
            logical_id: resource.get("Metadata", {})
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Function"
        }
        for logical_id, metadata in told.items():
            found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
            name = found["StackResourceDetail"]["PhysicalResourceId"]
            configuration = functions.get_function_configuration(FunctionName=name)
            if "PGUSER" in configuration.get("Environment", {}).get("Variables", {}):
                path = str(metadata.get("aws:cdk:path", logical_id))
                yield Function(_place(stack, path), configuration, str(metadata.get("keyless:source", "")))


def _place(stack: str, path: str) -> str:
    """workload/Writer of KeylessAurora-dev-workload/Writer/Function/Resource."""
    inner = path.removeprefix(f"{stack}/").removesuffix("/Resource").removesuffix("/Function")
    return f"{stack.rpartition('-')[2]}/{inner}"


def _proxy(templates: Mapping[str, Mapping[str, Any]]) -> tuple[bool, bool]:
    """Whether it takes tokens, and whether it asks for passwords; neither where there is none."""
    resources = (resource for template in templates.values() for resource in template["Resources"].values())
    proxies = (one["Properties"] for one in resources if one["Type"] == "AWS::RDS::DBProxy")
    found: Mapping[str, Any] = next(proxies, {})
    return found.get("DefaultAuthScheme") == "IAM_AUTH", bool(found.get("Auth"))


def _handler(function: Function) -> str:
    return str(function.configuration["Handler"])


def digest(template: Mapping[str, Any]) -> str:
    """SHA-256 of its sorted JSON."""
    return hashlib.sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()
