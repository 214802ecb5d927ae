"""What short calls to AWS have in common: how long they may take, and how they fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from leadflow.domain.errors import TransientFault

if TYPE_CHECKING:
    from botocore.config import Config

CONNECT_SECONDS = 2
READ_SECONDS = 5
ATTEMPTS_MAX = 3


def short_calls() -> "Config":
    """The configuration of a client whose calls are answered at once, or repeated."""
    from botocore.config import Config  # noqa: PLC0415 # loaded with the client, when used

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS_MAX},
    )


@contextmanager
def faults_translated(whose: str) -> Iterator[None]:
    """Turn errors of AWS into `TransientFault`; the message names service and error only."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 # as above

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise TransientFault(f"{whose}: {type(error).__name__}") from error
