"""The stores of customers, wallets and bids, faked and real."""

from dataclasses import dataclass
from datetime import timedelta

from leadflow.application.auction_ports import BidBook
from leadflow.application.customer_ports import Author, BidStore, CustomerStore, Wallets
from leadflow.domain.identifiers import TenantId
from tests.unit.domain.bidding_examples import NOW

STRANGER = TenantId("tenant_" + "1" * 26)
AUTHOR = Author("user_1", NOW)
LATER = Author("user_2", NOW + timedelta(hours=1))


@dataclass
class Ports:
    """The stores under test; the bid store is the book, too, in memory."""

    customers: CustomerStore
    wallets: Wallets
    bids: BidStore
    book: BidBook
