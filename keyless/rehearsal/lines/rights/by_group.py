"""What a user can do beyond its row: as a group whose rights it doesn't inherit, after SET ROLE."""

from collections.abc import Iterator

from db_access.spec import AccessSpec


def notes(spec: AccessSpec) -> Iterator[str]:
    for user in spec.users:
        for group in user.groups:
            if group.set and not group.inherit and user.logs_in:
                yield (
                    f"{user.username} can SET ROLE to {group.name}, and then what that group may: its own row leaves "
                    "this out, and no line tries it"
                )
