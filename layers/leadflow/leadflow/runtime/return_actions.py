"""The actions on returns, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.list_return_requests import ListReturnRequests
    from leadflow.application.request_return import DecideReturnRequest, RequestReturn
    from leadflow.application.return_lead import ReturnLead, TakeBack


@cache
def take_back() -> TakeBack:
    """What every return goes through."""
    from leadflow.application.return_lead import TakeBack

    return TakeBack(
        configuration=container.configuration(),
        customers=container.customers(),
        book=container.bid_book(),
        returns=container.returns(),
    )


@cache
def return_lead() -> ReturnLead:
    """The action behind `POST /leads/{id}/return`."""
    from leadflow.application.return_lead import ReturnLead

    return ReturnLead(
        configuration=container.configuration(),
        leads=container.leads(),
        requests=container.returns(),
        take_back=take_back(),
        clock=container.clock(),
    )


@cache
def request_return() -> RequestReturn:
    """The action behind `POST /leads/{id}/return-requests`."""
    from leadflow.application.request_return import RequestReturn

    return RequestReturn(
        configuration=container.configuration(),
        leads=container.leads(),
        requests=container.returns(),
        clock=container.clock(),
    )


@cache
def decide_return_request() -> DecideReturnRequest:
    """The actions behind `POST /return-requests/{id}/approve` and `/deny`."""
    from leadflow.application.request_return import DecideReturnRequest

    return DecideReturnRequest(
        leads=container.leads(),
        requests=container.returns(),
        take_back=take_back(),
        clock=container.clock(),
    )


@cache
def list_return_requests() -> ListReturnRequests:
    """The action behind `GET /return-requests`."""
    from leadflow.application.list_return_requests import ListReturnRequests

    return ListReturnRequests(
        configuration=container.configuration(), lists=container.returns(), clock=container.clock()
    )
