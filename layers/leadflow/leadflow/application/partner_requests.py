"""Requests to partners, made of their exchange, a lead's values and their secrets."""

from collections.abc import Mapping

from leadflow.application.exchange_ports import OutboundRequest, Secrets
from leadflow.domain.exchange_requests import rendered
from leadflow.domain.exchanges import Exchange, ExchangeKind
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import FieldValues


def secrets_owner(partner_id: PartnerId) -> str:
    """Whose secrets those of a partner are."""
    return f"partners#{partner_id}"


def partner_request(
    kind: ExchangeKind, exchange: Exchange, values: FieldValues, secrets: Secrets
) -> OutboundRequest:
    """The request of an exchange; `secrets` are all of the partner's."""
    parts = rendered(exchange, values, secrets_of(kind, secrets))
    return OutboundRequest(
        method=parts.method,
        url=parts.url,
        headers=parts.headers,
        body=parts.body,
        timeout_seconds=exchange.timeout_seconds,
    )


def secrets_of(kind: ExchangeKind, secrets: Secrets) -> Mapping[str, str]:
    """The secrets of one exchange, by the names that the exchange knows."""
    prefix = f"{kind}."
    return {
        name.removeprefix(prefix): value
        for name, value in secrets.items()
        if name.startswith(prefix)
    }
