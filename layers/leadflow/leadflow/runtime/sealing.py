"""Kept answers are sealed: some carry a secret that is shown once and stored nowhere in clear.

The seal's key is made from the caller and its `Idempotency-Key`, of which the table holds a hash
only. So the store alone cannot open an answer, and the caller that repeats its request can.
"""

import json
from typing import Any

from aws_lambda_powertools.utilities.idempotency.serialization.base import (
    BaseIdempotencySerializer,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from leadflow.adapters.sealed_text import KEY_BYTES, opened, sealed

_PURPOSE = b"leadflow kept answer"
_MEMBER = "sealed"


class Sealed(BaseIdempotencySerializer):
    """Seals and opens the answers to one request."""

    def __init__(self, request_key: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE)
        self._key = derivation.derive(request_key.encode())

    def to_dict(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 # the library's signature
        """An answer as it is kept."""
        return {_MEMBER: sealed(self._key, json.dumps(data))}

    def from_dict(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 # the library's signature
        """A kept answer as it was."""
        return json.loads(opened(self._key, data[_MEMBER]))
