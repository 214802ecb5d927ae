"""Call a partner by way of trial (`product.md`, 16.2; `api.md`, 6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from leadflow.application.exchange_calls import (
    Accepted,
    Offered,
    Unknown,
    ping_outcome,
    post_outcome,
)
from leadflow.application.exchange_ports import (
    Answer,
    Outbound,
    OutboundRequest,
    Reply,
    SecretReader,
    Secrets,
)
from leadflow.application.list_ports import LeadReader
from leadflow.application.merge_values import merge_values
from leadflow.application.partner_requests import partner_request, secrets_owner
from leadflow.application.ports import ConfigurationReader
from leadflow.application.stored_lead import stored_lead
from leadflow.application.webhook_samples import SAMPLE, SAMPLE_LEAD_ID, sample_lead
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.exchanges import Exchange, ExchangeKind
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.leads import FieldValues
from leadflow.domain.masking import headers_without_secrets, without_secrets
from leadflow.domain.merge_fields import RESPONSE_PREFIX, response_paths
from leadflow.domain.model import Request
from leadflow.domain.partners import Partner
from leadflow.domain.principals import UserPrincipal
from leadflow.domain.target_requests import RequestParts, masked

TRIAL_SECONDS_MAX = 20
"""How long a trial may take: somebody waits for it."""

BODY_CHARACTERS_MAX = 10_000
"""Characters of a body that are shown."""


class TrialForm(Request):
    """Which exchange to try, with the data of which lead; without one with made-up data."""

    exchange: Literal["ping", "post"]
    lead_id: str | None = None


@dataclass(frozen=True)
class ShownRequest:
    """The request that was made, without its secrets."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str | None


@dataclass(frozen=True)
class ShownAnswer:
    """What was answered, without the secrets of the request; the body may have been lost."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Trial:
    """What was sent and answered; `outcome` is `offered`, `accepted`, `unknown` or a reason."""

    request: ShownRequest
    response: ShownAnswer | None
    outcome: str


@dataclass(frozen=True, kw_only=True)
class TryPartnerExchange:
    """The action with its ports. It changes nothing and counts nothing."""

    configuration: ConfigurationReader
    leads: LeadReader
    secrets: SecretReader
    outbound: Outbound

    def __call__(self, user: UserPrincipal, partner_id: str, form: TrialForm) -> Trial:
        """Make one call, also of an exchange that is paused.

        Raises `NotFound` for an unknown partner or lead, and `Conflict` for a partner that is
        archived or has no such exchange.
        """
        configuration = self.configuration.current(user.tenant_id)
        partner = configuration.partners.get(PartnerId(partner_id))
        if partner is None:
            raise NotFound
        exchange = _exchange(partner, form.exchange)
        values = self._values(user, form, configuration)
        samples = {f"{RESPONSE_PREFIX}{path}": SAMPLE for path in response_paths(exchange.mapping)}
        secrets = self.secrets.of(user.tenant_id, secrets_owner(partner.id), partner.version)
        request = partner_request(form.exchange, exchange, {**values, **samples}, secrets)
        patience = min(request.timeout_seconds, TRIAL_SECONDS_MAX)
        reply = self.outbound.send(replace(request, timeout_seconds=patience))
        return _shown(form.exchange, exchange, request, reply, secrets)

    def _values(
        self, user: UserPrincipal, form: TrialForm, configuration: Configuration
    ) -> FieldValues:
        if form.lead_id is None:
            return _made_up(configuration)
        lead = stored_lead(self.leads, user.tenant_id, form.lead_id)
        return merge_values(lead, configuration)


def _exchange(partner: Partner, kind: ExchangeKind) -> Exchange:
    if partner.archived:
        raise Conflict("The partner is archived.")
    exchange = partner.ping if kind == "ping" else partner.post
    if exchange is None:
        raise Conflict(f"The partner has no {kind} that could be tried.")
    return exchange


def _made_up(configuration: Configuration) -> FieldValues:
    lead = sample_lead(configuration)
    return {
        **lead.values,
        "lead_public_id": SAMPLE_LEAD_ID,
        "lead_type": lead.lead_type or SAMPLE,
        "lead_category": lead.lead_category,
        "source": lead.source,
    }


def _shown(
    kind: ExchangeKind,
    exchange: Exchange,
    request: OutboundRequest,
    reply: Reply,
    secrets: Secrets,
) -> Trial:
    parts = RequestParts(request.method, request.url, request.headers, request.body)
    safe = masked(parts, exchange)
    hidden = {*secrets.values(), *_credentials(parts, safe)}
    return Trial(
        request=ShownRequest(
            method=safe.method,
            url=safe.url,
            headers=safe.headers,
            body=None if safe.body is None else _text(safe.body, hidden),
        ),
        response=_answer(reply, hidden),
        outcome=_outcome(kind, exchange, reply),
    )


def _credentials(sent: RequestParts, safe: RequestParts) -> Iterator[str]:
    """What the masked headers held, with and without the scheme before it."""
    for name, value in sent.headers.items():
        if safe.headers[name] != value:
            yield value
            yield value.rpartition(" ")[2]


def _answer(reply: Reply, hidden: set[str]) -> ShownAnswer | None:
    if reply.status is None:
        return None
    body = reply.body if isinstance(reply, Answer) else b""
    headers = headers_without_secrets(reply.headers or {}, hidden)
    return ShownAnswer(reply.status, headers, _text(body, hidden))


def _text(body: bytes, hidden: set[str]) -> str:
    """A body as text; secrets go first, so that the cut leaves no part of one."""
    text = body.decode(errors="replace")
    return without_secrets(text, hidden)[:BODY_CHARACTERS_MAX]


def _outcome(kind: ExchangeKind, exchange: Exchange, reply: Reply) -> str:
    outcome = ping_outcome(exchange, reply) if kind == "ping" else post_outcome(exchange, reply)
    if isinstance(outcome, Offered):
        return "offered"
    if isinstance(outcome, Accepted):
        return "accepted"
    return "unknown" if isinstance(outcome, Unknown) else outcome.reason.value
