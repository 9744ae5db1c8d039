"""What a job that holds a role takes from another job: the announced archive, with an assembly that runs nothing."""

import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.infrastructure.pipeline.archives import HASH, Archive, assembly, member, run, sha256

DOCKER = {"source": {"directory": f"asset.{HASH}"}, "destinations": {}}


def taken(folder: Path, archive: Archive, digest: str | None = None) -> "subprocess.CompletedProcess[str]":
    """As the workflow's step does it, in an interpreter that has no package installed."""
    path = folder / "assembly.tar.gz"
    archive.write(path)
    return run(path, sha256(path) if digest is None else digest, folder / "taken")


def test_an_assembly_is_unpacked_as_it_was_packed(tmp_path: Path) -> None:
    answer = taken(tmp_path, Archive())
    assert (answer.returncode, answer.stderr) == (0, "")
    assert sorted(path.name for path in (tmp_path / "taken").iterdir()) == ["cdk.out"]
    code = tmp_path / "taken/cdk.out" / f"asset.{HASH}" / "handler.py"
    assert code.read_text() == "pass\n"
    assert code.stat().st_mode & 0o111, "Lambda needs the file modes"


def changed(**files: Any) -> Archive:
    """The assembly with other files: dots in names are written as `__`."""
    return Archive({**assembly(), **{name.replace("__", "."): content for name, content in files.items()}})


def artifact(name: str = "Other", **fields: Any) -> Archive:
    manifest = assembly()["manifest.json"]
    return changed(manifest__json={**manifest, "artifacts": {**manifest["artifacts"], name: fields}})


def asset(**source: Any) -> Archive:
    manifest = assembly()["Sample.assets.json"]
    files = {HASH: {**manifest["files"][HASH], "source": source}}
    return changed(Sample__assets__json={**manifest, "files": files})


ATTACKS: dict[str, tuple[Archive, str]] = {
    "another cdk command line": (
        Archive(extra={"node_modules/.bin/cdk": "#!/bin/sh\ntouch owned\n"}),
        "'node_modules/.bin/cdk' would lie outside of cdk.out; allowed: what is below cdk.out",
    ),
    "another settings file beside the assembly": (
        Archive(extra={"cdk.json": '{"build": "touch owned"}'}),
        "'cdk.json'",
    ),
    "a context file beside the assembly": (Archive(extra={"cdk.context.json": "{}"}), "'cdk.context.json'"),
    "a path upwards": (Archive(extra={"cdk.out/../node_modules/.bin/cdk": ""}), "would lie outside of cdk.out"),
    "an absolute path": (Archive(extra={"/tmp/cdk.json": ""}), "'/tmp/cdk.json' would lie outside of cdk.out"),
    "a folder that begins alike": (Archive(extra={"cdk.outer/x": ""}), "'cdk.outer/x' would lie outside of cdk.out"),
    "a symbolic link": (
        Archive(members=[member("cdk.out/asset.x", tarfile.SYMTYPE, "/etc/passwd")]),
        "'cdk.out/asset.x' is a link or device; allowed: files and folders",
    ),
    "the assembly itself as a link": (Archive({}, members=[member("cdk.out", tarfile.SYMTYPE, "/")]), "is a link"),
    "a hard link": (Archive(members=[member("cdk.out/tree.json", tarfile.LNKTYPE, "../../x")]), "is a link or device"),
    "a device": (Archive(members=[member("cdk.out/tree.json", tarfile.CHRTYPE)]), "is a link or device"),
    "a second manifest": (
        Archive(extra={"cdk.out/manifest.json": '{"artifacts": {}}'}),
        "'cdk.out/manifest.json' is in the archive twice; allowed: each path once",
    ),
    "a second manifest, spelt differently": (Archive(extra={"cdk.out/./manifest.json": "{}"}), "twice"),
    "a name that starts a line": (Archive(extra={"cdk.out/x\n::error::y": ""}), r"x\n::error::y"),
    "settings in the assembly": (
        changed(cdk__json={"build": "touch owned"}),
        "'cdk.json' is not part of an assembly; allowed: manifests, templates, metadata and assets",
    ),
    "context in the assembly": (changed(cdk__context__json={}), "'cdk.context.json' is not part"),
    "a plugin in the assembly": (Archive(extra={"cdk.out/plugin.js": ""}), "'plugin.js' is not part"),
    "a nested assembly": (
        Archive(extra={"cdk.out/assembly-Inner/manifest.json": "{}"}),
        "'assembly-Inner' is not part",
    ),
    "a nested assembly's artifact": (
        artifact(type="cdk:cloud-assembly", properties={"directoryName": f"asset.{HASH}"}),
        "manifest.json, artifact 'Other': 'cdk:cloud-assembly' is not allowed; allowed: aws:cloudformation:stack",
    ),
    "a lookup by a plugin": (
        changed(manifest__json={**assembly()["manifest.json"], "missing": [{"provider": "plugin"}]}),
        "manifest.json: 'missing' is not allowed",
    ),
    "an asset that is made by a command": (
        asset(executable=["touch", "owned"]),
        f"Sample.assets.json, asset '{HASH}', source: 'executable' is not allowed; allowed: path, packaging",
    ),
    "an asset with a path and a command": (
        asset(path=f"asset.{HASH}", packaging="file", executable=["touch", "owned"]),
        "'executable' is not allowed",
    ),
    "an asset of the machine": (
        asset(path="../../../home/runner/.npmrc", packaging="file"),
        "'../../../home/runner/.npmrc' is not a file of the assembly",
    ),
    "an asset by an absolute path": (asset(path="/etc/passwd", packaging="file"), "'/etc/passwd' is not a file"),
    "a Docker image": (
        changed(Sample__assets__json={**assembly()["Sample.assets.json"], "dockerImages": {"image": DOCKER}}),
        "Sample.assets.json: 'image' is a Docker image, which is built by running it; allowed: files",
    ),
    "a Docker image in metadata": (
        changed(
            Sample__metadata__json={"/Sample": [{"type": "aws:cdk:asset", "data": {"packaging": "container-image"}}]}
        ),
        "Sample.metadata.json: '/Sample' declares an asset in its metadata",
    ),
    "a Docker image in the manifest's metadata": (
        artifact(
            type="aws:cloudformation:stack",
            properties={"templateFile": "Sample.template.json"},
            metadata={"/Other": [{"type": "aws:cdk:asset", "data": {"packaging": "container-image"}}]},
        ),
        "manifest.json, artifact 'Other': '/Other' declares an asset in its metadata",
    ),
    "metadata of the machine": (
        artifact(
            type="aws:cloudformation:stack",
            properties={"templateFile": "Sample.template.json"},
            additionalMetadataFile="/tmp/metadata.json",
        ),
        "'/tmp/metadata.json' is not a file of the assembly",
    ),
    "assets that the manifest takes from elsewhere": (
        artifact(type="cdk:asset-manifest", properties={"file": "../x.assets.json"}),
        "'../x.assets.json' is not a file of the assembly",
    ),
    "assets in a file of another name": (
        artifact(type="cdk:asset-manifest", properties={"file": f"asset.{HASH}"}),
        f"'asset.{HASH}' is not a file of the assembly; allowed: names of what lies in it, ….assets.json",
    ),
    "a template of the machine": (
        artifact(type="aws:cloudformation:stack", properties={"templateFile": "/etc/passwd"}),
        "'/etc/passwd' is not a file of the assembly",
    ),
    "an asset manifest that nobody names": (
        changed(Other__assets__json=assembly()["Sample.assets.json"]),
        "'Other.assets.json' is not named in manifest.json",
    ),
    "an asset manifest with something new": (
        changed(Sample__assets__json={**assembly()["Sample.assets.json"], "commands": ["touch"]}),
        "Sample.assets.json: 'commands' is not allowed",
    ),
    "no manifest": (
        Archive({name: content for name, content in assembly().items() if name != "manifest.json"}),
        "the assembly is not as the cdk command line writes it",
    ),
    "a manifest of another shape": (
        changed(manifest__json=[]),
        "the assembly is not as the cdk command line writes it",
    ),
    "no assembly": (Archive({}), "the assembly is not as the cdk command line writes it"),
    "a file in its place": (
        Archive({}, extra={"cdk.out": "x"}),
        "the assembly is not as the cdk command line writes it",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_could_run_or_reach_out_is_refused_by_name(tmp_path: Path, name: str) -> None:
    archive, says = ATTACKS[name]
    answer = taken(tmp_path, archive)
    assert answer.returncode == 1
    assert any(says in line for line in answer.stderr.splitlines()), answer.stderr
    assert all(line.startswith("keyless.assembly: ") for line in answer.stderr.splitlines()), answer.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assembly.tar.gz"], "nothing is kept"


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    archive = Archive(
        extra={"cdk.json": "", "node_modules/.bin/cdk": ""}, members=[member("cdk.out/a", tarfile.SYMTYPE, "/")]
    )
    assert len(taken(tmp_path, archive).stderr.splitlines()) == 3


@pytest.mark.parametrize(
    ("digest", "says"),
    [
        ("0" * 64, "allowed: 0000000000000000000000000000000000000000000000000000000000000000, which the synth job"),
        ("", "the announced digest '' is not a SHA-256"),
        ("sha256:x", "is not a SHA-256; allowed: the 64 hex digits"),
    ],
)
def test_another_archive_than_the_announced_one_is_not_even_opened(tmp_path: Path, digest: str, says: str) -> None:
    answer = taken(tmp_path, Archive(extra={"cdk.json": ""}), digest)
    assert (answer.returncode, says in answer.stderr, "cdk.json" in answer.stderr) == (1, True, False)


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _no_archive(path: Path) -> None:
    path.write_bytes(b"not an archive")


@pytest.mark.parametrize("break_it", [_shorten, _no_archive])
def test_a_damaged_archive_is_refused_without_a_traceback(tmp_path: Path, break_it: Callable[[Path], None]) -> None:
    path = tmp_path / "assembly.tar.gz"
    Archive().write(path)
    break_it(path)
    answer = run(path, sha256(path), tmp_path / "taken")
    assert answer.returncode == 1
    assert answer.stderr.startswith("keyless.assembly: assembly.tar.gz can't be unpacked")
    assert not (tmp_path / "taken").exists()


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/tool").write_text("mine")
    answer = taken(tmp_path, Archive())
    assert (answer.returncode, "can't be unpacked into taken" in answer.stderr) == (1, True)
    assert (tmp_path / "taken/tool").read_text() == "mine"
