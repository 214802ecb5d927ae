"""The actions of the product, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.bid_hints import HintAtPositions
    from leadflow.application.list_bids import ListBids
    from leadflow.application.list_customers import ListCustomers
    from leadflow.application.list_leads import ListLeads
    from leadflow.application.manage_bids import ManageBids
    from leadflow.application.manage_customers import ManageCustomers
    from leadflow.application.manage_subscription import ManageSubscription
    from leadflow.application.manage_wallets import ManageWallets
    from leadflow.application.receive_ping import ReceivePing
    from leadflow.application.reception import Reception
    from leadflow.application.submit_lead import SubmitLead
    from leadflow.application.threshold import Threshold
    from leadflow.application.try_partner_exchange import TryPartnerExchange
    from leadflow.application.view_flows import ListFlows, ListFlowsOfLead, ViewFlow
    from leadflow.application.view_lead import ViewLead
    from leadflow.application.view_submissions import ListSubmissions, ViewSubmission


@cache
def reception() -> Reception:
    """The first steps of the source API."""
    from leadflow.application.reception import Reception

    return Reception(
        configuration=container.configuration(),
        submissions=container.submissions(),
        formats=container.formats(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def threshold() -> Threshold:
    """Gate 7, as every action meets it that lets leads in."""
    from leadflow.application.threshold import Threshold

    return Threshold(container.plan_usage())


@cache
def submit_lead() -> SubmitLead:
    """The action behind `POST /leads`."""
    from leadflow.application.submit_lead import SubmitLead

    return SubmitLead(
        reception=reception(),
        leads=container.leads(),
        pings=container.pings(),
        distribution=container.distribution(),
        threshold=threshold(),
        withheld=container.withheld_queue(),
    )


@cache
def receive_ping() -> ReceivePing:
    """The action behind `POST /ping`."""
    from leadflow.application.evaluate_plan import EvaluatePlan
    from leadflow.application.receive_ping import ReceivePing
    from leadflow.runtime.stage_actions import ping_rounds

    evaluate = EvaluatePlan(
        book=container.bid_book(),
        bidders=container.customers(),
        customers=container.customer_store(),
        rotations=container.rotations(),
        rounds=ping_rounds(),
        formats=container.formats(),
        clock=container.clock(),
        ids=container.ids(),
    )
    return ReceivePing(
        reception=reception(), pings=container.pings(), evaluate=evaluate, threshold=threshold()
    )


@cache
def list_leads() -> ListLeads:
    """The action behind `GET /leads`."""
    from leadflow.application.list_leads import ListLeads

    return ListLeads(
        configuration=container.configuration(),
        lists=container.lead_lists(),
        formats=container.formats(),
        clock=container.clock(),
    )


@cache
def view_lead() -> ViewLead:
    """The action behind `GET /leads/{id}`."""
    from leadflow.application.view_lead import ViewLead

    return ViewLead(configuration=container.configuration(), leads=container.leads())


@cache
def list_flows() -> ListFlows:
    """The action behind `GET /flows`."""
    from leadflow.application.view_flows import ListFlows

    return ListFlows(
        configuration=container.configuration(),
        flows=container.flows(),
        lists=container.flow_lists(),
        clock=container.clock(),
    )


@cache
def list_flows_of_lead() -> ListFlowsOfLead:
    """The action behind `GET /leads/{id}/flows`."""
    from leadflow.application.view_flows import ListFlowsOfLead

    return ListFlowsOfLead(
        leads=container.leads(), flows=container.flows(), lists=container.flow_lists()
    )


@cache
def view_flow() -> ViewFlow:
    """The action behind `GET /flows/{id}`."""
    from leadflow.application.view_flows import ViewFlow

    return ViewFlow(flows=container.flows(), clock=container.clock())


@cache
def list_submissions() -> ListSubmissions:
    """The action behind `GET /submissions`."""
    from leadflow.application.view_submissions import ListSubmissions

    return ListSubmissions(
        configuration=container.configuration(),
        submissions=container.submission_lists(),
        leads=container.lead_lists(),
        clock=container.clock(),
    )


@cache
def view_submission() -> ViewSubmission:
    """The action behind `GET /submissions/{id}`."""
    from leadflow.application.view_submissions import ViewSubmission

    return ViewSubmission(
        submissions=container.submissions(),
        leads=container.lead_lists(),
        clock=container.clock(),
    )


@cache
def manage_wallets() -> ManageWallets:
    """The actions behind deposits, withdrawals, wallets and transactions."""
    from leadflow.application.manage_wallets import ManageWallets

    return ManageWallets(
        configuration=container.configuration(),
        customers=container.customer_store(),
        wallets=container.wallets(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def manage_subscription() -> ManageSubscription:
    """The actions behind `/usage` and `/subscription`."""
    from leadflow.application.manage_subscription import ManageSubscription

    return ManageSubscription(
        configuration=container.configuration(),
        usage=container.plan_usage(),
        counts=container.lead_lists(),
        clock=container.clock(),
    )


@cache
def manage_customers() -> ManageCustomers:
    """The actions behind `/customers`."""
    from leadflow.application.manage_customers import ManageCustomers

    return ManageCustomers(
        configuration=container.configuration(),
        customers=container.customer_store(),
        bids=container.bid_store(),
        book=container.bid_book(),
        formats=container.formats(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def list_customers() -> ListCustomers:
    """The action behind `GET /customers`."""
    from leadflow.application.list_customers import ListCustomers

    return ListCustomers(
        configuration=container.configuration(),
        customers=container.customer_store(),
        manage=manage_customers(),
    )


@cache
def manage_bids() -> ManageBids:
    """The actions behind `/bids`."""
    from leadflow.application.manage_bids import ManageBids

    return ManageBids(
        configuration=container.configuration(),
        customers=container.customer_store(),
        bids=container.bid_store(),
        book=container.bid_book(),
        formats=container.formats(),
        clock=container.clock(),
        ids=container.ids(),
    )


@cache
def list_bids() -> ListBids:
    """The action behind `GET /bids`."""
    from leadflow.application.list_bids import ListBids

    return ListBids(
        configuration=container.configuration(), bids=container.bid_store(), manage=manage_bids()
    )


@cache
def test_partner_exchange() -> TryPartnerExchange:
    """The action behind `POST /partners/{id}/test-exchange`."""
    from leadflow.application.try_partner_exchange import TryPartnerExchange

    return TryPartnerExchange(
        configuration=container.configuration(),
        leads=container.leads(),
        secrets=container.secrets(),
        outbound=container.outbound(),
    )


@cache
def hint_at_positions() -> HintAtPositions:
    """The action behind `GET /bids/hints`."""
    from leadflow.application.bid_hints import HintAtPositions

    return HintAtPositions(
        configuration=container.configuration(),
        book=container.bid_book(),
        formats=container.formats(),
        manage=manage_bids(),
    )
