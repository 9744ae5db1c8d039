"""Bundles: another source, requirement, hash or platform is another asset, the same ones are the same, failures say
why, and nobody else can write to one."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from keyless_aurora.engines.family import Family
from keyless_aurora.functions import pip
from keyless_aurora.functions.bundling import BundlingError, PythonBundle
from keyless_aurora.functions.own_bundles import CLIENT, ENGINE, client_of
from keyless_aurora.functions.platform import LAMBDA, LambdaPlatform, host
from tests.infrastructure.functions.index import Index
from tests.infrastructure.support import new_app


@pytest.fixture
def bundle(tmp_path: Path) -> PythonBundle:
    """A package of its own, without requirements."""
    root = tmp_path / "source"
    (root / "thing").mkdir(parents=True)
    (root / "thing" / "__init__.py").write_text("answer = 42\n")
    (root / "thing" / "requirements.txt").write_text("# nothing\n")
    return PythonBundle(root / "thing", package="thing", prefix="python")


def _key(bundle: PythonBundle, platform: LambdaPlatform = LAMBDA) -> str:
    """The hash that names the asset in S3."""
    cdk.AssetStaging.clear_asset_hash_cache()  # the CDK looks at a folder once in a process
    stack = cdk.Stack(new_app(bundle.source.parents[1] / "cdk.out"), "S")
    location = bundle.code(platform).bind(stack).s3_location
    assert location is not None
    return location.object_key


def test_the_same_sources_give_the_same_asset_wherever_they_are(bundle: PythonBundle, tmp_path: Path) -> None:
    copy = PythonBundle(tmp_path / "elsewhere", package="thing", prefix="python")
    shutil.copytree(bundle.source, copy.source)
    assert _key(copy) == _key(bundle)


def test_importing_the_sources_changes_no_asset(bundle: PythonBundle) -> None:
    before = _key(bundle)
    for cache in ("__pycache__", ".ruff_cache"):
        (bundle.source / cache).mkdir()
        (bundle.source / cache / "x.pyc").write_text("x")
    assert _key(bundle) == before


@pytest.mark.parametrize("name", ["__init__.py", "new.py", "requirements.txt"])
def test_a_changed_source_or_requirement_is_another_asset(bundle: PythonBundle, name: str) -> None:
    before = _key(bundle)
    (bundle.source / name).write_text("# changed\n")
    assert _key(bundle) != before


def test_another_hash_of_the_same_version_is_another_asset(bundle: PythonBundle, tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "other"):
        (bundle.source / "requirements.txt").write_text(Index(tmp_path / name, source=name).requirement)
        keys.add(_key(bundle))
    assert len(keys) == 2


@pytest.mark.parametrize("also", [(), ("driver",)])
def test_a_folder_s_own_requirements_come_only_where_they_are_asked_for(
    bundle: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, also: tuple[str, ...]
) -> None:
    index = Index(tmp_path / "index", "answer = 42\n")
    (bundle.source / "driver").mkdir()
    (bundle.source / "driver" / "requirements.txt").write_text(index.requirement)
    monkeypatch.setenv(pip.INDEX, index.url)
    asking = replace(bundle, also=also)
    asking.build(host(), tmp_path / "built")
    assert (tmp_path / "built" / "python" / "thing.py").exists() is bool(also)
    assert (_key(asking) == _key(bundle)) is not bool(also)


def test_a_folder_s_own_requirements_must_be_locked_too(bundle: PythonBundle) -> None:
    (bundle.source / "driver").mkdir()
    (bundle.source / "driver" / "requirements.in").write_text("thing==2.0\n")
    (problem,) = replace(bundle, also=("driver",)).problems()
    assert "driver/requirements.in: it names thing" in problem and bundle.problems() == []


def test_the_client_has_the_driver_of_mysql_for_that_family_alone() -> None:
    mysql = client_of(Family.MYSQL)
    assert "pymysql==" in "".join((mysql.source / name / "requirements.txt").read_text() for name in mysql.also)
    assert client_of(Family.POSTGRESQL) == CLIENT and CLIENT.also == ENGINE.also == ()


def test_a_note_in_what_is_locked_changes_no_asset(bundle: PythonBundle) -> None:
    before = _key(bundle)
    (bundle.source / "requirements.in").write_text("# why\n")
    assert _key(bundle) == before


def test_another_platform_or_python_is_another_asset(bundle: PythonBundle) -> None:
    newer = LambdaPlatform(LAMBDA.name.replace("3.14", "3.15"), (3, 15), LAMBDA.pip_options)
    assert len({_key(bundle, platform) for platform in (LAMBDA, host(), newer)}) == 3


def test_a_bundle_holds_the_package_under_its_prefix_and_nothing_that_lay_in_a_cache(
    bundle: PythonBundle, out: Path
) -> None:
    (bundle.source / "__pycache__").mkdir()
    (bundle.source / "__pycache__" / "x.pyc").touch()
    bundle.build(host(), out)
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {
        "python/thing/__init__.py",
        f"python/thing/__pycache__/__init__.{sys.implementation.cache_tag}.pyc",
    }


def test_a_failing_pip_says_what_and_why(
    bundle: PythonBundle, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv(pip.INDEX, (tmp_path / "empty").as_uri())
    (bundle.source / "requirements.txt").write_text(f"no-such-thing==1.0 --hash=sha256:{'0a' * 32}\n")
    with pytest.raises(BundlingError) as failure:
        bundle.build(LAMBDA, out)
    assert f"can't install {bundle.source}/requirements.txt for {LAMBDA.name}; pip says:\n" in str(failure.value)
    assert "no-such-thing" in str(failure.value)


def test_the_reason_survives_the_cdks_own_error(bundle: PythonBundle, out: Path) -> None:
    (bundle.source / "requirements.txt").write_text("./no-such-thing-1.0-py3-none-any.whl\n")
    stack = cdk.Stack(cdk.App(outdir=str(out), analytics_reporting=False), "S")
    with pytest.raises(RuntimeError) as failure:
        lambda_.LayerVersion(stack, "L", code=bundle.code(LAMBDA))
    reason = BundlingError.behind(failure.value)
    assert str(reason).startswith(f"can't install {bundle.source}/requirements.txt")
    assert "no-such-thing" in str(reason)
    assert BundlingError.behind(RuntimeError("something else")) is None


@pytest.fixture
def thing(bundle: PythonBundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PythonBundle:
    """A package with a requirement, from a checkout in which everybody may write one file and nobody else read another."""
    index = Index(tmp_path / "index", "answer = 42\n")
    (bundle.source / "requirements.txt").write_text(index.requirement)
    (bundle.source / "open.py").touch(0o666)
    (bundle.source / "open.py").chmod(0o666)
    (bundle.source / "shut.py").touch(0o600)
    (bundle.source / "tool").touch(0o755)
    monkeypatch.setenv(pip.INDEX, index.url)
    return bundle


@pytest.fixture(params=[0o000, 0o022, 0o077], ids="umask-{:03o}".format)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_umask")
def test_whatever_the_umask_all_may_read_a_bundle_and_only_its_owner_may_write_to_it(
    thing: PythonBundle, out: Path
) -> None:
    stack = cdk.Stack(cdk.App(outdir=str(out), analytics_reporting=False), "S")
    lambda_.LayerVersion(stack, "L", code=thing.code(host()))
    (asset,) = out.glob("asset.*")
    modes = {path.relative_to(asset).as_posix(): path.stat().st_mode & 0o7777 for path in (asset, *asset.rglob("*"))}
    assert "python/thing.py" in modes
    assert {path: f"{mode:o}" for path, mode in modes.items() if mode not in (0o755, 0o644)} == {}
    assert [path for path, mode in modes.items() if mode == 0o755 and (asset / path).is_file()] == ["python/thing/tool"]


def test_nobody_else_gets_into_a_bundle_while_it_is_built(
    thing: PythonBundle, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.mkdir(0o777)
    seen: list[int] = []
    monkeypatch.setattr(pip, "install", lambda *_: seen.append(out.stat().st_mode & 0o777))
    thing.build(host(), out)
    assert seen == [0o700]


def test_what_somebody_has_put_where_a_bundle_is_built_is_refused(thing: PythonBundle, out: Path) -> None:
    out.mkdir()
    (out / "sitecustomize.py").touch()
    with pytest.raises(
        BundlingError, match=r"can't install a bundle into .*cdk\.out: somebody has put sitecustomize\.py"
    ):
        thing.build(host(), out)


def test_what_the_handler_needs_is_in_its_folder() -> None:
    assert (ENGINE.source / "spec" / "access_spec.py").exists()
    assert (ENGINE.source / "requirements.txt").exists()
