"""The access spec as JSON Schema, for editors: `make schema`. `AccessSpec.parse` checks what a schema can't express."""

import json

from db_access.spec import AccessSpec


def text() -> str:
    return json.dumps(AccessSpec.model_json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(text(), end="")
