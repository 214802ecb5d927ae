"""Credentials by the digest of what is looked up."""

from datetime import UTC, datetime

from pydantic import TypeAdapter

from leadflow.adapters.dynamodb.configuration_items import CredentialItem
from leadflow.adapters.dynamodb.store import read
from leadflow.domain.credentials import Credential
from leadflow.domain.principals import Principal

_SORT_KEY = "CREDENTIAL"
_PRINCIPALS: TypeAdapter[Principal] = TypeAdapter(Principal)


class DynamoCredentials:
    """Implements `Credentials`."""

    def find(self, lookup_hash: str) -> Credential | None:
        """One read by key."""
        item = read(CredentialItem, CredentialItem.key_of(lookup_hash), _SORT_KEY)
        if item is None:
            return None
        expires = item.expires_at
        return Credential(
            lookup_hash=lookup_hash,
            principal=_PRINCIPALS.validate_json(item.document),
            secret_hash=item.secret_hash,
            expires_at=datetime.fromtimestamp(float(expires), UTC) if expires else None,
        )


def credential_item(credential: Credential) -> CredentialItem:
    """The item of a credential; an expired one is removed by the table itself."""
    expires = credential.expires_at
    return CredentialItem(
        CredentialItem.key_of(credential.lookup_hash),
        _SORT_KEY,
        document=credential.principal.model_dump_json(),
        secret_hash=credential.secret_hash,
        expires_at=int(expires.timestamp()) if expires else None,
    )


def credential_key(lookup_hash: str) -> CredentialItem:
    """The item of a digest, for its removal."""
    return CredentialItem(CredentialItem.key_of(lookup_hash), _SORT_KEY)
