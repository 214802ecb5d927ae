"""A tenant and a customer with webhooks, and all that delivers to them, in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from leadflow.application.deliver_webhook import TAKEN_FOR, DeliverWebhook, Worked
from leadflow.application.delivery_ports import Taking, WebhookSet
from leadflow.application.find_webhooks import FindWebhooks, webhook_secrets
from leadflow.application.pause_webhook import PauseWebhook
from leadflow.application.plan_deliveries import CallForDelivery, PlanDeliveries
from leadflow.application.signed_messages import Messenger
from leadflow.application.track_deliveries import TrackDeliveries
from leadflow.application.try_webhook import TryWebhook
from leadflow.application.webhook_reading import ReadNews
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.configuration import Configuration
from leadflow.domain.deliveries import Delivery, Outbox
from leadflow.domain.identifiers import TakingId, WebhookId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.payload_templates import DEFAULT_TEMPLATE
from leadflow.domain.scopes import Scope
from leadflow.domain.signing_secrets import first_secret, signing_secret
from leadflow.domain.told_facts import FactName, LeadFact
from leadflow.domain.webhooks import Webhook
from tests.builders import TENANT_ID, configuration, lead, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.configuration_store import MemoryConfigurationStore
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.deliveries import (
    MemoryCustomerWebhooks,
    MemoryDeliveries,
    MemoryOutboxes,
    MemoryOutboxQueue,
)
from tests.fakes.direct_post import messenger
from tests.fakes.ids import CountingIds
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import ScriptedOutbound
from tests.fakes.users import MemoryUsers
from tests.unit.application.round_robin_world import Ticking
from tests.unit.domain.bidding_examples import NOW, customer

SECRET = signing_secret("a long random text, long enough")
BUYER = customer(1, phone="+15125550142")
URL = "https://erp.example.com/hook"
CUSTOMER_URL = "https://crm.example.com/leads"


def webhook(number: int = 1, **changes: object) -> Webhook:
    """An active webhook of the tenant for assigned leads."""
    base = Webhook(
        id=WebhookId(numbered("webhook", number)),
        name=f"Webhook {number}",
        event=FactName.LEAD_ASSIGNED,
        url=URL,
        timeout_seconds=10,
        active=True,
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def customer_webhook(number: int = 2, **changes: object) -> Webhook:
    """An active webhook of the buyer with the default template."""
    own = {"customer_id": BUYER.id, "url": CUSTOMER_URL, "template": DEFAULT_TEMPLATE}
    return webhook(number, **{**own, **changes})


def sold(number: int = 0, **changes: object) -> Lead:
    """A lead that the buyer has."""
    assignment = Assignment(
        customer_id=BUYER.id,
        assigned_via=AssignedVia.BIDDING,
        scope=Scope.COUNTY,
        charged_cents=4_500,
        assigned_at=NOW,
    )
    own = {"status": LeadStatus.ASSIGNED, "assignment": assignment, "version": 2}
    return lead(number, **{**own, **changes})


def assigned(number: int = 0) -> LeadFact:
    """The fact that such a lead was assigned."""
    return LeadFact(
        id=f"lead.assigned#{number}",
        tenant_id=TENANT_ID,
        at=NOW,
        lead_id=lead(number).id,
        version=2,
        status=LeadStatus.ASSIGNED,
        customer_id=BUYER.id,
        assigned_via=AssignedVia.BIDDING,
        scope=Scope.COUNTY,
        charged_cents=4_500,
    )


def outbox_of(one: Webhook) -> Outbox:
    """Its outbox."""
    return Outbox(tenant_id=TENANT_ID, webhook_id=one.id, customer_id=one.customer_id)


def with_webhooks(*webhooks: Webhook) -> Configuration:
    """The small tenant with these webhooks."""
    return replace(configuration(), webhooks={one.id: one for one in webhooks})


@dataclass
class World:
    """Everything that webhooks touch."""

    store: MemoryConfigurationStore
    theirs: MemoryCustomerWebhooks = field(default_factory=MemoryCustomerWebhooks)
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    outboxes: MemoryOutboxes = field(default_factory=MemoryOutboxes)
    queue: MemoryOutboxQueue = field(default_factory=MemoryOutboxQueue)
    outbound: ScriptedOutbound = field(default_factory=ScriptedOutbound)
    leads: MemoryLeads = field(default_factory=lambda: MemoryLeads.of(*map(sold, range(200))))
    users: MemoryUsers = field(default_factory=MemoryUsers)
    customers: MemoryCustomerStore = field(
        default_factory=lambda: MemoryCustomerStore({(TENANT_ID, BUYER.id): BUYER})
    )
    clock: FixedClock | Ticking = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)

    @classmethod
    def of(cls, *webhooks: Webhook) -> "World":
        """With webhooks of the tenant and of the buyer, each of which has the one secret."""
        own = [one for one in webhooks if one.customer_id is None]
        others = {one.id: one for one in webhooks if one.customer_id is not None}
        world = cls(MemoryConfigurationStore(with_webhooks(*own)))
        world.store.secrets.kept |= {webhook_secrets(one.id): first_secret(SECRET) for one in own}
        world.theirs.sets[BUYER.id] = WebhookSet(1, others)
        world.theirs.kept |= dict.fromkeys(others, first_secret(SECRET))
        return world

    @property
    def messenger(self) -> Messenger:
        return replace(messenger(self.outbound), clock=self.clock)

    @property
    def find(self) -> FindWebhooks:
        return FindWebhooks(
            configuration=self.store, of_customers=self.theirs, secrets=self.store.secrets
        )

    @property
    def read(self) -> ReadNews:
        return ReadNews(leads=self.leads, customers=self.customers, users=self.users)

    @property
    def call(self) -> CallForDelivery:
        return CallForDelivery(outboxes=self.outboxes, queue=self.queue, clock=self.clock)

    @property
    def plan(self) -> PlanDeliveries:
        return PlanDeliveries(
            configuration=self.store,
            customer_webhooks=self.theirs,
            deliveries=self.deliveries,
            call=self.call,
        )

    @property
    def track(self) -> TrackDeliveries:
        return TrackDeliveries(webhooks=self.find, deliveries=self.deliveries, call=self.call)

    @property
    def try_webhook(self) -> TryWebhook:
        return TryWebhook(
            configuration=self.store,
            webhooks=self.find,
            leads=self.leads,
            read=self.read,
            messenger=self.messenger,
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def deliver(self) -> DeliverWebhook:
        return DeliverWebhook(
            configuration=self.store,
            webhooks=self.find,
            deliveries=self.deliveries,
            outboxes=self.outboxes,
            queue=self.queue,
            read=self.read,
            messenger=self.messenger,
            pause=PauseWebhook(
                store=self.store, of_customers=self.theirs, ids=self.ids, clock=self.clock
            ),
            clock=self.clock,
            ids=self.ids,
        )

    def tell(self, *numbers: int) -> None:
        """Plan deliveries of the assignment of leads."""
        for number in numbers:
            self.plan(FactName.LEAD_ASSIGNED, assigned(number))

    def take(self, one: Webhook, now: datetime) -> None:
        """Somebody else takes its outbox."""
        taking = Taking(TakingId(self.ids.new("taking")), now + TAKEN_FOR)
        assert self.outboxes.take(outbox_of(one), taking, now)

    def work(self, one: Webhook) -> Worked:
        """Work on its outbox."""
        return self.deliver(outbox_of(one))

    def made(self, one: Webhook) -> list[Delivery]:
        """Its deliveries."""
        return self.deliveries.of(outbox_of(one))
