"""Which items live in which table, and what this stack calls the tables."""

from pynamodb.models import Model

from leadflow.adapters.dynamodb.configuration_items import (
    ConfigurationItem,
    CredentialItem,
    UserItem,
)
from leadflow.adapters.dynamodb.delivery_items import (
    DeliveryItem,
    LeadDeliveryItem,
    OutboxItem,
    PendingItem,
)
from leadflow.adapters.dynamodb.flow_items import (
    BookmarkItem,
    FlowItem,
    FlowStepItem,
    RotationItem,
    UsageShareItem,
    UsageTotalItem,
)
from leadflow.adapters.dynamodb.import_items import (
    DemandBlockItem,
    ImportClaimItem,
    ImportItem,
)
from leadflow.adapters.dynamodb.job_items import JobItem, JobPartItem
from leadflow.adapters.dynamodb.lead_items import (
    ClaimItem,
    LeadItem,
    PingItem,
    PingKeyItem,
    ReturnRequestItem,
    SubmissionItem,
    SuppressionItem,
)
from leadflow.adapters.dynamodb.marketplace_items import (
    ArchivingItem,
    AuctionItem,
    DemandItem,
    OfferItem,
    OrderItem,
    WaitingItem,
)
from leadflow.adapters.dynamodb.rate_items import CallCountItem, RateItem
from leadflow.adapters.dynamodb.stats_items import StatsLineItem, StatsPeriodItem
from leadflow.adapters.dynamodb.wallet_items import (
    BidderItem,
    BidGuardItem,
    BidItem,
    BidOwnerItem,
    CustomerItem,
    EntryItem,
)

TABLES: dict[str, tuple[type[Model], ...]] = {
    "leads": (
        LeadItem,
        SubmissionItem,
        ReturnRequestItem,
        ClaimItem,
        PingItem,
        PingKeyItem,
        SuppressionItem,
    ),
    "configuration": (ConfigurationItem, UserItem, CredentialItem),
    "wallets": (
        CustomerItem,
        BidItem,
        BidderItem,
        BidGuardItem,
        BidOwnerItem,
        EntryItem,
    ),
    "flows": (
        FlowItem,
        FlowStepItem,
        RotationItem,
        BookmarkItem,
        UsageTotalItem,
        UsageShareItem,
        JobItem,
        JobPartItem,
        ImportItem,
        ImportClaimItem,
    ),
    "marketplace": (
        AuctionItem,
        OrderItem,
        ArchivingItem,
        DemandItem,
        OfferItem,
        WaitingItem,
        DemandBlockItem,
        StatsLineItem,
        StatsPeriodItem,
    ),
    "deliveries": (DeliveryItem, PendingItem, LeadDeliveryItem, OutboxItem),
    "idempotency": (RateItem, CallCountItem),
}


def name_tables(names: dict[str, str], region: str) -> None:
    """Bind every item class to its table."""
    for table, classes in TABLES.items():
        for item in classes:
            item.Meta.table_name = names[table]
            item.Meta.region = region


def table_region() -> str:
    """The region of the tables, once they are named."""
    region: str = LeadItem.Meta.region  # type: ignore[attr-defined] # Meta is untyped
    return region
