"""Requests to partners, made of their exchange, a lead's values and their secrets.

Neither the values nor the secrets get into what is kept of the answer.
"""

from collections.abc import Mapping

from leadflow.application.exchange_ports import OutboundRequest, Secrets
from leadflow.domain.contact_data import without_contact_data
from leadflow.domain.exchange_requests import rendered
from leadflow.domain.exchanges import Exchange, ExchangeKind
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import FieldValues, Lead
from leadflow.domain.masking import without_secrets


def secrets_owner(partner_id: PartnerId) -> str:
    """Whose secrets those of a partner are."""
    return f"partners#{partner_id}"


def partner_request(
    kind: ExchangeKind, exchange: Exchange, values: FieldValues, secrets: Secrets
) -> OutboundRequest:
    """The request of an exchange; `secrets` are all of the partner's."""
    own = secrets_of(kind, secrets)
    parts = rendered(exchange, values, own)
    credentials = parts.headers.get("Authorization", "").partition(" ")[2]
    return OutboundRequest(
        method=parts.method,
        url=parts.url,
        headers=parts.headers,
        body=parts.body,
        timeout_seconds=exchange.timeout_seconds,
        secrets=(*own.values(), credentials),
    )


def repeatable(
    detail: Mapping[str, str] | None, request: OutboundRequest, lead: Lead
) -> Mapping[str, str] | None:
    """What a partner said, without the secrets of the request and without contact data."""
    hidden = {name: without_secrets(text, request.secrets) for name, text in (detail or {}).items()}
    return without_contact_data(hidden, lead) if hidden else None


def secrets_of(kind: ExchangeKind, secrets: Secrets) -> Mapping[str, str]:
    """The secrets of one exchange, by the names that the exchange knows."""
    prefix = f"{kind}."
    return {
        name.removeprefix(prefix): value
        for name, value in secrets.items()
        if name.startswith(prefix)
    }
