"""The part of a spec about memberships that are given for a while: who may have which, and for how long at most."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from db_access.spec.model import forms
from db_access.spec.model.base import Model, RoleName

_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
_MOST: Final = timedelta(hours=24)


def length(text: str) -> timedelta:
    """What `90m` or `8h` means. Raises ValueError, which says what is allowed, for more than a day."""
    found = int(text[:-1]) * _UNITS[text[-1]]
    if found > _MOST:
        raise ValueError(f"{text!r} is longer than a day; allowed: up to 24h. Who needs more is to be in `groups`")
    return found


def _allowed(text: str) -> str:
    length(text)
    return text


class MayHave(Model):
    """A group that the user is in for a while, whenever somebody says so (`keyless grant`)."""

    group: RoleName
    """One of the spec's groups."""
    at_most: Annotated[str, Field(pattern=forms.LENGTH), AfterValidator(_allowed)]
    """How long a grant may last, in minutes or hours: 30m, 8h. Up to 24h."""

    @property
    def longest(self) -> timedelta:
        return length(self.at_most)
