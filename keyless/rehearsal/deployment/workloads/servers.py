"""Servers of an Auto Scaling group: what an instance that starts now is told, by the launch template's version that the
group has."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from keyless.rehearsal.deployment.kinds import SERVERS
from keyless.rehearsal.deployment.workloads.model import (
    MetadataOptions,
    Physical,
    Workload,
    named,
    of_type,
    referred,
    source,
)
from keyless.rehearsal.emulator.cloud import Cloud

_TYPE: Final = "AWS::AutoScaling::AutoScalingGroup"
_TEMPLATE: Final = "AWS::EC2::LaunchTemplate"
_FILE: Final = re.compile(r"^cat > /etc/keyless/connection\.env <<'(\S+)'\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
"""As user data of the library writes it: the shell expands nothing in it."""
_UNIT: Final = re.compile(r"^systemctl enable --now (\S+)$", re.MULTILINE)


def deployed(cloud: Cloud, template: Mapping[str, Any], physical: Physical) -> Iterator[Workload]:
    for logical_id, resource in of_type(template, _TYPE):
        launched = resource["Properties"].get("LaunchTemplate")
        data = _data(cloud, physical(logical_id)) if launched else {}
        if "IamInstanceProfile" not in data:
            continue
        script = base64.b64decode(data.get("UserData", "")).decode(errors="replace")
        yield Workload(
            named(logical_id, resource),
            SERVERS,
            source(referred(template, launched.get("LaunchTemplateId"))),
            _role(cloud.client("iam"), data["IamInstanceProfile"]),
            settings(script),
            command(script),
            _options(data.get("MetadataOptions", {})),
        )


def sources(template: Mapping[str, Any]) -> Iterator[str]:
    yield from filter(None, (source(resource) for _, resource in of_type(template, _TEMPLATE)))


def settings(script: str) -> dict[str, str]:
    """What user data writes into the file of settings."""
    found = _FILE.search(script)
    lines = found[2].splitlines() if found else []
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def command(script: str) -> tuple[str, ...]:
    """The unit that user data starts, by its file's name."""
    found = _UNIT.search(script)
    return (f"{found[1].removesuffix('.service')}.service",) if found else ()


def _data(cloud: Cloud, group: str) -> dict[str, Any]:
    groups = cloud.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    chosen = groups["AutoScalingGroups"][0]["LaunchTemplate"]
    (version,) = cloud.client("ec2").describe_launch_template_versions(
        LaunchTemplateId=chosen["LaunchTemplateId"], Versions=[chosen["Version"]]
    )["LaunchTemplateVersions"]
    data: dict[str, Any] = version["LaunchTemplateData"]
    return data


def _role(iam: Any, profile: Mapping[str, str]) -> str:
    name = profile.get("Name") or profile["Arn"].rsplit("/", 1)[-1]
    found = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    return str(found["Roles"][0]["Arn"])


def _options(given: Mapping[str, Any]) -> MetadataOptions:
    """Defaults are the API's, for an image that says nothing itself."""
    required = given.get("HttpTokens", "optional") == "required"
    enabled = given.get("HttpEndpoint", "enabled") == "enabled"
    return MetadataOptions(required, int(given.get("HttpPutResponseHopLimit", 1)), enabled)
