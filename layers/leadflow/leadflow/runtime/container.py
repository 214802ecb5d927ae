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
    from leadflow.adapters.dynamodb.bid_store import DynamoBidStore
    from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
    from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
    from leadflow.adapters.dynamodb.flow_lists import DynamoFlowLists
    from leadflow.adapters.dynamodb.flows import DynamoFlows
    from leadflow.adapters.dynamodb.lead_lists import DynamoLeadLists
    from leadflow.adapters.dynamodb.leads import DynamoLeads
    from leadflow.adapters.dynamodb.submission_lists import DynamoSubmissionLists
    from leadflow.adapters.dynamodb.submissions import DynamoSubmissions
    from leadflow.adapters.formats import LibraryFormats
    from leadflow.adapters.step_functions import ExpressDistribution
    from leadflow.application.authorize_request import AuthorizeRequest
    from leadflow.application.bid_hints import HintAtPositions
    from leadflow.application.close_flow import CloseFlow
    from leadflow.application.list_bids import ListBids
    from leadflow.application.list_customers import ListCustomers
    from leadflow.application.list_leads import ListLeads
    from leadflow.application.manage_bids import ManageBids
    from leadflow.application.manage_configuration.action import ManageConfiguration
    from leadflow.application.manage_configuration.changes import Changes
    from leadflow.application.manage_configuration.settings import ManageSettings
    from leadflow.application.manage_configuration.users import ManageUsers
    from leadflow.application.manage_customers import ManageCustomers
    from leadflow.application.manage_distribution_plan import ManageDistributionPlan
    from leadflow.application.manage_wallets import ManageWallets
    from leadflow.application.provision_tenant import ProvisionTenant
    from leadflow.application.reconcile import Reconcile
    from leadflow.application.record_distribution_error import RecordDistributionError
    from leadflow.application.sell_at_highest_price import SellAtHighestPrice
    from leadflow.application.submit_lead import SubmitLead
    from leadflow.application.view_flows import ListFlows, ListFlowsOfLead, ViewFlow
    from leadflow.application.view_lead import ViewLead
    from leadflow.application.view_submissions import ListSubmissions, ViewSubmission


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
    from leadflow.adapters.dynamodb.items import name_tables

    known = settings()
    names = {
        "leads": known.leads_table,
        "wallets": known.wallets_table,
        "configuration": known.configuration_table,
        "flows": known.flows_table,
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
def flows() -> DynamoFlows:
    """Flows."""
    from leadflow.adapters.dynamodb.flows import DynamoFlows

    tables_named()
    return DynamoFlows()


@cache
def distribution() -> ExpressDistribution:
    """The state machine."""
    from leadflow.adapters.step_functions import ExpressDistribution

    known = settings()
    return ExpressDistribution(
        known.distribution_state_machine_arn, endpoint_url=known.aws_endpoint_url
    )


@cache
def submit_lead() -> SubmitLead:
    """The action behind `POST /leads`."""
    from leadflow.application.submit_lead import SubmitLead

    return SubmitLead(
        configuration=configuration(),
        submissions=submissions(),
        leads=leads(),
        distribution=distribution(),
        formats=formats(),
        clock=clock(),
        ids=ids(),
    )


@cache
def sell_at_highest_price() -> SellAtHighestPrice:
    """The Highest Price stage."""
    from leadflow.adapters.dynamodb.bids import DynamoBidBook
    from leadflow.adapters.dynamodb.customers import DynamoCustomers
    from leadflow.adapters.dynamodb.sales import DynamoSales
    from leadflow.application.sell_at_highest_price import SellAtHighestPrice

    return SellAtHighestPrice(
        configuration=configuration(),
        leads=leads(),
        flows=flows(),
        book=DynamoBidBook(),
        customers=DynamoCustomers(),
        sales=DynamoSales(),
        formats=formats(),
        clock=clock(),
    )


@cache
def close_flow() -> CloseFlow:
    """The end of a run that sold nothing."""
    from leadflow.application.close_flow import CloseFlow

    return CloseFlow(leads=leads(), flows=flows(), clock=clock())


@cache
def record_distribution_error() -> RecordDistributionError:
    """The end of a run that broke off."""
    from leadflow.application.record_distribution_error import RecordDistributionError

    return RecordDistributionError(configuration=configuration(), leads=leads(), clock=clock())


@cache
def reconcile() -> Reconcile:
    """The end of what a crash left behind."""
    from leadflow.application.reconcile import Reconcile

    return Reconcile(
        configuration=configuration(),
        leads=leads(),
        flows=flows(),
        distribution=distribution(),
        formats=formats(),
        clock=clock(),
        record_distribution_error=record_distribution_error(),
    )


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
def list_leads() -> ListLeads:
    """The action behind `GET /leads`."""
    from leadflow.application.list_leads import ListLeads

    return ListLeads(
        configuration=configuration(), lists=lead_lists(), formats=formats(), clock=clock()
    )


@cache
def view_lead() -> ViewLead:
    """The action behind `GET /leads/{id}`."""
    from leadflow.application.view_lead import ViewLead

    return ViewLead(configuration=configuration(), leads=leads())


@cache
def list_flows() -> ListFlows:
    """The action behind `GET /flows`."""
    from leadflow.application.view_flows import ListFlows

    return ListFlows(
        configuration=configuration(), flows=flows(), lists=flow_lists(), clock=clock()
    )


@cache
def list_flows_of_lead() -> ListFlowsOfLead:
    """The action behind `GET /leads/{id}/flows`."""
    from leadflow.application.view_flows import ListFlowsOfLead

    return ListFlowsOfLead(leads=leads(), flows=flows(), lists=flow_lists())


@cache
def view_flow() -> ViewFlow:
    """The action behind `GET /flows/{id}`."""
    from leadflow.application.view_flows import ViewFlow

    return ViewFlow(flows=flows())


@cache
def list_submissions() -> ListSubmissions:
    """The action behind `GET /submissions`."""
    from leadflow.application.view_submissions import ListSubmissions

    return ListSubmissions(
        configuration=configuration(),
        submissions=submission_lists(),
        leads=lead_lists(),
        clock=clock(),
    )


@cache
def view_submission() -> ViewSubmission:
    """The action behind `GET /submissions/{id}`."""
    from leadflow.application.view_submissions import ViewSubmission

    return ViewSubmission(submissions=submissions(), leads=lead_lists())


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
def manage_wallets() -> ManageWallets:
    """The actions behind deposits, withdrawals, wallets and transactions."""
    from leadflow.adapters.dynamodb.ledger import DynamoWallets
    from leadflow.application.manage_wallets import ManageWallets

    return ManageWallets(
        configuration=configuration(),
        customers=customer_store(),
        wallets=DynamoWallets(),
        clock=clock(),
        ids=ids(),
    )


@cache
def manage_customers() -> ManageCustomers:
    """The actions behind `/customers`."""
    from leadflow.adapters.dynamodb.bids import DynamoBidBook
    from leadflow.application.manage_customers import ManageCustomers

    return ManageCustomers(
        configuration=configuration(),
        customers=customer_store(),
        bids=bid_store(),
        book=DynamoBidBook(),
        formats=formats(),
        clock=clock(),
        ids=ids(),
    )


@cache
def list_customers() -> ListCustomers:
    """The action behind `GET /customers`."""
    from leadflow.application.list_customers import ListCustomers

    return ListCustomers(
        configuration=configuration(), customers=customer_store(), manage=manage_customers()
    )


@cache
def manage_bids() -> ManageBids:
    """The actions behind `/bids`."""
    from leadflow.adapters.dynamodb.bids import DynamoBidBook
    from leadflow.application.manage_bids import ManageBids

    return ManageBids(
        configuration=configuration(),
        customers=customer_store(),
        bids=bid_store(),
        book=DynamoBidBook(),
        formats=formats(),
        clock=clock(),
        ids=ids(),
    )


@cache
def list_bids() -> ListBids:
    """The action behind `GET /bids`."""
    from leadflow.application.list_bids import ListBids

    return ListBids(configuration=configuration(), bids=bid_store(), manage=manage_bids())


@cache
def authorize_request() -> AuthorizeRequest:
    """The action behind the authorizer."""
    from leadflow.adapters.dynamodb.credentials import DynamoCredentials
    from leadflow.application.authorize_request import AuthorizeRequest

    tables_named()
    return AuthorizeRequest(credentials=DynamoCredentials(), clock=clock())


@cache
def configuration_changes() -> Changes:
    """Changes of configuration."""
    from leadflow.application.manage_configuration.changes import Changes

    return Changes(store=configuration(), formats=formats(), clock=clock(), ids=ids())


@cache
def manage_configuration() -> ManageConfiguration:
    """The actions behind all plain resources."""
    from leadflow.adapters.dynamodb.bid_store import DynamoBidsOfType
    from leadflow.application.manage_configuration.action import ManageConfiguration

    bids = DynamoBidsOfType(bid_store(), clock())
    return ManageConfiguration(changes=configuration_changes(), bids=bids)


@cache
def manage_settings() -> ManageSettings:
    """The actions behind `/settings`."""
    from leadflow.application.manage_configuration.settings import ManageSettings

    return ManageSettings(changes=configuration_changes())


@cache
def manage_users() -> ManageUsers:
    """The actions behind `/users`."""
    from leadflow.adapters.dynamodb.customers import DynamoCustomers
    from leadflow.adapters.dynamodb.users import DynamoUsers
    from leadflow.application.manage_configuration.users import ManageUsers

    tables_named()
    return ManageUsers(
        users=DynamoUsers(),
        customers=DynamoCustomers(),
        formats=formats(),
        clock=clock(),
        ids=ids(),
    )


@cache
def manage_distribution_plan() -> ManageDistributionPlan:
    """The actions behind `/distribution-plan`."""
    from leadflow.application.manage_distribution_plan import ManageDistributionPlan

    return ManageDistributionPlan(changes=configuration_changes())


@cache
def provision_tenant() -> ProvisionTenant:
    """The action that creates tenants."""
    from leadflow.application.provision_tenant import ProvisionTenant

    return ProvisionTenant(founder=configuration(), clock=clock(), ids=ids())


@cache
def hint_at_positions() -> HintAtPositions:
    """The action behind `GET /bids/hints`."""
    from leadflow.adapters.dynamodb.bids import DynamoBidBook
    from leadflow.application.bid_hints import HintAtPositions

    tables_named()
    return HintAtPositions(
        configuration=configuration(),
        book=DynamoBidBook(),
        formats=formats(),
        manage=manage_bids(),
    )
