"""pydantic's findings about single fields as sentences of ours: place, problem and what is allowed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from db_access.spec.model.forms import IN_WORDS
from db_access.spec.places import Place, meant_by, suggestion
from db_access.spec.problems.unprintable import SECRET, unprintable_in
from db_access.spec.raw_document import RawDocument
from db_access.wording import cited

_TEXT: Final = "text"
_WHOLE: Final = "a whole number"
_ALLOWED: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...]] = (
    ("string_pattern_mismatch", lambda of: IN_WORDS.get(of["pattern"], f"text of the form {of['pattern']}")),
    ("string_too_long", lambda of: f"at most {of['max_length']:,} characters"),
    ("string_too_short", lambda of: f"at least {of['min_length']:,} characters"),
    ("string", lambda of: _TEXT),
    ("bool", lambda of: "true or false"),
    ("int", lambda of: _WHOLE),
    ("finite_number", lambda of: _WHOLE),
    ("greater_than_equal", lambda of: f"{of['ge']:,} or more"),
    ("less_than_equal", lambda of: f"{of['le']:,} or less"),
    ("date", lambda of: "a date and time with its time zone, such as 2031-01-31T00:00:00Z"),
    ("timezone", lambda of: "a date and time with its time zone, such as 2031-01-31T00:00:00Z"),
    ("tuple", lambda of: "a list"),
    ("too_short", lambda of: f"a list of {of['min_length']} or more"),
    ("dict", lambda of: "a mapping"),
    ("model", lambda of: "a mapping"),
)
"""What is allowed, by how pydantic's name of the finding begins, the first that fits; from the finding's context."""


_QUOTED: Final = "text, in quotes where YAML takes it for more"
"""Such as `no` for false, `5` for a number and `2031-01-31` for a date."""
_SETTING: Final = "text, a number, true or false"


def structural_problems(error: ValidationError, model: type[BaseModel], document: RawDocument) -> list[str]:
    """Each of the error's findings, with its place in the document."""
    found = error.errors(include_url=False)
    misspelt = {*_misspelt(found, model)}
    told = (each for each in found if not (_follows(each) or _said_elsewhere(each) or each["loc"] in misspelt))
    return [f"{document.at(_place(each))}: {_reason(each, model)}" for each in told]


def _misspelt(found: Iterable[Any], model: type[BaseModel]) -> Iterator[Place]:
    """Fields that a field which isn't known is taken to mean: so they aren't missing."""
    for each in found:
        if each["type"] == "extra_forbidden":
            *parent, name = each["loc"]
            yield from ((*parent, meant) for meant in meant_by(str(name), _model_at(model, parent).model_fields))


def _follows(error: Any) -> bool:
    """Of the items of a list that is long enough some are refused, which is said of them."""
    return error["type"] == "too_short" and bool(len(error["input"]) >= error["ctx"]["min_length"])


def _said_elsewhere(error: Any) -> bool:
    """Of text in the document that doesn't print that is said, and nothing else."""
    text, place = error["input"], error["loc"]
    of_the_value = place and error["type"] not in ("extra_forbidden", "missing") and SECRET.isdisjoint(place)
    return bool(of_the_value and isinstance(text, str) and unprintable_in(text, place))


def _place(error: Any) -> Place:
    """A key that isn't text has no place of its own, and one that is wrong is what its place ends with."""
    place: Place = error["loc"]
    return place[:-1] if error["type"] == "invalid_key" or place[-1:] == ("[key]",) else place


def _reason(error: Any, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return _unknown_field(str(error["loc"][-1]), _model_at(model, error["loc"][:-1]))
        case "invalid_key":
            return f"the name {_shown(error)} is not text; allowed: {_QUOTED}"
        case "missing":
            return "is required"
        case "enum" | "literal_error":
            return f"{_given(error)}; allowed: {error['ctx']['expected']}"
        case "value_error":
            return str(error["ctx"]["error"])
        case kind:
            of = error.get("ctx", {})
            allowed = next((words(of) for name, words in _ALLOWED if kind.startswith(name)), "another value")
            if not error["loc"]:
                allowed = _document(model)
            elif allowed == _TEXT and "settings" in error["loc"]:
                allowed = _SETTING
            misread = allowed == _TEXT and isinstance(error["input"], bool | int | float | date)
            return f"{_given(error)}; allowed: {_QUOTED if misread else allowed}"


def _document(model: type[BaseModel]) -> str:
    required = (name for name, field in model.model_fields.items() if field.is_required())
    return f"a mapping with {' and '.join(f'`{name}`' for name in required)}"


def _given(error: Any) -> str:
    if error["input"] is None:
        return "it has no value" if error["loc"] else "nothing is in it"
    return f"{_shown(error)} is not allowed"


def _shown(error: Any) -> str:
    """The value as the document has it, but for lists and mappings, which may hold a password, put there by mistake."""
    match error["input"]:
        case value if "password" in error["loc"] or ("password_secret" in error["loc"] and not _names_secret(value)):
            return "this value"
        case None:
            return "null"
        case bool() as value:
            return str(value).lower()
        case str() as value:
            return cited(value)
        case int() | float() as value:
            return repr(value)
        case date() as value:
            return value.isoformat()
        case Mapping() as value:
            return "a mapping" if value else "an empty mapping"
        case list() | tuple() as value:
            return "a list" if value else "an empty list"
    return "this value"


def _names_secret(value: object) -> bool:
    """A misspelt ARN is shown; whatever else stands there may be the password itself."""
    return isinstance(value, str) and value.startswith("arn:")


def _unknown_field(name: str, model: type[BaseModel]) -> str:
    return f"unknown field; {suggestion(name, model.model_fields)}allowed: {', '.join(model.model_fields)}"


def _model_at(model: type[BaseModel], place: Iterable[str | int]) -> type[BaseModel]:
    """The model of the value at `place`."""
    for step in place:
        if isinstance(step, str):
            annotation = model.model_fields[step].annotation
            model = next(
                a for a in (*get_args(annotation), annotation) if isinstance(a, type) and issubclass(a, BaseModel)
            )
    return model
