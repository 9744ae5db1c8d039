"""Requests to the emulator's port that must be refused, sent from a process of its own. Reads what it may know from stdin.

python -m tests.rehearsal.emulator.iam.attacks
"""

import http.client
import json
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "us-east-1"
FUNCTION = {"FunctionName": "mine", "Runtime": "python3.13", "Handler": "i.h", "Code": {"ZipFile": "UEsFBgAAAAA="}}


@dataclass(frozen=True)
class Place:
    """What is asked for."""

    method: str
    path: str
    service: str = "s3"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


PLACES = {
    "Lambda: a new function": Place("POST", "/2015-03-31/functions", "lambda", json.dumps(FUNCTION).encode()),
    "STS: who am I": Place("POST", "/", "sts", b"Action=GetCallerIdentity&Version=2011-06-15"),
    "STS: a role by a forged web token": Place(
        "POST",
        "/",
        "sts",
        b"Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::000000000000:role/x&Version=2011-06-15",
    ),
    "IAM: a new user": Place("POST", "/", "iam", b"Action=CreateUser&UserName=me&Version=2010-05-08"),
    "S3: a list of buckets": Place("GET", "/"),
    "S3: a new bucket": Place("PUT", "/mine"),
    "S3: a bucket by its host": Place("GET", "/key", headers={"Host": "mine.s3.localhost"}),
    "a preflight": Place("OPTIONS", "/"),
    "health": Place("GET", "/health"),
    "ministack's health": Place("GET", "/_ministack/health"),
    "LocalStack's health": Place("GET", "/_localstack/health"),
    "readiness": Place("GET", "/_ministack/ready"),
    "reset": Place("POST", "/_ministack/reset"),
    "configuration": Place("POST", "/_ministack/config", body=b'{"lambda_svc.LAMBDA_EXECUTOR": "docker"}'),
    "CloudFormation's answers": Place("PUT", f"/_ministack/cfn-response/{uuid.uuid4()}", body=b"{}"),
    "CloudFormation's signals": Place("PUT", f"/_ministack/cfn-signal/{uuid.uuid4()}", body=b"{}"),
    "a function's code": Place("GET", "/_ministack/lambda-code/000000000000/us-east-1/known"),
    "a layer": Place("GET", "/_ministack/lambda-layers/000000000000/us-east-1/known/1/content"),
    "RDS logins": Place("POST", "/_ministack/rds/iam-auth", body=b"{}"),
    "EKS logins": Place("POST", "/_ministack/eks-auth/x", body=b"{}"),
    "queues' messages": Place("GET", "/_aws/sqs/messages?QueueUrl=x"),
    "a gateway": Place("GET", "/_aws/execute-api/abc/stage/"),
    "a function's URL": Place("GET", "/", headers={"Host": "abc.lambda-url.us-east-1.localhost"}),
    "a gateway by its host": Place("GET", "/", headers={"Host": "abc.execute-api.localhost"}),
    "GraphQL": Place("POST", "/graphql", "appsync", b"{}"),
    "a Cognito token": Place("POST", "/oauth2/token", "cognito-idp", b"grant_type=client_credentials"),
    "Cognito's login": Place("GET", "/oauth2/authorize"),
    "Cognito's keys": Place("GET", "/us-east-1_abc/.well-known/jwks.json"),
    "instance metadata": Place("GET", "/latest/meta-data/iam/security-credentials/"),
    "container credentials": Place("GET", "/v2/credentials/x"),
    "Lambda's runtime API": Place("GET", "/2018-06-01/runtime/invocation/next"),
    "a WebSocket": Place(
        "GET",
        "/stage",
        "execute-api",
        headers={
            "Host": "abc.execute-api.localhost",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        },
    ),
}


class _SignedAtAnotherTime(SigV4Auth):
    def __init__(self, credentials: Credentials, service: str, later: timedelta) -> None:
        super().__init__(credentials, service, REGION)
        self._later = later

    def _modify_request_before_signing(self, request: AWSRequest) -> Any:
        form = "%Y%m%dT%H%M%SZ"
        request.context["timestamp"] = (datetime.strptime(request.context["timestamp"], form) + self._later).strftime(
            form
        )
        return super()._modify_request_before_signing(request)  # type: ignore[misc]  # botocore's own hook


@dataclass(frozen=True)
class Attacker:
    url: str
    root: Credentials

    def signed(self, place: Place, key: Credentials, later: timedelta = timedelta()) -> AWSRequest:
        request = self.unsigned(place)
        _SignedAtAnotherTime(key, place.service, later).add_auth(request)
        return request

    def unsigned(self, place: Place) -> AWSRequest:
        return AWSRequest(place.method, self.url + place.path, headers=dict(place.headers), data=place.body)

    def presigned(self, place: Place) -> AWSRequest:
        request = self.unsigned(replace(place, body=b""))
        SigV4QueryAuth(self.root, place.service, REGION).add_auth(request)
        return request

    def of_another_request(self, place: Place) -> AWSRequest:
        other = self.signed(replace(place, path="/other", body=b"other"), self.root)
        request = self.unsigned(place)
        for name in ("X-Amz-Date", "X-Amz-Security-Token", "Authorization"):
            request.headers[name] = other.headers[name]
        return request

    def with_two_keys(self, place: Place) -> AWSRequest:
        """Well signed for who reads the last one, and of the account by name for who reads the first."""
        request = self.signed(place, self.root)
        signed = request.headers["Authorization"].removeprefix("AWS4-HMAC-SHA256 ")
        request.headers.replace_header(
            "Authorization", f"AWS4-HMAC-SHA256 Credential=000000000000/20261231/{REGION}/sts/aws4_request, {signed}"
        )
        return request


ATTACKS: dict[str, Callable[[Attacker, Place], AWSRequest]] = {
    "no key": Attacker.unsigned,
    "the account as the key": lambda me, place: me.signed(place, Credentials("000000000000", "test")),
    "the key test": lambda me, place: me.signed(place, Credentials("test", "test")),
    "a key of nobody": lambda me, place: me.signed(place, Credentials("ASIA0123456789ABCDEF", "secret", "token")),
    "the root's key, another secret": lambda me, place: me.signed(
        place, Credentials(me.root.access_key, "secret", me.root.token)
    ),
    "the root's key and secret, no token": lambda me, place: me.signed(
        place, Credentials(me.root.access_key, me.root.secret_key)
    ),
    "signed an hour ago": lambda me, place: me.signed(place, me.root, -timedelta(hours=1)),
    "signed in an hour": lambda me, place: me.signed(place, me.root, timedelta(hours=1)),
    "the signature of another request": Attacker.of_another_request,
    "two keys": Attacker.with_two_keys,
    "signed in the query": Attacker.presigned,
}


def send(request: AWSRequest) -> int:
    """The status."""
    prepared = request.prepare()
    host, _, path = str(prepared.url).removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    headers = {name: value if isinstance(value, str) else value.decode() for name, value in prepared.headers.items()}
    connection.request(str(prepared.method), "/" + path, body=request.data or None, headers=headers)
    with connection.getresponse() as answer:
        answer.read()
    connection.close()
    return answer.status


def main() -> None:
    known = json.load(sys.stdin)
    me = Attacker(known["url"], Credentials(*known["root"]))
    found = {
        attack: {what: send(make(me, place)) for what, place in PLACES.items()} for attack, make in ATTACKS.items()
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
