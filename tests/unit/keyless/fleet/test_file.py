"""The file of a fleet: everything that is wrong with it is said at once, with file and line."""

from pathlib import Path

import pytest

from keyless.fleet.cluster import Source
from keyless.fleet.file import FleetError, load

ORDERS = "orders.cluster-a1b2c3.eu-central-1.rds.amazonaws.com"
ROLE = "arn:aws:iam::123456789012:role/audit"


def write(folder: Path, text: str) -> Path:
    path = folder / "fleet.yaml"
    path.write_text(text)
    return path


def problems(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(FleetError) as caught:
        load(write(folder, text))
    return caught.value.problems


def test_what_a_cluster_doesnt_say_the_defaults_do(tmp_path: Path) -> None:
    first, second, third = load(
        write(
            tmp_path,
            f"""
            defaults: {{spec: access.yaml, user: auditor, profile: audit, region: eu-west-1, external_id: secret-word, port: 6000}}
            clusters:
              - {{name: orders, host: {ORDERS}, role_arn: '{ROLE}'}}
              - {{name: dev, environment: dev, profile: dev, databases: [app]}}
              - {{name: own, host: localhost, user: someone, port: 5433, tunnel: '127.0.0.1:15432', profile: null}}
            """,
        )
    )
    assert first.endpoint and (first.endpoint.host, first.endpoint.port, first.endpoint.user) == (
        ORDERS,
        6000,
        "auditor",
    )
    assert (first.by_iam, first.region, first.source) == (True, "eu-central-1", Source("audit", ROLE, "secret-word"))
    assert first.spec == tmp_path / "access.yaml"
    assert (second.endpoint, second.environment, second.by_iam, second.user) == (None, "dev", True, None)
    assert (second.databases, second.source, second.region) == (("app",), Source("dev"), "eu-west-1")
    assert third.endpoint and (third.endpoint.user, third.endpoint.port) == ("someone", 5433)
    assert (third.by_iam, third.source, third.tunnel) == (False, None, ("127.0.0.1", 15432))


@pytest.mark.parametrize(
    ("entry", "line", "says"),
    [
        ("{name: a, host: localhost, usr: x}", 4, "unknown field; did you mean 'user'?"),
        (r'{name: "a\nb", host: localhost}', 4, "'a\\nb' contains U+000A control character, which doesn't print"),
        (r'{name: a, host: "\e[31m"}', 4, "contains U+001B control character, which doesn't print"),
        (r'{name: a, host: localhost, user: "a\u202Eb"}', 4, "contains U+202E RIGHT-TO-LEFT OVERRIDE, which doesn't"),
        ("{name: a b, host: localhost}", 4, "'a b' is not allowed; allowed: letters, digits"),
        ("{host: localhost}", 4, "name, {file}:4: is required"),
        ("{name: a}", 4, "isn't said, or is said twice; allowed: `host` or `environment`"),
        ("{name: a, host: localhost, environment: dev, region: eu-west-1}", 4, "allowed: `host` or `environment`"),
        ("{name: a, host: 'one,two'}", 4, "'one,two' is not allowed; allowed: the name of one endpoint"),
        ("{name: a, host: /tmp}", 4, "'/tmp' is not allowed; allowed: the name of one endpoint"),
        ("{name: a, host: localhost, user: null}", 4, "nobody who logs in; allowed: `user`"),
        ("{name: a, host: localhost, spec: null}", 4, "no access spec; allowed: `spec`"),
        ("{name: a, host: localhost, port: 70000}", 4, "70000 is not allowed; allowed: 65,535 or less"),
        ("{name: a, host: localhost, auth_method: iam}", 4, "no region, which its name doesn't have either"),
        ("{name: a, environment: dev}", 4, "no region, which its name doesn't have either"),
        ("{name: a, environment: dev, region: eu-west-1, port: 1}", 4, "of an environment are what its stacks say"),
        ("{name: a, host: localhost, external_id: abc}", 4, "an `external_id` without a role"),
        ("{name: a, host: localhost, role_arn: role/x}", 4, "allowed: the ARN of a role"),
        ("{name: a, host: localhost, tunnel: 'localhost:1'}", 4, "allowed: an address and a port"),
        ("{name: a, host: localhost, databases: []}", 4, "allowed: a list of 1 or more"),
        ("{name: a, host: localhost}\n  - {name: a, host: localhost}", 5, "2 clusters are named 'a'"),
    ],
)
def test_a_problem_is_said_with_its_line(tmp_path: Path, entry: str, line: int, says: str) -> None:
    text = f"version: 1\ndefaults: {{spec: access.yaml, user: auditor}}\nclusters:\n  - {entry}\n"
    found = problems(tmp_path, text)
    file = tmp_path / "fleet.yaml"
    assert any(f"{file}:{line}" in problem and says.format(file=file) in problem for problem in found), found


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    text = (
        "defaults: {spec: access.yaml, user: a}\nclusters:\n  - {name: a}\n  - {name: b, host: h, external_id: abc}\n"
    )
    assert len(problems(tmp_path, text)) == 2


@pytest.mark.parametrize("text", ["", "[]", "clusters: []", "clusters: [", "{a: 1, a: 2}", "- \x07"])
def test_what_is_no_fleet_is_an_error_with_its_file(tmp_path: Path, text: str) -> None:
    assert all("fleet.yaml" in problem for problem in problems(tmp_path, text))


@pytest.mark.parametrize("text", ["", "[]", "fleet"])
def test_what_a_fleet_is_is_said(tmp_path: Path, text: str) -> None:
    assert all("allowed: a mapping with `clusters`" in problem for problem in problems(tmp_path, text))


def test_a_file_that_isnt_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match=r"No such file.*; allowed: the file of a fleet"):
        load(tmp_path / "gone.yaml")
