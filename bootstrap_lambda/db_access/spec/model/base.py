"""What the models share: types of names, and that unknown fields are refused."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from db_access.spec.model.names import database_name, identifier, role_name
from db_access.spec.model.predefined import predefined_role, reserved

Identifier = Annotated[str, AfterValidator(identifier)]
DatabaseName = Annotated[str, AfterValidator(database_name)]
RoleName = Annotated[str, AfterValidator(role_name)]
GroupName = Annotated[str, AfterValidator(lambda name: predefined_role(name) if reserved(name) else role_name(name))]
"""A group of the spec, or a predefined role."""


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
