"""What stands in the way of an edit."""

from db_access.errors import SpecError


class NotEditableError(Exception):
    """The text is written in a way that can't be changed in one place alone. The reason goes to whoever debugs this;
    the operator is told what `text` says."""


class EditError(SpecError):
    """An edit of the access spec's file is not possible. The file is as it was."""

    what = "the edit of the access spec"
