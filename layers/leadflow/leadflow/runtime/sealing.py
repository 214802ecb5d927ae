"""Kept answers are sealed: some carry a secret that is shown once and stored nowhere in clear.

The seal's key is made from the caller and its `Idempotency-Key`, of which the table holds a hash
only. So the store alone cannot open an answer, and the caller that repeats its request can.
"""

import json
import os
from base64 import b64decode, b64encode
from typing import Any

from aws_lambda_powertools.utilities.idempotency.serialization.base import (
    BaseIdempotencySerializer,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
_PURPOSE = b"leadflow kept answer"
_MEMBER = "sealed"


class Sealed(BaseIdempotencySerializer):
    """Seals and opens the answers to one request."""

    def __init__(self, request_key: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE)
        self._cipher = AESGCM(derivation.derive(request_key.encode()))

    def to_dict(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 # the library's signature
        """An answer as it is kept."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, json.dumps(data).encode(), None)
        return {_MEMBER: b64encode(nonce + sealed).decode()}

    def from_dict(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 # the library's signature
        """A kept answer as it was."""
        kept = b64decode(data[_MEMBER])
        nonce, sealed = kept[:NONCE_BYTES], kept[NONCE_BYTES:]
        return json.loads(self._cipher.decrypt(nonce, sealed, None))
