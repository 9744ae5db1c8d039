"""An environment that needs an approval hands it to its bootstrap function, and is refused without one."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db_access.errors import ApprovalError, SpecError
from db_access.spec.approved import Approved, Expected, Identity, now
from db_access.spec.deployed import digest
from keyless_aurora.access import spec_asset
from keyless_aurora.engines.matrix import AURORA_MYSQL, MARIADB, MYSQL, Engine
from keyless_aurora.settings.error import SettingsError
from keyless_checks.ruleset import breaches
from tests.app.app import app as the_app
from tests.app.environments import DEV
from tests.infrastructure.checks.test_checks import mismatches
from tests.infrastructure.support import SPEC, Synthesis, synthesize

NEEDS = replace(DEV, approval=True)
NAMED = digest(SPEC.named("KeylessAurora-dev-access").as_properties())
APPROVED = Approved(made=now(), spec=NAMED, first=True)
BOOTSTRAP, WATCH, RESOURCE = "access/Bootstrap/Function", "access/Watch/Function", "access/Access/Database-app"
LAYER = "access/Bootstrap/Approval"


@pytest.fixture(scope="module")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(NEEDS, tmp_path_factory.mktemp("approved"), SPEC, approved=APPROVED)


def told(synthesis: Synthesis, function: str) -> dict[str, Any]:
    variables = synthesis.templates.props(function)["Environment"]["Variables"]
    return dict(json.loads(variables["DEPLOYED_SPEC"]))


def test_the_function_is_told_what_the_resource_names_and_a_layer_has(synthesis: Synthesis) -> None:
    named = synthesis.templates.props(RESOURCE)["Approved"]
    assert named == {"Digest": APPROVED.digest, "Made": APPROVED.made}
    assert told(synthesis, BOOTSTRAP)["approved"] == APPROVED.digest
    assert "approved" not in told(synthesis, WATCH), "which carries nothing out"
    layers = [synthesis.templates.text("access", each) for each in synthesis.templates.props(BOOTSTRAP)["Layers"]]
    assert LAYER in layers


def test_the_layer_holds_the_approval_as_it_was_reviewed(synthesis: Synthesis) -> None:
    out = Path(synthesis.app.outdir)
    key = synthesis.templates.props(LAYER)["Content"]["S3Key"].removesuffix(".zip")
    files = json.loads((out / "KeylessAurora-dev-access.assets.json").read_text())["files"]
    (file,) = [each for each in (out / str(files[key]["source"]["path"])).rglob("*") if each.is_file()]
    assert file.name == f"approved-{APPROVED.digest}.json"
    assert file.read_text() == APPROVED.text


def test_it_passes_the_gates(synthesis: Synthesis) -> None:
    assert list(breaches(synthesis.templates)) == []
    assert mismatches(synthesis.app) == ([], [])


def test_another_approval_is_an_update_of_the_access(synthesis: Synthesis, out: Path) -> None:
    """CloudFormation calls the function only where a property differs."""
    other = synthesize(NEEDS, out, SPEC, approved=Approved(made=now(), spec=NAMED, first=True)).templates
    differing = {path for path, resource in synthesis.templates.named() if other.at(path) != resource}
    assert differing == {RESOURCE, BOOTSTRAP, LAYER}


def test_nothing_is_there_where_none_is_needed(every: Synthesis) -> None:
    assert every.templates.find(LAYER) is None
    assert "Approved" not in every.templates.props(RESOURCE)


def test_an_environment_that_needs_one_and_has_none_is_refused_with_the_file(out: Path) -> None:
    with pytest.raises(SettingsError, match=r"allowed: config/approved/dev\.json, as `keyless approve` writes it"):
        synthesize(NEEDS, out)


@pytest.mark.parametrize("approved", [None, APPROVED], ids=["none is there", "one is there"])
@pytest.mark.parametrize("engine", [AURORA_MYSQL, MYSQL, MARIADB], ids=lambda engine: engine.id)
def test_an_engine_on_which_nobody_can_make_one_is_refused(
    out: Path, engine: Engine, approved: Approved | None
) -> None:
    needs = NEEDS.with_cluster(engine) if engine.aurora else NEEDS.with_instance(engine)
    with pytest.raises(SettingsError, match=f"approval: True is for PostgreSQL alone so far.* {engine.label}") as said:
        synthesize(needs, out, SPEC, approved=approved)
    assert "keyless approve" not in str(said.value), "which makes none there"


def test_an_approval_for_another_spec_is_refused(out: Path) -> None:
    with pytest.raises(SpecError, match=f"is for the access spec with the digest {'0' * 64}, and this one has {NAMED}"):
        synthesize(NEEDS, out, SPEC, approved=APPROVED.model_copy(update={"spec": "0" * 64}))


@pytest.mark.parametrize("names", [["nowhere"], ["app", "nowhere"]])
def test_an_approval_for_other_databases_is_refused(out: Path, names: list[str]) -> None:
    identity = Identity(host="h", system=None, oid="1")
    databases = tuple(Expected(database=name, identity=identity) for name in names)
    approved = APPROVED.model_copy(update={"first": False, "databases": databases})
    with pytest.raises(ApprovalError, match=rf"is for databases {', '.join(names)}; allowed: .* which are app$"):
        synthesize(NEEDS, out, SPEC, approved=approved)


def test_the_refusal_says_how_to_approve(out: Path) -> None:
    with pytest.raises(ApprovalError, match="`keyless approve --managed-by KeylessAurora-dev-access`"):
        synthesize(NEEDS, out, SPEC, approved=APPROVED.model_copy(update={"spec": digest(SPEC.as_properties())}))


def test_an_approval_too_large_for_a_layer_is_refused(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec_asset, "ASSET_BYTES", 100)
    with pytest.raises(SpecError, match=r"the approval has .* bytes; allowed: at most 100"):
        synthesize(NEEDS, out, SPEC, approved=APPROVED)


def test_it_is_read_from_the_environment_s_file_where_it_is_needed(tmp_path: Path) -> None:
    app = replace(the_app(), declared=the_app().environments, access=tmp_path / "access.yaml")
    assert app.approved(NEEDS) is None
    (tmp_path / "approved").mkdir()
    (tmp_path / "approved" / "dev.json").write_text(APPROVED.text)
    assert app.approved(NEEDS) == APPROVED
    assert app.approved(DEV) is None
    (tmp_path / "approved" / "dev.json").write_text("{}")
    with pytest.raises(SpecError, match=r"dev\.json: made: "):
        app.approved(NEEDS)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda props: props["Approved"].update(Digest="0" * 64), "access.approved"),
        (lambda props: props.pop("Approved"), "access.approved"),
        (lambda props: props["Approved"].update(Effects="GRANT"), "decided"),
        (lambda props: props["Approved"].update(Made="later"), "decided"),
    ],
)
def test_an_approval_that_is_no_longer_the_deployed_one_is_seen(
    synthesis: Synthesis, change: Callable[[dict[str, Any]], object], rule: str
) -> None:
    def broken(templates: Any) -> None:
        change(next(each for each in templates.all("Custom::DatabaseAccess")).props)

    found = [breach.rule for breach in breaches(synthesis.templates.broken(broken))]
    assert any(name.startswith(rule) for name in found), found
