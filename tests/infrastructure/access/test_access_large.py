"""A spec too large for the properties goes into a layer of the bootstrap function; a smaller one stays where `cdk diff`
shows it."""

import json
import os
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from db_access.spec.transport import SpecFile
from keyless_aurora.access import spec_asset
from keyless_aurora.access.spec_asset import INLINE_BYTES, TEMPLATE_BYTES, fits_inline
from keyless_checks.reading.templates import Templates
from keyless_checks.ruleset import breaches
from tests.app.environments import DEV
from tests.infrastructure.support import SPEC, Synthesis, synthesize, watched

FUNCTION, LAYER, RESOURCE = "access/Bootstrap/Function", "access/Bootstrap/AccessSpec", "access/Access/Database-app"

MANAGER = "KeylessAurora-dev-access"
WATCH = {"access/Watch/AccessSpec", "access/Watch/Function", "access/DriftWatch/Schedule-app"}
"""What has the drift watch look at the same spec."""


def spec_of(users: int, *, description: str = "", connection_limit: int = -1, **fields: Any) -> AccessSpec:
    raw, every = (
        {**SPEC.as_properties(), **fields},
        {"auth_method": "none", "description": description, "connection_limit": connection_limit},
    )
    more = [{"username": f"tenant_{number:05}", **every} for number in range(users)]
    return watched({**raw, "users": [*raw["users"], *more]}).named(MANAGER)


def largest(**fields: Any) -> int:
    """How many users a spec may have and stay in the properties."""

    def too_large(users: int) -> bool:
        spec = spec_of(users, **fields)
        return not fits_inline(spec.as_properties(), databases=len(spec.databases))

    return bisect_left(range(6000), True, key=too_large) - 1


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(DEV, tmp_path_factory.mktemp("large"), spec_of(5000))


def asset(synthesis: Synthesis) -> Path:
    """The folder that becomes the layer."""
    out = Path(synthesis.app.outdir)
    key = synthesis.templates.props(LAYER)["Content"]["S3Key"].removesuffix(".zip")
    files = json.loads((out / "KeylessAurora-dev-access.assets.json").read_text())["files"]
    return out / str(files[key]["source"]["path"])


def test_the_sample_stays_in_the_properties_and_needs_no_layer(every: Synthesis) -> None:
    assert every.templates.props(RESOURCE)["Spec"] == SPEC.named(f"{every.environment.prefix}-access").as_properties()
    assert every.templates.find(LAYER) is None


def test_a_large_spec_is_announced_by_digest_and_counts(large: Synthesis) -> None:
    spec = spec_of(5000)
    properties = {k: v for k, v in large.templates.props(RESOURCE).items() if k.startswith(("Spec", "Managed"))}
    assert properties == {
        "SpecDigest": SpecFile.of(spec).digest,
        "SpecUsers": 5003,
        "SpecSchemas": 3,
        "ManagedBy": MANAGER,
    }


def test_the_layer_holds_the_whole_spec_under_its_digest_and_nothing_else(large: Synthesis) -> None:
    (file,) = [path for path in asset(large).rglob("*") if path.is_file()]
    assert file.relative_to(asset(large)).as_posix() == f"python/access_spec/{SpecFile.of(spec_of(5000)).digest}.json"
    assert AccessSpec.parse(json.loads(file.read_text())) == spec_of(5000)


def test_lambda_can_read_it_whatever_the_umask(out: Path) -> None:
    before = os.umask(0o077)
    try:
        folder = asset(synthesize(DEV, out, spec_of(5000)))
    finally:
        os.umask(before)
    modes = {path.relative_to(folder).parts[-1]: oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}
    assert set(modes.values()) == {"0o755", "0o644"}, modes


def test_the_function_has_the_layer_before_it_is_asked(large: Synthesis) -> None:
    layers = [large.templates.text("access", layer) for layer in large.templates.props(FUNCTION)["Layers"]]
    assert layers == ["access/ClientLayer", LAYER]
    assert {FUNCTION, LAYER} <= large.templates.waits_for(RESOURCE)


def test_the_same_spec_is_the_same_asset_and_another_is_another(large: Synthesis, out: Path, tmp_path: Path) -> None:
    same, other = synthesize(DEV, out, spec_of(5000)), synthesize(DEV, tmp_path / "other", spec_of(5001))
    keys = [s.templates.props(LAYER)["Content"]["S3Key"] for s in (large, same, other)]
    assert keys[0] == keys[1] != keys[2]


def test_a_change_of_a_large_spec_shows_in_the_digest_and_the_counts(large: Synthesis, out: Path) -> None:
    changed = synthesize(DEV, out, spec_of(5001)).templates
    differing = {path for path, resource in large.templates.named() if changed.at(path) != resource}
    assert differing == {LAYER, FUNCTION, RESOURCE, *WATCH}
    assert changed.props(RESOURCE)["SpecUsers"] == 5004


def test_the_rules_read_it_in_the_layer_and_find_nothing_wrong(large: Synthesis) -> None:
    built = Templates(large.templates.by_stack, Path(large.app.outdir), bundled=False)
    assert [breach for breach in breaches(built)] == []
    without = [breach.rule for breach in breaches(Templates(large.templates.by_stack))]
    assert "access.one_spec" in without and "access.pinned" in without


def test_the_function_gets_no_route_and_no_right_for_it(large: Synthesis, out: Path) -> None:
    small = synthesize(DEV, out).templates
    for path in (
        "access/Bootstrap/Role",
        "access/Bootstrap/Role/DefaultPolicy",
        "access/Bootstrap/NoInterfacesForCode",
        "access/Access/ProviderRole",
    ):
        assert large.templates.at(path) == small.at(path)
    assert large.templates.by_stack["network"] == small.by_stack["network"]


@pytest.mark.parametrize(
    "fields",
    [{}, {"connection_limit": 5}, {"description": "lit des événements"}, {"description": "x" * 900}],
    ids=["plain", "numbers", "not ASCII", "long"],
)
def test_an_update_between_the_largest_inline_specs_fits_lambdas_limit(fields: dict[str, Any]) -> None:
    """As CloudFormation sends it: old and new properties, every scalar a string."""
    spec = spec_of(largest(**fields), **fields).as_properties()
    both = {"Spec": json.loads(json.dumps(spec), parse_int=str)}
    request = {"ResourceProperties": both, "OldResourceProperties": both, "ResponseURL": "x" * 15_000}
    assert 200_000 < len(json.dumps(request, separators=(",", ":"))) <= 262_144


def test_the_largest_inline_spec_is_near_the_limit() -> None:
    size = len(json.dumps(spec_of(largest()).as_properties(), separators=(",", ":")))
    assert 0.95 * INLINE_BYTES < size <= INLINE_BYTES


@pytest.mark.parametrize("databases", [1, 12])
def test_the_template_holds_the_largest_inline_spec_for_every_database(out: Path, databases: int) -> None:
    raw = [*SPEC.as_properties()["databases"], *({"name": f"more_{n}"} for n in range(databases - 1))]
    synthesize(DEV, out, spec_of(largest(databases=raw), databases=raw))
    template = out / "KeylessAurora-dev-access.template.json"
    assert [r for r in json.loads(template.read_text())["Resources"].values() if "SpecDigest" in r["Properties"]] == []
    assert template.stat().st_size < TEMPLATE_BYTES + 100_000 < 1_000_000


def test_many_databases_make_a_spec_too_large_that_one_database_has_room_for() -> None:
    properties = spec_of(1500).as_properties()
    assert fits_inline(properties, databases=1)
    assert not fits_inline(properties, databases=12)


def test_a_spec_too_large_for_a_layer_is_refused_with_a_sentence(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec_asset, "ASSET_BYTES", 200_000)
    with pytest.raises(
        SpecError,
        match=r"the document: 5003 users and their grants take [\d,]+ bytes as JSON; allowed: at most 200,000\. Name",
    ):
        synthesize(DEV, out, spec_of(5000))


def with_passwords(users: int, *, more: int = 0) -> AccessSpec:
    raw = spec_of(more).as_properties()
    every = {"auth_method": "password", "databases": ["app"], "connection_limit": 1}
    return AccessSpec.parse(
        {**raw, "users": [*raw["users"], *({"username": f"person_{number:03}", **every} for number in range(users))]}
    )


def test_secrets_beside_a_spec_count_as_part_of_the_request(out: Path) -> None:
    """A spec that alone would just fit, and 100 secrets' ARNs twice, are too much for one event."""
    more = (
        bisect_left(
            range(3000), True, key=lambda n: not fits_inline(with_passwords(100, more=n).as_properties(), databases=1)
        )
        - 1
    )
    synthesis = synthesize(DEV, out, with_passwords(100, more=more))
    resource = synthesis.templates.props(RESOURCE)
    assert len(resource["Secrets"]) == 100
    assert "Spec" not in resource and "SpecDigest" in resource


def test_more_password_users_than_one_endpoint_can_name_are_refused(out: Path) -> None:
    with pytest.raises(SpecError, match=r"users: 141 have auth_method: password.* allowed: at most 140"):
        synthesize(DEV, out, with_passwords(141))


def test_as_many_password_users_as_are_allowed_fit_every_policy(out: Path) -> None:
    """IAM's quotas: 10,240 characters for a role's own policies, 6,144 for a managed one; PrivateLink's: 20,480 for an
    endpoint's."""
    templates = synthesize(DEV, out, with_passwords(140)).templates
    longest = "arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:" + 70 * "x"

    def size(document: dict[str, Any]) -> int:
        arns = [
            [longest if "Ref" in r or "Fn::ImportValue" in r else r for r in statement["Resource"]]
            if isinstance(statement["Resource"], list)
            else statement["Resource"]
            for statement in document["Statement"]
        ]
        statements = [
            {**statement, "Resource": found} for statement, found in zip(document["Statement"], arns, strict=True)
        ]
        return len(json.dumps({**document, "Statement": statements}, separators=(",", ":")))

    quotas = {"AWS::IAM::Policy": 10_240, "AWS::IAM::ManagedPolicy": 6_144, "AWS::EC2::VPCEndpoint": 20_480}
    sizes = {r.path: (size(r.props["PolicyDocument"]), quotas[r.type]) for r in templates.all(*quotas)}
    assert {path: found for path, found in sizes.items() if found[0] > found[1]} == {}
    assert max(found for found, _ in sizes.values()) > 15_000
