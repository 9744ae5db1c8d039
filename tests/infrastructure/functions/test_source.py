"""A function's template says where its code is, the same on every machine; its rehearsal file goes nowhere."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from keyless_aurora.functions.bundling import PythonBundle
from keyless_aurora.functions.platform import LAMBDA
from keyless_aurora.functions.source import say_source
from tests.infrastructure.support import new_app


def said(out: Path, folder: Path) -> str:
    stack = cdk.Stack(new_app(out), "S")
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    function = lambda_.Function(stack, "F", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)
    say_source(function, folder)
    (resource,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    return str(resource["Metadata"]["keyless:source"])


def test_a_source_is_named_as_seen_from_its_app(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "app" / "code" / "orders"
    folder.mkdir(parents=True)
    (tmp_path / "app" / "cdk.json").write_text("{}")
    assert said(out, folder) == "code/orders"


def test_a_source_beside_the_app_is_named_from_the_current_folder(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / "code").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    assert said(out, tmp_path / "code") == "../code"


def test_a_rehearsal_file_is_in_no_bundle_and_changes_no_asset(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "data").mkdir(parents=True)
    (source / "handler.py").write_text("")
    (source / "data" / "rehearsal.yaml").write_text("the function's own")
    before = key(source, tmp_path / "one")
    (source / "rehearsal.yaml").write_text("lines: []")
    assert key(source, tmp_path / "two") == before
    PythonBundle(source).build(LAMBDA, tmp_path / "bundle")
    assert sorted(path.name for path in (tmp_path / "bundle").iterdir()) == ["data", "handler.py"]
    assert (tmp_path / "bundle" / "data" / "rehearsal.yaml").exists()


def key(source: Path, out: Path) -> str:
    """The hash that names the asset in S3."""
    cdk.AssetStaging.clear_asset_hash_cache()  # the CDK looks at a folder once in a process
    location = PythonBundle(source).code(LAMBDA).bind(cdk.Stack(new_app(out), "S")).s3_location
    assert location is not None
    return location.object_key
