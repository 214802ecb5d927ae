"""The post-marketplace direct post (`product.md`, 13.5): a signed message with the whole lead."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from leadflow.application.configuration_ports import SETTINGS_SECRETS
from leadflow.application.exchange_ports import SecretReader
from leadflow.application.merge_values import merge_values, nested_lead
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.signed_messages import Message, Messenger
from leadflow.application.switch_off_direct_post import SwitchOffDirectPost
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import FlowId, TenantId, derived_identifier
from leadflow.domain.leads import Lead
from leadflow.domain.signing_secrets import signing_now
from leadflow.domain.target_requests import RequestParts

TIMEOUT_SECONDS = 10

MESSAGE_TYPE = "post_marketplace_direct_post"


@dataclass(frozen=True, kw_only=True)
class DirectPost:
    """The action with its ports."""

    configuration: ConfigurationReader
    secrets: SecretReader
    messenger: Messenger
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
        configuration, now = self.configuration.current(tenant_id), self.clock.now()
        settings = configuration.settings
        kept = self.secrets.of(tenant_id, SETTINGS_SECRETS, settings.version)
        body = json.dumps(_message(lead, configuration, now)).encode()
        headers = {"Content-Type": "application/json"}
        message = Message(
            id=derived_identifier("msg", f"direct_post#{flow_id}"),
            parts=RequestParts("POST", settings.direct_post.url or "", headers, body),
            timeout_seconds=TIMEOUT_SECONDS,
            signing=signing_now(kept, now),
        )
        [sent] = self.messenger.send([message])
        last = sent.tries[-1]
        if last.reply.status == HTTPStatus.GONE:
            # The lead goes on without it; the next 410 switches off what could not be.
            with suppress(TransientFault):
                self.switch_off(tenant_id, settings.direct_post)
        return last.is_taken


def _message(lead: Lead, configuration: Configuration, now: datetime) -> Mapping[str, object]:
    """The lead's fields flat and in `lead`; the tenant's own members come last."""
    named = merge_values(lead, configuration)
    own = {field.key: field.value for field in configuration.settings.direct_post.fields}
    head = {
        "type": MESSAGE_TYPE,
        "timestamp": now.isoformat().replace("+00:00", "Z"),
        "lead_public_id": lead.id,
        "lead": nested_lead(lead.values, named.get("lead_type")),
    }
    return {**lead.values, **head, **own}
