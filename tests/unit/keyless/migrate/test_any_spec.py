"""Any spec, however it is written: a user goes there and back, and the file is what it was, byte for byte."""

import os
from pathlib import Path

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from db_access.errors import SpecError
from db_access.spec import AccessSpec
from keyless.editing.text import SpecText
from keyless.migrate import edits
from keyless.migrate.phase import Migration
from tests.properties.names import OBJECTS, ROLES, SCHEMAS
from tests.properties.worlds import Names, documents
from tests.unit.keyless.editing.written import written


@st.composite
def cases(draw: st.DrawFn) -> tuple[SpecText, Migration]:
    roles = draw(st.lists(ROLES, min_size=8, max_size=8, unique_by=str.lower))
    database = draw(OBJECTS.filter(lambda name: name not in {"postgres", "template0", "template1"}))
    schemas = draw(st.lists(SCHEMAS, min_size=1, max_size=2, unique=True))
    document = {
        "version": 1,
        **draw(documents(Names(database, schemas, [], roles[:2], roles[2:4], roles[4:7], table="t"))),
    }
    assume(document["users"])
    user = document["users"][draw(st.integers(0, len(document["users"]) - 1))]
    for field in ("enabled", "can_login"):
        if user.pop(field, True) is not True or draw(st.booleans()):
            user[field] = True
    user["auth_method"] = "password"
    document.pop("additive", None)
    text = draw(written(document))
    return SpecText(text.text, Path(f"access{text.suffix}")), Migration(user["username"], roles[7])


def valid(text: SpecText) -> bool:
    try:
        AccessSpec.parse(text.document)
    except SpecError:
        return False
    return True


@settings(
    deadline=None,
    max_examples=int(os.environ.get("SOAK_ROUNDS", 0)) or 40,
    derandomize="SOAK_ROUNDS" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(case=cases())
def test_there_and_back_the_file_is_what_it_was(case: tuple[SpecText, Migration]) -> None:
    before, migration = case
    assume(valid(before))
    try:
        started = edits.made(before, [migration], edits.start)
    except SpecError as error:  # a name that no IAM policy can say
        assert error.what == "the access spec", error
        return
    switched = edits.made(started, [migration], edits.switch)
    again = edits.made(switched, [migration], edits.back)
    assert again.text == started.text
    assert edits.made(again, [migration], edits.back).text == before.text
