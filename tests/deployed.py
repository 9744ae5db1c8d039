"""What a deploy puts into a function's settings, for tests that call one."""

import pytest

from db_access.spec.deployed import SETTING, Deployed, digest
from db_access.spec.raw_document import RawDocument


def deploy(monkeypatch: pytest.MonkeyPatch, raw: object, *, protected: bool = False) -> None:
    """As after a deploy of `raw`, which may be no valid spec."""
    document = RawDocument(raw)
    databases = tuple(str(database.get("name")) for _, database in document.databases)
    managers = (document.managed_by, *document.take_over)
    monkeypatch.setenv(SETTING, Deployed(digest(raw), managers, databases, protected).setting)
