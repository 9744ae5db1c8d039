"""A person's role in the rehearsal's account, with what docs/command.md says that `--env` takes and no more."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from keyless.rehearsal.endpoints.endpoint import Endpoint
from keyless.rehearsal.stage.running import Stage
from keyless.verify.deployed import Deployed
from tests.infrastructure.support import ROOT
from tests.rehearsal.emulator.functions import create_role
from tests.rehearsal.lines.dev.place import PLACE

_HISTORY = ROOT / "docs/policies/report.json"
_NAME, _POLICY, _SERVICE = "operator", "operator", "lambda.amazonaws.com"


@dataclass(frozen=True)
class Operator:
    stage: Stage
    role: str

    def at(self, endpoint: Endpoint) -> dict[str, str]:
        """Variables: its credentials, and where the endpoint's stand-in is, whose name no resolver knows here."""
        where = {"PGHOSTADDR": endpoint.address, "PGSSLROOTCERT": str(self.stage.roots)}
        return {**self.credentials, **where}

    @property
    def credentials(self) -> dict[str, str]:
        return {**self.stage.cloud.environment(), **self.stage.cloud.role_session(self.role, _SERVICE).variables}

    def may(
        self, *, look: bool = True, templates: bool = False, history: Collection[str] = (), bastions: bool = False
    ) -> None:
        """Log in as the master at the database and as the writer at both, and look for the environment; for a report
        also read its templates, and of what the drift history takes these actions; for a forward look for its bastion.
        """
        looks = [
            _allow("cloudformation:DescribeStacks", "*"),
            _allow("lambda:GetFunctionConfiguration", f"arn:aws:lambda:{PLACE.region}:*:function:*"),
        ]
        read = [_allow("cloudformation:GetTemplate", "*")] if templates else []
        found = [_allow("ec2:DescribeInstances", "*")] if bastions else []
        looks_back = [
            one if one["Action"] in history else {**one, "Effect": "Deny", "Resource": self._denied(one["Action"])}
            for one in self._of_docs()
            if history
        ]
        statements = [*self._logins(), *(looks if look else []), *read, *looks_back, *found]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.stage.cloud.client("iam").put_role_policy(RoleName=_NAME, PolicyName=_POLICY, PolicyDocument=document)

    def _denied(self, action: str) -> str:
        """Of functions the drift watch alone, by the name that it has now: the command looks at the bootstrap one, too."""
        if not action.startswith("lambda:"):
            return "*"
        watch = Deployed.read(self.stage.cloud.client, PLACE.prefix).watch.function_name
        return f"arn:aws:lambda:{PLACE.region}:*:function:{watch}"

    def _of_docs(self) -> list[dict[str, str]]:
        """With this environment's names, and the log group's as the emulator makes it of what has none."""
        policy = _HISTORY.read_text().replace("111122223333", self.stage.cloud.account)
        policy = policy.replace("KeylessAurora-prod", PLACE.prefix)
        named, made = f"{PLACE.prefix}-access-WatchLogs", f"/aws/cloudformation/{PLACE.prefix}-access/WatchLogs"
        assert f"log-group:{named}*" in policy
        return list(json.loads(policy.replace(f"log-group:{named}", f"log-group:{made}"))["Statement"])

    def _logins(self) -> list[dict[str, str]]:
        database, proxy = self.stage.database.resource_id, self.stage.proxy.resource_id
        users = (database, self.stage.deployed.database.master), (database, "lambda_writer"), (proxy, "lambda_writer")
        begin = f"arn:aws:rds-db:{PLACE.region}:{self.stage.cloud.account}:dbuser"
        return [_allow("rds-db:connect", f"{begin}:{resource}/{user}") for resource, user in users]


@contextmanager
def operator_of(stage: Stage) -> Iterator[Operator]:
    made = Operator(stage, create_role(stage.cloud, _NAME, _SERVICE))
    made.may()
    try:
        yield made
    finally:
        iam = stage.cloud.client("iam")
        iam.delete_role_policy(RoleName=_NAME, PolicyName=_POLICY)
        iam.delete_role(RoleName=_NAME)


def _allow(action: str, resource: str) -> dict[str, str]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}
