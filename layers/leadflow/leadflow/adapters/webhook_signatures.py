"""Signatures by Standard Webhooks, as that project's own library makes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime


class StandardSignatures:
    """Implements `Signatures`."""

    def headers(
        self, secrets: Sequence[str], message_id: str, at: datetime, body: str
    ) -> Mapping[str, str]:
        """Signatures of all secrets, separated by a blank."""
        from standardwebhooks import Webhook  # noqa: PLC0415 # not before something is sent

        signed = (Webhook(secret).sign(message_id, at, body) for secret in secrets)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signed),
        }
