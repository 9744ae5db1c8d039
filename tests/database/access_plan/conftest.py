"""`compare` on the tests' server."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from db_access.spec import AccessSpec
from keyless.access_plan.comment import Comment
from keyless.access_plan.compare import compare
from keyless.access_plan.stage import Stage
from keyless.access_plan.unmade import Unmade
from keyless.rehearsal.servers.postgres import Postgres
from tests.conftest import fresh_database


class Compare(Protocol):
    def __call__(
        self, base: AccessSpec | str | None, head: AccessSpec | str, *, unmade: Sequence[Unmade] = ()
    ) -> Comment: ...


@pytest.fixture
def compared(tmp_path: Path, postgres: Postgres) -> Compare:
    """`compare` on the tests' server; the tests of `main` have a server of their own."""

    @contextmanager
    def staged() -> Iterator[Stage]:
        with fresh_database(postgres, "unused"):
            yield Stage.on(postgres)

    def written(name: str, content: AccessSpec | str) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content.as_properties()), encoding="utf-8")
        return path

    def comparing(base: AccessSpec | str | None, head: AccessSpec | str, *, unmade: Sequence[Unmade] = ()) -> Comment:
        files = None if base is None else written("base.json", base), written("head.json", head)
        return compare(*files, unmade=unmade, staged=staged)

    return comparing
