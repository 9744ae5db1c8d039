"""What can be wrong with users beyond their fields' own form, and what an operator should know of them. Works on the
raw document."""

from collections.abc import Iterator, Mapping
from typing import Any

from db_access.spec.places import Place, elements, makers, place_text, strings


def user_problems(root: Mapping[str, Any]) -> Iterator[str]:
    for place, user in elements(root, "users"):
        yield from _fields_of_another_method(place, user)
        yield from _role_setting(place, user)
    yield from _retired(root)


def _fields_of_another_method(place: Place, user: Mapping[str, Any]) -> Iterator[str]:
    method = user.get("auth_method", "iam")
    needs = {
        "valid_until": ("password", "PostgreSQL checks it of passwords only"),
        "password_secret": ("password", "only such a user has a password"),
        "iam_role": ("iam", "only such a user connects by IAM"),
    }
    for field, (allowed, because) in needs.items():
        if user.get(field) is not None and method != allowed:
            yield (
                f"{place_text((*place, field))}: needs `auth_method: {allowed}`, for {because}; auth_method is {method}"
            )


def _role_setting(place: Place, user: Mapping[str, Any]) -> Iterator[str]:
    settings = user.get("settings")
    for name, value in settings.items() if isinstance(settings, Mapping) else ():
        if str(name).lower() != "role":
            continue
        at = place_text((*place, "settings", str(name)))
        groups = [
            *(group for _, group in strings(user, "groups")),
            *(str(entry.get("name")) for _, entry in elements(user, "groups")),
        ]
        if any(grant.get("access") == "owner" for _, grant in elements(user, "grants")):
            yield f"{at}: sessions of a user with `access: owner` start as the owner; allowed: one or the other"
        elif [value] != [group for group in groups if group == value] and value not in ([group] for group in groups):
            yield (
                f"{at}: {value!r} is none of the user's groups; allowed: "
                f"{', '.join(groups) or 'none, it has no groups'}"
            )


def _retired(root: Mapping[str, Any]) -> Iterator[str]:
    used = {str(user.get("username")) for _, user in elements(root, "users")}
    used |= {str(group.get("name")) for _, group in elements(root, "groups")}
    used |= {name for _, name in makers(root)}
    for place, entry in elements(root, "retired"):
        if isinstance(name := entry.get("username"), str) and name in used:
            yield (
                f"{place_text((*place, 'username'))}: {name!r} is declared; allowed: names that nothing else in the "
                f"spec has"
            )


def warnings(root: Mapping[str, Any]) -> Iterator[str]:
    """What loads, but not as its writer may think. Says nothing of a password but that there is one."""
    for place, user in elements(root, "users"):
        if user.get("password") is not None:
            yield (
                f"{place_text((*place, 'password'))}: a password in a spec is never used; remove it, and name a "
                f"secret in password_secret"
            )
