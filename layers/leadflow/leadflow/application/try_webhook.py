"""Call a webhook by way of trial (`product.md`, 17.4)."""

from dataclasses import dataclass, replace
from datetime import datetime

from leadflow.application.caller_scope import CallerScope
from leadflow.application.delivery_records import message_of, shown_request, shown_response
from leadflow.application.find_webhooks import FindWebhooks, Found
from leadflow.application.list_ports import LeadReader
from leadflow.application.ports import Clock, ConfigurationReader, IdFactory
from leadflow.application.signed_messages import Message, Messenger
from leadflow.application.stored_lead import stored_lead
from leadflow.application.track_deliveries import WebhookPath
from leadflow.application.try_partner_exchange import TRIAL_SECONDS_MAX
from leadflow.application.webhook_news import LeadNews, News
from leadflow.application.webhook_reading import ReadNews, Untellable
from leadflow.application.webhook_samples import sample_news
from leadflow.domain.configuration import Configuration
from leadflow.domain.deliveries import DeliveryStatus, ReceivedResponse, SentRequest
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.leads import Lead
from leadflow.domain.model import Request
from leadflow.domain.told_facts import LeadFact
from leadflow.domain.webhooks import Webhook


class WebhookTrialForm(Request):
    """With the data of which lead; without one with made-up data."""

    lead_id: str | None = None


@dataclass(frozen=True)
class WebhookTrial:
    """What was sent and answered. Without an answer, `error` says why."""

    request: SentRequest
    response: ReceivedResponse | None
    outcome: DeliveryStatus
    error: str | None


@dataclass(frozen=True, kw_only=True)
class TryWebhook:
    """The action with its ports. It changes nothing and leaves no delivery."""

    configuration: ConfigurationReader
    webhooks: FindWebhooks
    leads: LeadReader
    read: ReadNews
    messenger: Messenger
    clock: Clock
    ids: IdFactory

    def __call__(
        self, scope: CallerScope, path: WebhookPath, form: WebhookTrialForm
    ) -> WebhookTrial:
        """One signed try, also of a webhook that is paused.

        Raises `NotFound` for an unknown webhook or lead (a customer's webhook knows only that
        customer's leads), and `ValidationFailed` for a lead where the webhook is not of leads, and
        for a template or a mapping that makes too much of it.
        """
        outbox, webhook = self.webhooks.existing(
            scope.tenant_id, path.owner(scope), path.webhook_id
        )
        configuration = self.configuration.current(scope.tenant_id)
        news = self._news(scope, webhook, form, configuration)
        found = self.webhooks.with_secrets(outbox, webhook)
        message_id, now = self.ids.new("delivery"), self.clock.now()
        message = _message(message_id, webhook, news, found, now)
        patience = min(message.timeout_seconds, TRIAL_SECONDS_MAX)
        made = self.messenger.once(replace(message, timeout_seconds=patience))
        return WebhookTrial(
            request=shown_request(message, made, webhook),
            response=shown_response(message, made),
            outcome=DeliveryStatus.SUCCEEDED if made.is_taken else DeliveryStatus.FAILED,
            error=getattr(made.reply, "detail", None),
        )

    def _news(
        self,
        scope: CallerScope,
        webhook: Webhook,
        form: WebhookTrialForm,
        configuration: Configuration,
    ) -> News:
        now = self.clock.now()
        made_up = sample_news(webhook.event, configuration, now)
        if form.lead_id is None:
            return made_up
        if not isinstance(made_up, LeadNews):
            raise ValidationFailed({"lead_id": ["The webhook's event is none of a lead."]})
        lead = stored_lead(self.leads, scope.tenant_id, form.lead_id)
        fact = _fact_of(lead, made_up.fact, webhook)
        try:
            return self.read(fact, configuration)
        except Untellable as gone:
            raise NotFound from gone


def _message(message_id: str, webhook: Webhook, news: News, found: Found, now: datetime) -> Message:
    try:
        return message_of(message_id, webhook.event, news, found, now)
    except Untellable as why:
        member = "mapping" if webhook.mapping else "template"
        raise ValidationFailed({member: [str(why)]}) from why


def _fact_of(lead: Lead, sample: LeadFact, webhook: Webhook) -> LeadFact:
    """A fact of a lead as it is now. Raises `NotFound` for one that is not the webhook's."""
    buyer = lead.assignment
    if webhook.customer_id and (buyer is None or buyer.customer_id != webhook.customer_id):
        raise NotFound
    sale = {"customer_id", "partner_id", "assigned_via", "scope", "charged_cents"}
    return LeadFact.model_validate(
        {
            **sample.model_dump(exclude=sale),
            **(buyer.model_dump(include=sale) if buyer else {}),
            "lead_id": lead.id,
            "version": lead.version,
            "status": lead.status,
        }
    )
