"""The account is the shared emulator; what it lacks, Service Quotas, gives answers."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from keyless.preflight.account.connection import Connection
from keyless.preflight.finding import Problem
from keyless.preflight.look import look
from keyless.preflight.planned.stack import Bootstrap
from keyless.rehearsal.emulator.cloud import Cloud, RoleSession
from tests.planned import PARAMETER, Resources, target


@dataclass
class Looking:
    """Looks at the emulator as its root or as a role, and remembers each call that is made."""

    cloud: Cloud
    calls: set[str] = field(default_factory=set)

    def at(
        self, resources: Resources, who: RoleSession | None = None, account: str = ""
    ) -> dict[str, tuple[Problem, ...]]:
        """Check -> its problems, for a stack with these resources."""
        bootstrap = (Bootstrap(PARAMETER, 6),)
        planned = target(self.cloud.region, resources, account=account or self.cloud.account, bootstrap=bootstrap)
        connection = Connection(lambda service: self._client(service, who), self._unsigned)
        return {result.check: result.problems for result in look(planned, connection)}

    def _client(self, service: str, who: RoleSession | None) -> Any:
        client = self.cloud.client(service, who)
        client.meta.events.register("before-call", self._remember)
        if service == "service-quotas":
            client.meta.events.register("before-send", _room_for_everything)
        return client

    def _unsigned(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.cloud.endpoint_url,
            region_name=self.cloud.region,
            config=Config(signature_version=UNSIGNED),
        )

    def _remember(self, model: Any, **_: Any) -> None:
        self.calls.add(f"{model.service_model.service_name}:{model.name}")


_CODES = {
    "vpc": ("L-F678F1CE",),
    "ec2": ("L-0263D0A3",),
    "rds": ("L-952B80B8", "L-7B6409FD", "L-D94C7EA3", "L-E4C808A8", "L-DE55804A", "L-48C6BF61"),
}


def _room_for_everything(request: Any, **_: Any) -> AWSResponse:
    """Service Quotas' answer: AWS's defaults, none of which was changed."""
    codes = _CODES[json.loads(request.body)["ServiceCode"]]
    defaults = request.headers["X-Amz-Target"].decode().endswith("ListAWSDefaultServiceQuotas")
    quotas = [{"QuotaCode": code, "Value": 40.0} for code in codes if defaults]
    return AWSResponse(request.url, 200, HTTPHeaders(), _Body(json.dumps({"Quotas": quotas}).encode()))


class _Body(io.BytesIO):
    """A body as botocore reads one."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture
def looking(cloud: Cloud) -> Looking:
    return Looking(cloud)


@pytest.fixture
def ready(cloud: Cloud) -> Iterator[None]:
    """An account with the bootstrap and RDS's role, as most are."""
    ssm, iam = cloud.client("ssm"), cloud.client("iam")
    ssm.put_parameter(Name=PARAMETER, Value="30", Type="String", Overwrite=True)
    make_service_role(cloud)
    yield
    ssm.delete_parameter(Name=PARAMETER)
    iam.delete_role(RoleName="AWSServiceRoleForRDS")


def make_service_role(cloud: Cloud) -> None:
    """What `aws iam create-service-linked-role --aws-service-name rds.amazonaws.com` makes; the emulator writes it
    AWSServiceRoleForRds."""
    cloud.client("iam").create_role(
        RoleName="AWSServiceRoleForRDS", Path="/aws-service-role/rds.amazonaws.com/", AssumeRolePolicyDocument="{}"
    )
