"""pydantic's findings about single fields as sentences of ours: place, problem and what is allowed."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from db_access.spec.model.forms import IN_WORDS
from db_access.spec.places import Place, suggestion
from db_access.spec.raw_document import RawDocument

_ALLOWED: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...]] = (
    ("string_pattern_mismatch", lambda of: IN_WORDS.get(of["pattern"], f"text of the form {of['pattern']}")),
    ("string_too_long", lambda of: f"at most {of['max_length']:,} characters"),
    ("string_too_short", lambda of: f"at least {of['min_length']:,} characters"),
    ("string", lambda of: "text"),
    ("bool", lambda of: "true or false"),
    ("int", lambda of: "a whole number"),
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


def structural_problems(error: ValidationError, model: type[BaseModel], document: RawDocument) -> list[str]:
    """Each of the error's findings, with its place in the document."""
    found = [each for each in error.errors(include_url=False) if not _follows(each)]
    return [f"{document.at(_place(each))}: {_reason(each, model)}" for each in found]


def _follows(error: Any) -> bool:
    """Of the items of a list that is long enough some are refused, which is said of them."""
    return error["type"] == "too_short" and bool(len(error["input"]) >= error["ctx"]["min_length"])


def _place(error: Any) -> Place:
    """A key that isn't text has no place of its own, and one that is wrong is what its place ends with."""
    place: Place = error["loc"]
    return place[:-1] if error["type"] == "invalid_key" or place[-1:] == ("[key]",) else place


def _reason(error: Any, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return _unknown_field(str(error["loc"][-1]), _model_at(model, error["loc"][:-1]))
        case "invalid_key":
            return f"the name {error['input']!r} is not text; allowed: text, in quotes where YAML takes it for more"
        case "missing":
            return "is required"
        case "enum" | "literal_error":
            return f"{_given(error)}; allowed: {error['ctx']['expected']}"
        case "value_error":
            return str(error["ctx"]["error"])
        case kind:
            of = error.get("ctx", {})
            allowed = next((words(of) for name, words in _ALLOWED if kind.startswith(name)), "another value")
            return f"{_given(error)}; allowed: {allowed}"


def _given(error: Any) -> str:
    return "it has no value" if error["input"] is None else f"{_shown(error)} is not allowed"


def _shown(error: Any) -> str:
    """The value as the document has it, but for lists and mappings, which may hold a password, put there by mistake."""
    match error["input"]:
        case _ if "password" in error["loc"]:
            return "this value"
        case bool() as value:
            return str(value).lower()
        case str() | int() | float() as value:
            return repr(value)
        case Mapping() as value:
            return "a mapping" if value else "an empty mapping"
        case list() | tuple() as value:
            return "a list" if value else "an empty list"
    return "this value"


def _unknown_field(name: str, model: type[BaseModel]) -> str:
    return f"unknown field; {suggestion(name, model.model_fields)}allowed: {', '.join(model.model_fields)}"


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    """The model of the value at `place`."""
    for step in place:
        if isinstance(step, str):
            annotation = model.model_fields[step].annotation
            model = next(
                a for a in (*get_args(annotation), annotation) if isinstance(a, type) and issubclass(a, BaseModel)
            )
    return model
