"""pydantic's findings about single fields as sentences: place, problem and what is allowed."""

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from db_access.spec.places import Place, place_text, suggestion


def structural_problems(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Each of the error's findings, with its place in the document."""
    return [f"{place_text(e['loc'])}: {_reason(e, model)}" for e in error.errors(include_url=False)]


def _reason(error: Any, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return _unknown_field(str(error["loc"][-1]), _model_at(model, error["loc"][:-1]))
        case "missing":
            return "is required"
        case "enum" | "literal_error":
            return f"{error['input']!r} is not allowed; allowed: {error['ctx']['expected']}"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            # A list or mapping may hold a password, put there by mistake.
            shown = isinstance(error["input"], str | int | float | None) and "password" not in error["loc"]
            return f"{error['input']!r}: {error['msg']}" if shown else error["msg"]


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
