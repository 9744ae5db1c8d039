"""The part of a spec about roles that it doesn't manage."""

from typing import Annotated

from pydantic import AfterValidator, Field

from db_access.spec.model import forms
from db_access.spec.model.base import Identifier, Model
from db_access.spec.model.names import others_name


class Acknowledged(Model):
    """A role that the spec doesn't manage, and that may have rights here. Nothing is given to it, and nothing taken."""

    username: Annotated[Identifier, AfterValidator(others_name)]
    reason: str = Field(min_length=1, max_length=1000, pattern=forms.REASON)
    """Why it may, for whoever reads the notes."""
