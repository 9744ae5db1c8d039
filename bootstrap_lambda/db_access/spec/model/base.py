"""What the models share: types of names, and that unknown fields are refused."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from db_access.spec.model.names import identifier, role_name

Identifier = Annotated[str, AfterValidator(identifier)]
RoleName = Annotated[str, AfterValidator(role_name)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
