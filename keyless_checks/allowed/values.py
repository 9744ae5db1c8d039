"""Which values a property may have, where it is a choice and the choice was made, or a range that AWS knows.

`Type.Property` as in `shapes`. What depends on other properties has a rule of its own."""

from collections.abc import Container

from keyless_checks.engines import ENGINES

_GITHUB = "https://token.actions.githubusercontent.com"

VALUES: dict[str, dict[str, Container[object]]] = {
    "AWS::EC2::EIP": {"Domain": ("vpc",)},
    "AWS::EC2::FlowLog": {"LogDestinationType": ("cloud-watch-logs",), "ResourceType": ("VPC",)},
    "AWS::EC2::Route": {"DestinationCidrBlock": ("0.0.0.0/0",)},
    "AWS::EC2::VPC": {"InstanceTenancy": ("default",)},
    "AWS::EC2::VPCEndpoint": {"PrivateDnsEnabled": (True,), "VpcEndpointType": ("Gateway", "Interface")},
    "AWS::Events::Rule": {"State": ("ENABLED",)},
    "AWS::Events::Rule.Targets.RetryPolicy": {
        "MaximumEventAgeInSeconds": range(60, 86_401),
        "MaximumRetryAttempts": range(186),
    },
    "AWS::IAM::OIDCProvider": {"ClientIdList": (["sts.amazonaws.com"],), "Url": (_GITHUB,)},
    "AWS::IAM::Role": {"MaxSessionDuration": range(3_600, 14_401)},
    "AWS::Lambda::EventInvokeConfig": {
        "MaximumEventAgeInSeconds": range(60, 21_601),
        "MaximumRetryAttempts": range(3),
        "Qualifier": ("$LATEST",),
    },
    "AWS::Lambda::Function": {"Runtime": ("python3.13", "python3.14", "nodejs22.x", "nodejs24.x")},
    "AWS::RDS::DBCluster": {"Engine": ENGINES},
    "AWS::RDS::DBInstance": {"Engine": ENGINES, "PromotionTier": range(16)},
    "AWS::RDS::DBProxy.Auth": {"IAMAuth": ("DISABLED",)},
    "AWS::RDS::DBProxyEndpoint": {"TargetRole": ("READ_ONLY",)},
    "AWS::SecretsManager::RotationSchedule": {"RotateImmediatelyOnUpdate": (False,)},
    "AWS::SecretsManager::Secret.GenerateSecretString": {"ExcludePunctuation": (True,)},
}


def value_problem(name: str, key: str, value: object) -> str | None:
    """Why property `key` of the object `name` may not have that value."""
    allowed = VALUES.get(name, {}).get(key)
    if allowed is None or value in allowed:
        return None
    shown = f"{allowed[0]} to {allowed[-1]}" if isinstance(allowed, range) else ", ".join(map(str, _listed(allowed)))
    return f"{key} is {value!r}; allowed: {shown}"


def _listed(allowed: Container[object]) -> list[object]:
    return list(allowed) if isinstance(allowed, tuple | dict) else []
