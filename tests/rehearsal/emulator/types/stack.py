"""A stack with every type that ministack lacks, and what the APIs return about it."""

import copy
import json
from pathlib import Path
from typing import Any

import yaml

from keyless.rehearsal.cdk.stack_events import failures
from keyless.rehearsal.emulator.cloud import Cloud

ROLE = "arn:aws:iam::000000000000:role/proxy-of-nobody"
TEMPLATE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "template.yaml").read_text(encoding="utf-8"))


class Stack:
    """The template as a stack, and what the APIs return about it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloudformation = cloud.client("cloudformation")
        self.ec2, self.rds, self.secrets = cloud.client("ec2"), cloud.client("rds"), cloud.client("secretsmanager")
        self.topics = cloud.client("sns")
        self.template = copy.deepcopy(TEMPLATE)

    def create(self) -> None:
        self._finish("create", self.cloudformation.create_stack)

    def update(self, resource: str, **properties: Any) -> None:
        self.template["Resources"][resource]["Properties"].update(properties)
        self._finish("update", self.cloudformation.update_stack)

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName="types")
        waiter = self.cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName="types", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def _finish(self, kind: str, call: Any) -> None:
        call(StackName="types", TemplateBody=json.dumps(self.template), Capabilities=["CAPABILITY_IAM"])
        waiter = self.cloudformation.get_waiter(f"stack_{kind}_complete")
        waiter.wait(StackName="types", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    @property
    def outputs(self) -> dict[str, str]:
        stack = self.cloudformation.describe_stacks(StackName="types")["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def rules(self, group: str) -> set[tuple[bool, str, int, str]]:
        found = self.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])[
            "SecurityGroupRules"
        ]
        return {
            (r["IsEgress"], r["IpProtocol"], r["FromPort"], r.get("CidrIpv4") or r["ReferencedGroupInfo"]["GroupId"])
            for r in found
        }

    @property
    def proxy(self) -> dict[str, Any]:
        found: dict[str, Any] = self.rds.describe_db_proxies(DBProxyName="app")["DBProxies"][0]
        return found

    @property
    def acl(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ec2.describe_network_acls(NetworkAclIds=[self.outputs["Acl"]])["NetworkAcls"][0]
        return found

    def secret(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(
            self.secrets.get_secret_value(SecretId=self.outputs["Secret"])["SecretString"]
        )
        return found

    def topic_key(self, topic: str) -> str:
        """Of the topic with this ARN; empty when it has none."""
        return str(self.topics.get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId", ""))

    def reasons(self) -> str:
        return " ".join(failure.reason for failure in failures(self.cloudformation, "types"))
