"""Credentials of sources: made, rotated and revoked (`product.md`, 7.3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from leadflow.application.configuration_ports import Change, CredentialChanges, ResourceKind
from leadflow.application.manage_configuration.desk import Desk, Edit, SourceSecrets
from leadflow.application.ports import IdFactory
from leadflow.domain.credentials import Credential, digest
from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import SourceId, TenantId
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.sources import RetiredToken, Source, SourceCredentials

TOKEN_GRACE = timedelta(hours=24)
"""For how long a replaced bearer token stays good."""

RETIRED_TOKENS_MAX = 10
"""Replaced tokens that are good at once; the oldest one beyond them ends early."""


def new_secrets(ids: IdFactory) -> SourceSecrets:
    """A fresh key, secret and token."""
    return SourceSecrets(f"key_{ids.secret()}", ids.secret(), ids.secret())


def kept_of(secrets: SourceSecrets, retired: Sequence[RetiredToken] = ()) -> SourceCredentials:
    """What is kept of them with the source."""
    return SourceCredentials(
        key_hash=digest(secrets.api_key),
        token_hash=digest(secrets.bearer_token),
        retired=tuple(retired),
    )


def issued(
    secrets: SourceSecrets, tenant_id: TenantId, source_id: SourceId
) -> tuple[Credential, Credential]:
    """The credentials that the secrets stand for: the pair and the token."""
    principal = SourcePrincipal(tenant_id=tenant_id, source_id=source_id)
    pair = Credential(digest(secrets.api_key), principal, digest(secrets.api_secret))
    return pair, Credential(digest(secrets.bearer_token), principal)


def revoked(credentials: SourceCredentials | None) -> tuple[str, ...]:
    """Everything that a source can still call with."""
    if credentials is None:
        return ()
    retired = (token.token_hash for token in credentials.retired)
    return (credentials.key_hash, credentials.token_hash, *retired)


def rotated(source: Source, desk: Desk) -> Edit:
    """New secrets: the old pair ends at once, the old token in 24 hours.

    Raises `Conflict` for an archived source.
    """
    old = source.credentials
    if source.archived or old is None:
        raise Conflict("The source is archived; it cannot have credentials.")
    secrets, tenant_id = new_secrets(desk.ids), desk.configuration.tenant.id
    replaced = RetiredToken(token_hash=old.token_hash, expires_at=desk.now + TOKEN_GRACE)
    good = (replaced, *_good(old.retired, desk.now))
    ended = [token.token_hash for token in good[RETIRED_TOKENS_MAX:]]
    ending = Credential(
        old.token_hash,
        SourcePrincipal(tenant_id=tenant_id, source_id=source.id),
        expires_at=replaced.expires_at,
    )
    update = {
        "credentials": kept_of(secrets, good[:RETIRED_TOKENS_MAX]),
        "version": source.version + 1,
        "updated_at": desk.now,
    }
    change = Change(ResourceKind.SOURCE, source.id, source, source.model_copy(update=update))
    credentials = CredentialChanges(
        issued=(*issued(secrets, tenant_id, source.id), ending), revoked=(old.key_hash, *ended)
    )
    return Edit(source.id, (change,), credentials, secrets)


def _good(retired: Sequence[RetiredToken], now: datetime) -> list[RetiredToken]:
    return [token for token in retired if token.expires_at > now]
