"""What Secrets Manager's API functions in ministack return. Runs in ministack's own process."""

from collections.abc import Mapping

from ministack.core.responses import error_response_json

Answer = tuple[int, Mapping[str, str], bytes]


def refused(code: str, message: str) -> Answer:
    answer: Answer = error_response_json(code, message, 400)
    return answer
