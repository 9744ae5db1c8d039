"""What the picture says is what the templates say: each setting that is missing is seen."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from keyless.report.route import Route

SNAPSHOTS = Path(__file__).parents[3] / "infrastructure" / "snapshots"
DEV = {file.stem: json.loads(file.read_text()) for file in SNAPSHOTS.glob("dev-*.json")}


def said(templates: dict[str, Any]) -> list[tuple[str, str]]:
    route = Route.of_templates(templates)
    assert route is not None
    return [(hop.authenticated, hop.encrypted) for hop in route.hops]


def changed(kind: str, **properties: object) -> dict[str, Any]:
    """DEV's templates, with this of every resource of the kind."""
    templates = deepcopy(DEV)
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                resource["Properties"].update(properties)
    return templates


def test_dev_has_tokens_and_tls_on_each_hop() -> None:
    route = Route.of_templates(DEV)
    assert route is not None
    assert [node.name for node in route.nodes] == ["Lambda function", "RDS Proxy", "Aurora PostgreSQL"]
    assert route.nodes[0].about == "2 with a role each"
    assert said(DEV) == [("IAM token", "TLS required"), ("its own IAM token", "TLS required")]


@pytest.mark.parametrize(
    ("kind", "properties", "hop", "expected"),
    [
        ("AWS::RDS::DBProxy", {"RequireTLS": False}, 0, ("IAM token", "TLS not required")),
        ("AWS::RDS::DBProxy", {"DefaultAuthScheme": "NONE"}, 0, ("password", "TLS required")),
        ("AWS::RDS::DBProxy", {"DefaultAuthScheme": "NONE"}, 1, ("a secret's password", "TLS required")),
        ("AWS::RDS::DBProxy", {"Auth": [{"IAMAuth": "DISABLED"}]}, 0, ("IAM token, or password", "TLS required")),
        ("AWS::RDS::DBProxy", {"Auth": [{"IAMAuth": "REQUIRED"}]}, 0, ("IAM token", "TLS required")),
        ("AWS::RDS::DBProxy", {"Auth": [{}]}, 1, ("own IAM token, or secret", "TLS required")),
        ("AWS::RDS::DBClusterParameterGroup", {"Parameters": {}}, 1, ("its own IAM token", "TLS not required")),
    ],
)
def test_what_is_set_otherwise_is_said(kind: str, properties: dict[str, Any], hop: int, expected: object) -> None:
    assert said(changed(kind, **properties))[hop] == expected


def test_without_a_proxy_there_is_one_hop() -> None:
    templates = deepcopy(DEV)
    database = templates["dev-database"]["Resources"]
    templates["dev-database"]["Resources"] = {k: v for k, v in database.items() if "Proxy" not in v["Type"]}
    assert said(templates) == [("IAM token", "TLS required")]
    templates = changed("AWS::RDS::DBCluster", EnableIAMDatabaseAuthentication=False)
    route = Route.of_templates(templates)
    assert route is not None
    assert route.nodes[-1].about.endswith("without IAM logins")


@pytest.mark.parametrize(
    ("iam", "password", "about", "by"),
    [
        (2, 0, "2 with IAM token", "IAM token"),
        (0, 1, "1 with password", "password"),
        (2, 1, "2 with IAM token, 1 with password", "IAM token or password"),
        (0, 0, "none logs in", "nobody"),
    ],
)
def test_the_spec_alone_says_who_logs_in_with_what(iam: int, password: int, about: str, by: str) -> None:
    route = Route.of_spec(iam=iam, password=password)
    assert (route.nodes[0].about, route.hops[0].authenticated, route.hops[0].encrypted) == (about, by, "not looked at")


def test_without_a_database_there_is_no_way() -> None:
    assert Route.of_templates({"network": DEV["dev-network"]}) is None
