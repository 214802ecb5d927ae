"""Lists of leads: keys from an index, leads in one batch."""

from collections.abc import Mapping, Sequence

from leadflow.adapters.dynamodb.keys import list_bucket, tenant_key
from leadflow.adapters.dynamodb.lead_items import (
    DELETED,
    LEAD,
    LeadItem,
    LeadsByCustomer,
    LeadsByEmail,
    LeadsByLeadType,
    LeadsByName,
    LeadsByPhone,
    LeadsByReceived,
    LeadsBySource,
    LeadsByStatus,
)
from leadflow.adapters.dynamodb.leads import lead_of
from leadflow.adapters.dynamodb.store import read_many
from leadflow.adapters.dynamodb.walks import LAST, KeyIndex, in_order, in_order_by_month
from leadflow.application.list_ports import LeadTrait, LeadWalk, Spot
from leadflow.domain.identifiers import TenantId
from leadflow.domain.leads import Lead

_BY_MONTH = {
    LeadTrait.NONE: KeyIndex(LeadItem, LeadItem.by_received, LeadsByReceived.received_key),
    LeadTrait.STATUS: KeyIndex(LeadItem, LeadItem.by_status, LeadsByStatus.received_key),
    LeadTrait.SOURCE: KeyIndex(LeadItem, LeadItem.by_source, LeadsBySource.received_key),
    LeadTrait.CUSTOMER: KeyIndex(LeadItem, LeadItem.by_customer, LeadsByCustomer.received_key),
    LeadTrait.LEAD_TYPE: KeyIndex(LeadItem, LeadItem.by_lead_type, LeadsByLeadType.received_key),
}
_BY_CONTACT = {
    LeadTrait.EMAIL: KeyIndex(LeadItem, LeadItem.by_email, LeadsByEmail.received_key),
    LeadTrait.PHONE: KeyIndex(LeadItem, LeadItem.by_phone, LeadsByPhone.received_key),
}
_BY_NAME = KeyIndex(LeadItem, LeadItem.by_name, LeadsByName.name_key)


class DynamoLeadLists:
    """Implements `LeadLists` and `LeadCounts`."""

    def spots(
        self, tenant_id: TenantId, walk: LeadWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """One query; more only where months have run out."""
        if walk.trait is LeadTrait.NAME_PREFIX:
            return _by_name(tenant_id, walk, limit=limit, position=position)
        if walk.trait in _BY_CONTACT:
            partition = tenant_key(tenant_id, walk.trait.upper(), _data(walk), walk.value)
            index = _BY_CONTACT[walk.trait]
            return in_order(
                index,
                partition,
                walk.period,
                limit=limit,
                position=position,
                ascending=walk.oldest_first,
            )
        kind = "RECEIVED"
        if walk.trait is not LeadTrait.NONE:
            kind = f"{walk.trait.upper()}#{walk.value}"
        return in_order_by_month(
            _BY_MONTH[walk.trait],
            lambda at_month: list_bucket(tenant_id, kind, is_test=walk.is_test, at_month=at_month),
            walk.period,
            limit=limit,
            position=position,
            ascending=walk.oldest_first,
        )

    def count(self, tenant_id: TenantId, walk: LeadWalk) -> int:
        """A query for each month of the period, page by page; only the number comes back."""
        kind = f"{walk.trait.upper()}#{walk.value}"
        return _BY_MONTH[walk.trait].count_by_month(
            lambda at_month: list_bucket(tenant_id, kind, is_test=walk.is_test, at_month=at_month),
            walk.period,
        )

    def many(self, tenant_id: TenantId, lead_ids: Sequence[str]) -> Mapping[str, Lead]:
        """One batch for every hundred leads."""
        keys = [(tenant_key(tenant_id, lead_id), LEAD) for lead_id in lead_ids]
        items = [item for item in read_many(LeadItem, keys) if item.status != DELETED]
        return {lead.id: lead for lead in map(lead_of, items)}


def _by_name(
    tenant_id: TenantId, walk: LeadWalk, *, limit: int, position: str | None
) -> Sequence[Spot]:
    partition = tenant_key(tenant_id, "NAME", _data(walk), walk.value[0])
    return _BY_NAME.between(
        partition,
        position or walk.value,
        walk.value + LAST,
        limit=limit,
        position=position,
        ascending=True,
    )


def _data(walk: LeadWalk) -> str:
    return "TEST" if walk.is_test else "LIVE"
