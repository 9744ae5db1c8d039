"""The access spec as JSON Schema, for editors: `make schema`. What a schema can't say, `AccessSpec.parse` does."""

import json

from db_access.spec import AccessSpec


def text() -> str:
    return json.dumps(AccessSpec.model_json_schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(text(), end="")
