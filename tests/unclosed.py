"""What a driver leaves open when its login is refused, collected at once: later, it would be some other test's warning."""

import gc
import warnings


def collect_unclosed() -> None:
    """asyncpg ends its TLS connection in the loop, which is over with the refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
