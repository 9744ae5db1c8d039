"""Bundles: another source, requirement or platform is another asset, the same ones are the same, failures say why."""

import shutil
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from keyless_aurora.functions.bundling import BundlingError, PythonBundle
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform, host
from stacks.deployment import BOOTSTRAP
from tests.infrastructure.support import new_app


@pytest.fixture
def bundle(tmp_path: Path) -> PythonBundle:
    """A package of its own, without requirements."""
    root = tmp_path / "source"
    (root / "thing").mkdir(parents=True)
    (root / "thing" / "__init__.py").write_text("answer = 42\n")
    (root / "requirements.txt").write_text("# nothing\n")
    return PythonBundle(root=root, package="thing", prefix="python")


def _key(bundle: PythonBundle, platform: LambdaPlatform = LAMBDA) -> str:
    """The hash that names the asset in S3."""
    cdk.AssetStaging.clear_asset_hash_cache()  # the CDK looks at a folder once in a process
    stack = cdk.Stack(new_app(bundle.root.parent / "cdk.out"), "S")
    location = bundle.code(platform).bind(stack).s3_location
    assert location is not None
    return location.object_key


def test_the_same_sources_give_the_same_asset_wherever_they_are(bundle: PythonBundle, tmp_path: Path) -> None:
    copy = PythonBundle(root=tmp_path / "elsewhere", package="thing", prefix="python")
    shutil.copytree(bundle.root, copy.root)
    assert _key(copy) == _key(bundle)


def test_importing_the_sources_changes_no_asset(bundle: PythonBundle) -> None:
    before = _key(bundle)
    for cache in ("__pycache__", ".ruff_cache"):
        (bundle.root / "thing" / cache).mkdir()
        (bundle.root / "thing" / cache / "x.pyc").write_text("x")
    assert _key(bundle) == before


@pytest.mark.parametrize("name", ["thing/__init__.py", "thing/new.py", "requirements.txt"])
def test_a_changed_source_or_requirement_is_another_asset(bundle: PythonBundle, name: str) -> None:
    before = _key(bundle)
    (bundle.root / name).write_text("# changed\n")
    assert _key(bundle) != before


def test_another_platform_or_python_is_another_asset(bundle: PythonBundle) -> None:
    newer = LambdaPlatform(LAMBDA.name.replace("3.14", "3.15"), LAMBDA.pip_options)
    assert len({_key(bundle, platform) for platform in (LAMBDA, host(), newer)}) == 3


def test_a_bundle_holds_the_package_under_its_prefix_and_no_caches(bundle: PythonBundle, out: Path) -> None:
    (bundle.root / "thing" / "__pycache__").mkdir()
    (bundle.root / "thing" / "__pycache__" / "x.pyc").touch()
    bundle.build(host(), out)
    assert [path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()] == [
        "python/thing/__init__.py"
    ]


def test_a_failing_pip_says_what_and_why(bundle: PythonBundle, out: Path) -> None:
    (bundle.root / "requirements.txt").write_text("./no-such-thing-1.0-py3-none-any.whl\n")
    with pytest.raises(BundlingError) as failure:
        bundle.build(LAMBDA, out)
    assert f"can't install {bundle.root}/requirements.txt for {LAMBDA.name}; pip says:\n" in str(failure.value)
    assert "no-such-thing" in str(failure.value)


def test_the_reason_survives_the_cdks_own_error(bundle: PythonBundle, out: Path) -> None:
    (bundle.root / "requirements.txt").write_text("./no-such-thing-1.0-py3-none-any.whl\n")
    stack = cdk.Stack(cdk.App(outdir=str(out), analytics_reporting=False), "S")
    with pytest.raises(RuntimeError) as failure:
        lambda_.LayerVersion(stack, "L", code=bundle.code(LAMBDA))
    reason = BundlingError.behind(failure.value)
    assert str(reason).startswith(f"can't install {bundle.root}/requirements.txt")
    assert "no-such-thing" in str(reason)
    assert BundlingError.behind(RuntimeError("something else")) is None


def test_what_the_handler_needs_is_in_its_folder() -> None:
    assert (BOOTSTRAP.root / BOOTSTRAP.package / "spec" / "access_spec.py").exists()
    assert (BOOTSTRAP.root / "requirements.txt").exists()
