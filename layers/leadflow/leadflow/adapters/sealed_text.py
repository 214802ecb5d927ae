"""Texts that only the holder of a key can read or make, each bound to the place where it lies."""

import os
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from leadflow.domain.errors import CorruptState

KEY_BYTES = 32
NONCE_BYTES = 12


def sealed(key: bytes, text: str, *, place: str = "") -> str:
    """A text under a key of `KEY_BYTES`; equal texts look different each time."""
    nonce = os.urandom(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), place.encode())).decode()


def opened(key: bytes, kept: str, *, place: str = "") -> str:
    """The text again. CorruptState: another key, another place, or somebody has changed it."""
    raw = b64decode(kept)
    try:
        text = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise CorruptState("A sealed text cannot be opened.") from error
    return text.decode()
