"""From the spec's words to MySQL's: what is refused, and what a server shall have. Pure."""

from db_access.mysql.translation.desired import ROOM, Wanted, desired, nothing, wanted_of
from db_access.mysql.translation.refusals import refusals
from db_access.mysql.translation.unusable import problems_on, too_long
from db_access.mysql.translation.values import Desired, Login, Role

__all__ = [
    "ROOM",
    "Desired",
    "Login",
    "Role",
    "Wanted",
    "desired",
    "nothing",
    "problems_on",
    "refusals",
    "too_long",
    "wanted_of",
]
