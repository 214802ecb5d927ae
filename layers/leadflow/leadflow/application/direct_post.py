"""The post-marketplace direct post (`product.md`, 13.5): a signed message with the whole lead."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential

from leadflow.application.configuration_ports import SETTINGS_SECRETS
from leadflow.application.exchange_ports import (
    Answer,
    Outbound,
    OutboundRequest,
    Reply,
    SecretReader,
)
from leadflow.application.merge_values import merge_values
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.switch_off_direct_post import SwitchOffDirectPost
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchange_answers import is_success
from leadflow.domain.identifiers import FlowId, TenantId, derived_identifier
from leadflow.domain.leads import Lead
from leadflow.domain.signing_secrets import signing_now

TIMEOUT_SECONDS = 10
ATTEMPTS_MAX = 4
"""Tries of one message: 5xx, timeouts and failed connections are repeated (21.3)."""

RETRY_SECONDS = 0.1
"""The wait before the second try; it doubles."""

RETRY_SECONDS_MAX = 0.4

MESSAGE_TYPE = "post_marketplace_direct_post"

_SERVER_ERROR = 500


class Signatures(Protocol):
    """Signatures by Standard Webhooks."""

    def headers(
        self, secrets: Sequence[str], message_id: str, at: datetime, body: str
    ) -> Mapping[str, str]:
        """The headers that prove who sent the body: id, time in Unix seconds, signatures."""
        ...


@dataclass(frozen=True, kw_only=True)
class DirectPost:
    """The action with its ports."""

    configuration: ConfigurationReader
    outbound: Outbound
    secrets: SecretReader
    signatures: Signatures
    switch_off: SwitchOffDirectPost
    clock: Clock

    def is_enabled(self, tenant_id: TenantId) -> bool:
        """Whether the tenant has one."""
        settings = self.configuration.current(tenant_id).settings.direct_post
        return settings.enabled and settings.url is not None

    def __call__(self, tenant_id: TenantId, lead: Lead, flow_id: FlowId) -> bool:
        """Deliver the lead; whether the receiver answered with 2xx.

        Repeated for the same flow, it sends a message of the same `webhook-id` once more. A
        receiver that answers 410 is posted to no more.
        """
        configuration = self.configuration.current(tenant_id)
        message_id = derived_identifier("msg", f"direct_post#{flow_id}")
        body = json.dumps(_message(lead, configuration, self.clock.now()))

        replies = Retrying(
            retry=retry_if_result(_is_repeated),
            wait=wait_exponential(multiplier=RETRY_SECONDS, max=RETRY_SECONDS_MAX),
            stop=stop_after_attempt(ATTEMPTS_MAX),
            retry_error_callback=lambda _: None,
        )
        reply = replies(
            lambda: self.outbound.send(self._request(tenant_id, configuration, message_id, body))
        )
        if isinstance(reply, Answer) and reply.status == HTTPStatus.GONE:
            # The lead goes on without it; the next 410 switches off what could not be.
            with suppress(TransientFault):
                self.switch_off(tenant_id, configuration.settings.direct_post)
        return isinstance(reply, Answer) and is_success(reply.status)

    def _request(
        self, tenant_id: TenantId, configuration: Configuration, message_id: str, body: str
    ) -> OutboundRequest:
        settings, now = configuration.settings, self.clock.now()
        kept = self.secrets.of(tenant_id, SETTINGS_SECRETS, settings.version)
        secrets = signing_now(kept, now)
        signed = self.signatures.headers(secrets, message_id, now, body)
        return OutboundRequest(
            method="POST",
            url=settings.direct_post.url or "",
            headers={"Content-Type": "application/json", **signed},
            body=body.encode(),
            timeout_seconds=TIMEOUT_SECONDS,
            secrets=secrets,
        )


def _is_repeated(reply: Reply) -> bool:
    """5xx, timeouts and failed connections; what else was answered stands."""
    return not isinstance(reply, Answer) or reply.status >= _SERVER_ERROR


def _message(lead: Lead, configuration: Configuration, now: datetime) -> Mapping[str, object]:
    """The lead's fields flat and in `lead`; the tenant's own members come last."""
    named = merge_values(lead, configuration)
    nested = {
        **lead.values,
        "leadType": {"name": named.get("lead_type")},
        "details": dict(lead.details),
    }
    own = {field.key: field.value for field in configuration.settings.direct_post.fields}
    head = {
        "type": MESSAGE_TYPE,
        "timestamp": now.isoformat().replace("+00:00", "Z"),
        "lead_public_id": lead.id,
        "lead": nested,
    }
    return {**lead.values, **head, **own}
