"""The forms that texts in a spec have: each as a pattern, for pydantic and JSON Schema, and in words, for people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MANAGER: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
DESCRIPTION: Final = r"^[^\x00\[\]]*$"
REASON: Final = r"^[^\x00]*\S[^\x00]*$"
SETTING: Final = r"^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*$"
VALUE: Final = r"^[^\x00]*$"
LENGTH: Final = r"^[1-9]\d{0,3}[mh]$"
ROLE_ARN: Final = r"^arn:aws[a-z-]*:iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+$"
ARN_OF_SECRET: Final = r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9_/+=.@-]+$"  # noqa: S105 - a pattern

IN_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        MANAGER: "up to 63 letters, digits, dots, underscores and hyphens, a letter or digit first",
        DESCRIPTION: "text without [ and ], which mark roles, and without NUL",
        REASON: "text that says something, without NUL",
        SETTING: "a setting's name as PostgreSQL has it, such as search_path or pgaudit.log",
        VALUE: "text without NUL",
        LENGTH: "whole minutes or hours, such as 30m or 8h",
        ROLE_ARN: "the ARN of an IAM role, such as arn:aws:iam::111122223333:role/reports",
        ARN_OF_SECRET: "the ARN of a secret, such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:reports",
    }
)
