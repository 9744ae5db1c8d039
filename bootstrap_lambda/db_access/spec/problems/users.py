"""What can be wrong with a user beyond the form of its fields, and what its author should know."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from db_access.spec.model.names import unnameable
from db_access.spec.model.settings import LISTS
from db_access.spec.places import Place
from db_access.spec.raw_document import RawDocument, elements, memberships

_METHOD_OF_FIELD: Final = {
    "valid_until": ("password", "applies to passwords only"),
    "password_secret": ("password", "is for users with a password only"),
    "iam_role": ("iam", "is for users that connect by IAM only"),
}
"""Fields that need one auth_method, and why."""


def user_problems(document: RawDocument) -> Iterator[str]:
    for place, user in document.users:
        yield from _fields_of_another_method(document, place, user)
        yield from _role_setting(document, place, user)
        yield from _lists(document, place, user)
        yield from _no_policy(document, place, user)


def _fields_of_another_method(document: RawDocument, place: Place, user: Mapping[str, Any]) -> Iterator[str]:
    method = user.get("auth_method", "iam")
    for field, (allowed, reason) in _METHOD_OF_FIELD.items():
        if user.get(field) is not None and method != allowed:
            at = document.at(place, field)
            yield f"{at}: {reason}, and auth_method is {method}; allowed: with `auth_method: {allowed}`"


def _role_setting(document: RawDocument, place: Place, user: Mapping[str, Any]) -> Iterator[str]:
    settings = user.get("settings")
    for name, value in settings.items() if isinstance(settings, Mapping) else ():
        if str(name).lower() != "role":
            continue
        at = document.at(place, "settings", str(name))
        groups = [group for _, group in memberships(user)]
        if any(grant.get("access") == "owner" for _, grant in elements(user, "grants")):
            yield f"{at}: sessions of a user with `access: owner` start as the owner already; allowed: one of the two"
        elif value not in groups and value not in ([group] for group in groups):
            allowed = ", ".join(groups) or "none, it has no groups"
            yield f"{at}: {value!r} is not one of the user's groups; allowed: {allowed}"


def _lists(document: RawDocument, place: Place, user: Mapping[str, Any]) -> Iterator[str]:
    """In YAML; what is deployed has a list of one for every setting."""
    settings = user.get("settings") if document.is_yaml else None
    for name, value in settings.items() if isinstance(settings, Mapping) else ():
        plain = isinstance(value, list) and not any(isinstance(item, list | Mapping) for item in value)
        if plain and str(name).lower() not in LISTS:
            allowed = f"text, a number, true or false; a list for {', '.join(sorted(LISTS))}"
            yield f"{document.at(place, 'settings', str(name))}: a list is not allowed; allowed: {allowed}"


def _no_policy(document: RawDocument, place: Place, user: Mapping[str, Any]) -> Iterator[str]:
    """Who logs in with an IAM token needs a policy that names exactly that user."""
    name = user.get("username")
    if user.get("auth_method", "iam") != "iam" or not isinstance(name, str) or not name.isprintable():
        return  # what doesn't print is said already
    if problem := unnameable(name):
        yield f"{document.at(place, 'username')}: {problem}, or another auth_method"


def warnings(document: RawDocument) -> Iterator[str]:
    """What is valid, but doesn't do what its author may expect. Never shows a password."""
    for place, user in document.users:
        if user.get("password") is not None:
            yield (
                f"{document.at(place, 'password')}: a password in the spec is ignored; remove it, and name a secret in "
                "password_secret"
            )
