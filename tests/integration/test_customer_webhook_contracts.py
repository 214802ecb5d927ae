"""What the store of customers' webhooks promises, held against the fake and against DynamoDB."""

from collections.abc import Callable

import pytest

from leadflow.adapters.dynamodb.audit_log import audit_lines
from leadflow.adapters.dynamodb.customer_webhooks import DynamoCustomerWebhooks
from leadflow.application.audit_trail import audit_entry
from leadflow.application.configuration_ports import AuditEntry, Change, ResourceKind
from leadflow.application.delivery_ports import CustomerWebhooks
from leadflow.application.ports import Window
from leadflow.domain.identifiers import CustomerId, WebhookId
from leadflow.domain.webhooks import Webhook
from tests.builders import TENANT_ID, numbered
from tests.fakes.deliveries import MemoryCustomerWebhooks
from tests.fakes.ids import CountingIds
from tests.unit.application.webhook_world import BUYER, customer_webhook
from tests.unit.domain.bidding_examples import NOW

pytestmark = pytest.mark.usefixtures("tables")


@pytest.mark.parametrize("keep", [MemoryCustomerWebhooks, DynamoCustomerWebhooks])
class TestCustomerWebhooks:
    """The contract of `CustomerWebhooks`."""

    def test_they_are_found_by_customer_and_their_secrets_apart(
        self, keep: Callable[[], CustomerWebhooks]
    ) -> None:
        kept, one = keep(), customer_webhook()
        assert put(kept, 0, None, one, {"signing": "s"})
        known = kept.current(TENANT_ID, BUYER.id)
        assert (known.stamp, dict(known.webhooks)) == (1, {one.id: one})
        assert kept.secrets(TENANT_ID, BUYER.id, one.id) == {"signing": "s"}
        assert kept.secrets(TENANT_ID, BUYER.id, WebhookId("webhook_x")) == {}
        assert not kept.current(TENANT_ID, CustomerId(numbered("cus", 9))).webhooks

    def test_a_change_needs_the_stamp_that_was_read(
        self, keep: Callable[[], CustomerWebhooks]
    ) -> None:
        kept, one = keep(), customer_webhook()
        renamed = one.model_copy(update={"name": "Other", "version": 2})
        assert put(kept, 0, None, one, {"signing": "s"})
        assert not put(kept, 0, one, renamed)
        assert put(kept, 1, one, renamed)
        assert kept.current(TENANT_ID, BUYER.id).webhooks[one.id] == renamed
        assert kept.secrets(TENANT_ID, BUYER.id, one.id) == {"signing": "s"}

    def test_one_that_is_removed_is_gone_with_its_secrets(
        self, keep: Callable[[], CustomerWebhooks]
    ) -> None:
        kept, one = keep(), customer_webhook()
        put(kept, 0, None, one, {"signing": "s"})
        assert put(kept, 1, one, None, {})
        known = kept.current(TENANT_ID, BUYER.id)
        assert (known.stamp, dict(known.webhooks)) == (2, {})
        assert kept.secrets(TENANT_ID, BUYER.id, one.id) == {}


def put(
    kept: CustomerWebhooks,
    stamp: int,
    before: Webhook | None,
    after: Webhook | None,
    secrets: dict[str, str] | None = None,
) -> bool:
    change = Change(ResourceKind.WEBHOOK, customer_webhook().id, before, after)
    entry = line(before, after)
    return kept.apply(TENANT_ID, BUYER.id, stamp, change, entry=entry, secrets=secrets)


def line(before: Webhook | None, after: Webhook | None) -> AuditEntry:
    return audit_entry(
        CountingIds(),
        NOW,
        "user_1",
        resource="webhooks",
        resource_id="x",
        before=before,
        after=after,
    )


def test_a_change_leaves_its_line_in_the_audit_log() -> None:
    put(DynamoCustomerWebhooks(), 0, None, customer_webhook())
    assert audit_lines(TENANT_ID, Window(9)).items == [line(None, customer_webhook())]
