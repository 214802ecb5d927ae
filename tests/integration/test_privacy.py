"""What is kept of people, item by item: whoever adds an item or an attribute has to say it here."""

from collections.abc import Mapping
from pathlib import Path

from tests.stored_items import items_of_tables

ROOT = Path(__file__).resolve().parents[2]
PERSONAL: Mapping[str, tuple[str, frozenset[str]]] = {
    "LeadItem": (
        "LEAD",
        frozenset({"document", "email_bucket", "phone_bucket", "name_bucket", "name_key"}),
    ),
    "SubmissionItem": ("SUBMISSION", frozenset({"document"})),
    "ReturnRequestItem": ("RETURN", frozenset({"document"})),
    "ClaimItem": ("CLAIM", frozenset({"pk"})),
    "PingItem": ("PING", frozenset({"document", "packed"})),
    "PingKeyItem": ("PING_KEY", frozenset({"pk"})),
    "SuppressionItem": ("ERASED", frozenset({"pk"})),
    "DemandItem": ("DEMAND", frozenset({"document"})),
    "OfferItem": ("OFFER", frozenset({"document"})),
    "DeliveryItem": ("DELIVERY", frozenset({"document"})),
}
"""Items that hold data of leads' people: how the document calls them, and where they hold them."""

IMPERSONAL = {
    "ConfigurationItem",
    "UserItem",
    "CredentialItem",
    "CustomerItem",
    "BidItem",
    "BidderItem",
    "BidGuardItem",
    "BidOwnerItem",
    "EntryItem",
    "FlowItem",
    "FlowStepItem",
    "RotationItem",
    "UsageTotalItem",
    "UsageShareItem",
    "JobItem",
    "JobPartItem",
    "ImportItem",
    "ImportClaimItem",
    "AuctionItem",
    "OrderItem",
    "WaitingItem",
    "DemandBlockItem",
    "StatsLineItem",
    "StatsPeriodItem",
    "PendingItem",
    "LeadDeliveryItem",
    "OutboxItem",
    "RateItem",
    "CallCountItem",
    "BookmarkItem",
    "ArchivingItem",
}
"""Those that hold ids, amounts, times, and contacts of companies and their users."""

KNOWN = IMPERSONAL | set(PERSONAL)
ITEMS = {item.__name__: item for kinds in items_of_tables().values() for item in kinds}


def test_every_item_is_said_to_hold_personal_data_or_none() -> None:
    assert set(ITEMS) <= KNOWN
    assert not IMPERSONAL & set(PERSONAL)


def test_what_holds_them_is_there_and_the_document_tells_of_it() -> None:
    text = (ROOT / "docs/privacy.md").read_text()
    for name, (kind, attributes) in PERSONAL.items():
        assert attributes <= set(ITEMS[name].get_attributes()), name
        assert f"`{kind}`" in text, kind


def test_every_attribute_of_a_lead_is_an_id_a_time_a_status_or_said_to_be_personal() -> None:
    plain = {"pk", "sk", "version", "status", "received_key", "run_bucket", "run_key"}
    buckets = {"received", "status", "source", "customer", "lead_type"}
    plain |= {f"{one}_bucket" for one in buckets}
    assert set(ITEMS["LeadItem"].get_attributes()) == plain | PERSONAL["LeadItem"][1]
