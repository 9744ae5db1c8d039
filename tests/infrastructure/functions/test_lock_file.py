"""A bundle's requirements file says which files of which packages, and can't make pip do anything else."""

import contextlib
import io
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from keyless_aurora.functions.lock_file import NotLockedError, locked
from keyless_aurora.functions.own_bundles import CLIENT, ENGINE
from keyless_aurora.functions.pip import INDEX, PipError, install
from tests.infrastructure.functions.index import Index

HASH = f"--hash=sha256:{'0a' * 32}"


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    return tmp_path / "requirements.txt"


REFUSED = [
    f"evil @ https://files.example/evil-1.0.tar.gz {HASH}",
    f"evil @ file:///tmp/evil-1.0.tar.gz {HASH}",
    f"https://files.example/evil-1.0-py3-none-any.whl {HASH}",
    f"git+https://git.example/evil@main#egg=evil {HASH}",
    f"./evil {HASH}",
    f"/tmp/evil-1.0.tar.gz {HASH}",
    f"thing==1.0.tar.gz {HASH}",
    f"thing==1.0.zip {HASH}",
    "--index-url https://index.example/simple",
    "--index-url=https://index.example/simple",
    "-i https://index.example/simple",
    "--extra-index-url https://index.example/simple",
    "--find-links /tmp/wheels",
    "-f /tmp/wheels",
    "--no-index",
    "-r other.txt",
    "--requirement other.txt",
    "-c constraints.txt",
    "-e ./evil",
    "--no-binary thing",
    "--only-binary thing",
    "--prefer-binary",
    "--pre",
    "--trusted-host index.example",
    "--use-feature fast-deps",
    f"thing==1.0 --global-option=x {HASH}",
    f"thing==1.0 --config-settings=x=y {HASH}",
    f"thing==1.0 {HASH} --index-url https://index.example/simple",
    f"thing==1.0 ; sys_platform == 'linux' --pre {HASH}",
    f"${{NAME}}==1.0 {HASH}",
    f"thing==${{VERSION}} {HASH}",
    f"thing==1.* {HASH}",
    f"thing>=1.0 {HASH}",
    f"thing===1.0 {HASH}",
    f"thing==1.0,<2 {HASH}",
    f"thing {HASH}",
    "thing==1.0",
    "thing==1.0 --hash=md5:d41d8cd98f00b204e9800998ecf8427e",
    "thing==1.0 --hash=sha256:0a",
    f"thing==1.0 {HASH} other==1.0 {HASH}",
]


@pytest.mark.parametrize("line", REFUSED)
def test_anything_but_exact_versions_with_hashes_is_refused_with_its_place(requirements: Path, line: str) -> None:
    requirements.write_text(f"# first\nfine==1.0 {HASH}\n{line}\n")
    with pytest.raises(NotLockedError) as refused:
        locked(requirements)
    assert f"{requirements}, line 3: " in str(refused.value)
    assert "line 2" not in str(refused.value)
    assert "allowed: name[extras]==version" in str(refused.value)


@pytest.mark.parametrize("line", REFUSED)
def test_no_continuation_hides_it(requirements: Path, line: str) -> None:
    requirements.write_text("\\\n".join([f"fine==1.0 {HASH} ", *line.replace(" ", " \n").splitlines()]) + "\n")
    with pytest.raises(NotLockedError, match=r"line 1: `fine…`"):
        locked(requirements)


@pytest.mark.parametrize("separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\r"])
def test_no_end_of_a_line_that_an_editor_does_not_show_hides_it(requirements: Path, separator: str) -> None:
    requirements.write_text(f"# a note{separator}--pre\n", encoding="utf-8")
    with pytest.raises(NotLockedError, match="line 2: `--pre…`"):
        locked(requirements)


def test_all_wrong_lines_are_told_at_once_and_no_password_in_them(requirements: Path) -> None:
    requirements.write_text(
        "--index-url=https://me:s3cret@index.example/simple\nhttps://me:s3cret@files.example/x.whl\n"
    )
    with pytest.raises(NotLockedError) as refused:
        locked(requirements)
    assert "line 1: `--index-url…`" in str(refused.value) and "line 2: `https…`" in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        f"thing==1.0 {HASH}",
        f"thing==1.0 \\\n    {HASH} \\\n    {HASH}\n    # via other",
        f"thing-two.three_4[a,b-c]==1!2.0rc1.post2.dev3 ; python_full_version < '3.13' and sys_platform == 'linux' {HASH}",
        f"thing==1.0 {HASH} # a müßig note, --pre",
        "# nothing",
        "",
    ],
)
def test_what_make_lock_writes_is_allowed(requirements: Path, text: str) -> None:
    requirements.write_text(text, encoding="utf-8")
    assert "#" not in locked(requirements)


def test_the_project_s_own_lock_files_are() -> None:
    files = [bundle.source / "requirements.txt" for bundle in (ENGINE, CLIENT)]
    assert [path for path in files if "==" not in locked(path)] == [] != files


def test_another_encoding_says_nothing_else_to_pip(requirements: Path, out: Path) -> None:
    """pip would decode a file as its first lines say; in UTF-7 this is an option."""
    requirements.write_text("# coding: utf-7\n# +AAo---no-such-option\n")
    install(requirements, (), out)
    assert list(out.iterdir()) == []


def test_a_file_that_is_not_text_is_refused(requirements: Path) -> None:
    requirements.write_bytes(b"\xff\xfe-\x00")
    with pytest.raises(NotLockedError, match="is not a text in UTF-8"):
        locked(requirements)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source distribution that leaves a trace when its code runs."""
    path = tmp_path / "thing==1.0.tar.gz"
    script = f"open({str(tmp_path / 'ran')!r}, 'w').close()".encode()
    backend = b'[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n'
    with tarfile.open(path, "w:gz") as archive:
        for name, content in {"setup.py": script, "pyproject.toml": backend}.items():
            entry = tarfile.TarInfo(f"thing-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize("requirement", ["thing @ {url}", "{url}", "{path}", "{name}"])
def test_no_code_of_a_source_distribution_runs(
    tmp_path: Path, source: Path, requirements: Path, out: Path, requirement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(INDEX, Index(tmp_path / "index", "").url)
    monkeypatch.chdir(tmp_path)
    named = requirement.format(url=source.as_uri(), path=source, name=source.name)
    requirements.write_text(f"{named} --hash=sha256:{sha256(source.read_bytes()).hexdigest()}\n")
    with contextlib.suppress(PipError, NotLockedError):
        install(requirements, (), out)
    assert not (tmp_path / "ran").exists()
