"""The one composition root: which adapter stands behind which port.

Everything is made at its first use and kept for the life of the process. Adapters are imported
where they are made, so that a function loads only what it uses.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.adapters.system import SystemClock, Ulids
from leadflow.runtime.settings import settings

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.bid_store import DynamoBidsOfType, DynamoBidStore
    from leadflow.adapters.dynamodb.bids import DynamoBidBook
    from leadflow.adapters.dynamodb.call_counts import DynamoCallCounts
    from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
    from leadflow.adapters.dynamodb.credentials import DynamoCredentials
    from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
    from leadflow.adapters.dynamodb.customers import DynamoCustomers
    from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists
    from leadflow.adapters.dynamodb.flows import DynamoFlows
    from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists
    from leadflow.adapters.dynamodb.leads import DynamoLeads
    from leadflow.adapters.dynamodb.ledger import DynamoWallets
    from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
    from leadflow.adapters.dynamodb.pings import DynamoPings
    from leadflow.adapters.dynamodb.rotations import DynamoRotations
    from leadflow.adapters.dynamodb.sales import DynamoSales
    from leadflow.adapters.dynamodb.secrets import DynamoSecrets
    from leadflow.adapters.dynamodb.submission_lists import DynamoSubmissionLists
    from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
    from leadflow.adapters.dynamodb.users import DynamoUsers
    from leadflow.adapters.formats import LibraryFormats
    from leadflow.adapters.outbound import HttpOutbound
    from leadflow.adapters.outbound_addresses import CheckedAddresses
    from leadflow.adapters.real_estate_api import HttpRealEstateApi
    from leadflow.adapters.step_functions import ExpressDistribution


@cache
def clock() -> SystemClock:
    """The time."""
    return SystemClock()


@cache
def ids() -> Ulids:
    """New identifiers."""
    return Ulids()


@cache
def tables_named() -> None:
    """Bind the items to this stack's tables; whoever reads or writes calls it first."""
    from leadflow.adapters.dynamodb.tables import name_tables

    known = settings()
    names = {
        "leads": known.leads_table,
        "wallets": known.wallets_table,
        "configuration": known.configuration_table,
        "flows": known.flows_table,
        "marketplace": known.marketplace_table,
        "idempotency": known.idempotency_table,
    }
    name_tables(names, known.aws_region)


@cache
def formats() -> LibraryFormats:
    """Formats that libraries know."""
    from leadflow.adapters.formats import LibraryFormats

    return LibraryFormats()


@cache
def configuration() -> DynamoConfiguration:
    """Configuration, read and written."""
    from leadflow.adapters.dynamodb.configuration import DynamoConfiguration

    tables_named()
    return DynamoConfiguration()


@cache
def leads() -> DynamoLeads:
    """Leads."""
    from leadflow.adapters.dynamodb.leads import DynamoLeads

    tables_named()
    return DynamoLeads()


@cache
def submissions() -> DynamoSubmissions:
    """Submissions."""
    from leadflow.adapters.dynamodb.submissions import DynamoSubmissions

    tables_named()
    return DynamoSubmissions()


@cache
def pings() -> DynamoPings:
    """Pings."""
    from leadflow.adapters.dynamodb.pings import DynamoPings

    tables_named()
    return DynamoPings()


@cache
def flows() -> DynamoFlows:
    """Flows."""
    from leadflow.adapters.dynamodb.flows import DynamoFlows

    tables_named()
    return DynamoFlows()


@cache
def distribution() -> ExpressDistribution:
    """The state machine."""
    from leadflow.adapters.step_functions import ExpressDistribution

    arn = settings().distribution_state_machine_arn
    return ExpressDistribution(arn, endpoint_url=settings().aws_endpoint_url)


@cache
def outbound() -> HttpOutbound:
    """HTTP to partners and other services."""
    from leadflow.adapters.outbound import HttpOutbound

    return HttpOutbound(clock(), allow_loopback=settings().allow_loopback_partners)


@cache
def addresses() -> CheckedAddresses:
    """Which URLs may be called."""
    from leadflow.adapters.outbound_addresses import CheckedAddresses

    return CheckedAddresses(allow_loopback=settings().allow_loopback_partners)


@cache
def lead_lists() -> DynamoLeadLists:
    """Leads in their orders."""
    from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists

    tables_named()
    return DynamoLeadLists()


@cache
def submission_lists() -> DynamoSubmissionLists:
    """Submissions in the order received."""
    from leadflow.adapters.dynamodb.submission_lists import DynamoSubmissionLists

    tables_named()
    return DynamoSubmissionLists()


@cache
def flow_lists() -> DynamoFlowLists:
    """Flows in the order started."""
    from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists

    tables_named()
    return DynamoFlowLists()


@cache
def customer_store() -> DynamoCustomerStore:
    """Customers, read and written."""
    from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore

    tables_named()
    return DynamoCustomerStore(ids())


@cache
def bid_store() -> DynamoBidStore:
    """Bids, read and written."""
    from leadflow.adapters.dynamodb.bid_store import DynamoBidStore

    tables_named()
    return DynamoBidStore(ids())


@cache
def bid_book() -> DynamoBidBook:
    """Bids in the order in which they would win."""
    from leadflow.adapters.dynamodb.bids import DynamoBidBook

    tables_named()
    return DynamoBidBook()


@cache
def customers() -> DynamoCustomers:
    """Customers by id."""
    from leadflow.adapters.dynamodb.customers import DynamoCustomers

    tables_named()
    return DynamoCustomers()


@cache
def sales() -> DynamoSales:
    """Sales."""
    from leadflow.adapters.dynamodb.sales import DynamoSales

    tables_named()
    return DynamoSales()


@cache
def rotations() -> DynamoRotations:
    """Whose turn it is."""
    from leadflow.adapters.dynamodb.rotations import DynamoRotations

    tables_named()
    return DynamoRotations()


@cache
def marketplace() -> DynamoMarketplace:
    """Auctions."""
    from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace

    tables_named()
    return DynamoMarketplace()


@cache
def call_counts() -> DynamoCallCounts:
    """How often partners' calls time out."""
    from leadflow.adapters.dynamodb.call_counts import DynamoCallCounts

    tables_named()
    return DynamoCallCounts()


@cache
def wallets() -> DynamoWallets:
    """Wallets and their ledgers."""
    from leadflow.adapters.dynamodb.ledger import DynamoWallets

    tables_named()
    return DynamoWallets()


@cache
def credentials() -> DynamoCredentials:
    """Credentials."""
    from leadflow.adapters.dynamodb.credentials import DynamoCredentials

    tables_named()
    return DynamoCredentials()


@cache
def secrets() -> DynamoSecrets:
    """Secrets that are shown to others."""
    from leadflow.adapters.dynamodb.secrets import DynamoSecrets

    tables_named()
    return DynamoSecrets()


@cache
def real_estate_api() -> HttpRealEstateApi:
    """The Real Estate API."""
    from leadflow.adapters.real_estate_api import HttpRealEstateApi

    return HttpRealEstateApi(outbound=outbound(), secrets=secrets())


@cache
def bids_of_type() -> DynamoBidsOfType:
    """All bids on a lead type."""
    from leadflow.adapters.dynamodb.bid_store import DynamoBidsOfType

    tables_named()
    return DynamoBidsOfType(bid_store(), clock())


@cache
def users() -> DynamoUsers:
    """Users."""
    from leadflow.adapters.dynamodb.users import DynamoUsers

    tables_named()
    return DynamoUsers()
