"""The smallest assembly with a stack and an asset, as the CDK writes it for dev."""

import hashlib
import json
from typing import Any

HASH = "ab" * 32
STACK = "KeylessAurora-dev-sample"
WHERE = "111122223333", "eu-west-1"
_TEMPLATE = json.dumps({"Resources": {}})
TEMPLATE_HASH = hashlib.sha256(_TEMPLATE.encode()).hexdigest()
_BOOTSTRAP = {"requiresBootstrapStackVersion": 6, "bootstrapStackVersionSsmParameter": "/cdk-bootstrap/kldev/version"}


def role(kind: str) -> str:
    account, region = WHERE
    return f"arn:${{AWS::Partition}}:iam::{account}:role/cdk-kldev-{kind}-role-{account}-{region}"


BUCKET = "cdk-kldev-assets-{}-{}".format(*WHERE)


def assembly() -> dict[str, Any]:
    """File -> content."""
    return {
        "cdk.out": {"version": "55.0.0"},
        "manifest.json": {
            "version": "55.0.0",
            "artifacts": {
                f"{STACK}.assets": {
                    "type": "cdk:asset-manifest",
                    "properties": {"file": f"{STACK}.assets.json", **_BOOTSTRAP},
                },
                STACK: _stack(),
                "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
                "aws-cdk-lib/feature-flag-report": {
                    "type": "cdk:feature-flag-report",
                    "properties": {"module": "aws-cdk-lib", "flags": {"@aws-cdk/core:x": {"recommendedValue": True}}},
                },
            },
            "minimumCliVersion": "2.1148.0",
        },
        f"{STACK}.template.json": _TEMPLATE,
        f"{STACK}.metadata.json": {"/Sample": [{"type": "aws:cdk:logicalId", "data": "x"}]},
        f"{STACK}.assets.json": {
            "version": "55.0.0",
            "files": {
                HASH: _asset(HASH, f"asset.{HASH}", "zip", ".zip"),
                TEMPLATE_HASH: _asset(TEMPLATE_HASH, f"{STACK}.template.json", "file", ".json"),
            },
            "dockerImages": {},
        },
        f"asset.{HASH}/handler.py": "pass\n",
        "tree.json": {"version": "tree-0.1"},
    }


def _stack() -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://{}/{}".format(*WHERE),
        "properties": {
            "templateFile": f"{STACK}.template.json",
            "terminationProtection": False,
            "validateOnSynth": False,
            "assumeRoleArn": role("deploy"),
            "cloudFormationExecutionRoleArn": role("cfn-exec"),
            "stackTemplateAssetObjectUrl": f"s3://{BUCKET}/{TEMPLATE_HASH}.json",
            **_BOOTSTRAP,
            "additionalDependencies": [f"{STACK}.assets"],
            "lookupRole": {"arn": role("lookup"), **_BOOTSTRAP},
        },
        "dependencies": [f"{STACK}.assets"],
        "additionalMetadataFile": f"{STACK}.metadata.json",
        "displayName": STACK,
    }


def _asset(digest: str, path: str, packaging: str, end: str) -> dict[str, Any]:
    destination = {
        "bucketName": BUCKET,
        "objectKey": f"{digest}{end}",
        "region": WHERE[1],
        "assumeRoleArn": role("file-publishing"),
    }
    return {
        "displayName": "Code",
        "source": {"path": path, "packaging": packaging},
        "destinations": {"111122223333-eu-west-1-0123abcd": destination},
    }
