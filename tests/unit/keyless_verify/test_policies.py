"""Which logins a policy's statement names, however it is written."""

from typing import Any

import pytest

from keyless.verify.policies import connects

OWN = "arn:aws:rds-db:eu-west-1:111122223333:dbuser:prx-0a1/writer"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ({"Action": "rds-db:connect", "Resource": OWN}, [OWN]),
        ({"Action": ["s3:GetObject", "RDS-DB:Connect"], "Resource": [OWN, "*"]}, [OWN, "*"]),
        ({"Action": "rds-db:*", "Resource": "*"}, ["*"]),
        ({"Action": "*", "Resource": "arn:aws:s3:::bucket/*"}, []),
        ({"Action": "*", "Resource": "arn:*"}, ["arn:*"]),
        ({"Action": "*", "Resource": "arn:aws:rds-*"}, ["arn:aws:rds-*"]),
        ({"Action": "s3:*", "Resource": "*"}, []),
        ({"NotAction": "s3:*", "Resource": "*"}, ["*"]),
        ({"NotAction": "rds-db:*", "Resource": "*"}, []),
        ({"Action": "rds-db:connect", "NotResource": OWN}, [f"all but {OWN}"]),
        ({"Effect": "Deny", "Action": "rds-db:connect", "Resource": "*"}, []),
    ],
)
def test_a_statement_names_logins(statement: dict[str, Any], found: list[str]) -> None:
    assert connects({"Effect": "Allow", **statement}) == found
