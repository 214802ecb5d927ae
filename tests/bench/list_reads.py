"""`list_reads`: what a page of `GET /leads` reads as ever more leads are on file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.system import SystemClock
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import (
    CustomerId,
    FlowId,
    LeadId,
    LeadTypeId,
    SourceId,
    SubmissionId,
    UserId,
)
from leadflow.domain.leads import Lead, LeadStatus, SearchKeys
from leadflow.domain.principals import Role, UserPrincipal
from tests.bench.account import account, crowded_tables
from tests.bench.figures import Figure
from tests.bench.market import Market, context, store
from tests.bench.read_units import read_units
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import handler_of
from tests.infrastructure.template import ROOT

FEW, MANY = 1_000, 100_000
CALLS_MAX, GROWTH_MAX = 2.0, 1.0
PAGE_LEADS = 20
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
"""When the list is asked for: well inside a month, for at its turn a page costs a query more."""


@dataclass(frozen=True)
class Page:
    """What one page took; the read of the configuration's stamp is left out."""

    lead_ids: Sequence[str]
    next_cursor: str | None
    operations: Mapping[str, int]
    read_units: float


@dataclass(frozen=True)
class LeadFile:
    """A tenant with so many leads on file, and the pages of its list."""

    market: Market
    recorder: Recorder
    leads: int

    def fill(self) -> "LeadFile":
        """Open the tenant and put its leads on file."""
        self.market.open()
        with crowded_tables():
            self.put()
        self.page({})  # the configuration comes into the process
        return self

    def put(self) -> None:
        """Put the leads on file, the newest first."""
        for number in range(self.leads):
            store(lead_item(self.market.tenant_id, self._lead(number)))

    def filters(self) -> Mapping[str, Mapping[str, str]]:
        """A query for each filter of the list, which means the older half of the leads."""
        newest, oldest = self._lead(self.leads // 2), self._lead(self.leads)
        return {
            "none": {},
            "status": {"status": "assigned"},
            "source": {"source_id": self.market.source_id},
            "customer": {"customer_id": _customer_id(0)},
            "lead_type": {"lead_type_id": self.market.lead_type_id},
            "time": {"received_from": _text(oldest), "received_to": _text(newest)},
            "id": {"q": newest.id},
            "email": {"q": str(newest.search.email)},
            "phone": {"q": "(512) 555-0100"},
            "name_prefix": {"q": "Ada L"},
        }

    def page(self, query: Mapping[str, str], cursor: str | None = None) -> Page:
        """Ask for a page as the list's handler does."""
        asked = {"limit": str(PAGE_LEADS), **query} | ({"cursor": cursor} if cursor else {})
        self.recorder.clear()
        with patch.object(SystemClock, "now", lambda _: NOW), crowded_tables():
            answer = handler_of("list_leads")(self._event(asked), context())
        body = json.loads(answer["body"])
        calls = [call for call in self.recorder.calls if "ConfigurationTable" not in str(call.sent)]
        operations = [call.operation for call in calls]
        return Page(
            [lead["id"] for lead in body["data"]],
            body["next_cursor"],
            {name: operations.count(name) for name in sorted(set(operations))},
            read_units(calls),
        )

    def pages(self) -> Mapping[str, Page]:
        """The first page of every filter, and the one behind it where there is one."""
        first = {name: self.page(query) for name, query in self.filters().items()}
        later = {
            f"{name}, later": self.page(self.filters()[name], page.next_cursor)
            for name, page in first.items()
            if page.next_cursor
        }
        return first | later

    def _event(self, query: Mapping[str, str]) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(
            (ROOT / "events/list_leads/assigned_leads_of_a_source.json").read_text()
        )
        caller = UserPrincipal(
            tenant_id=self.market.tenant_id, user_id=UserId("user_1"), role=Role.ADMIN
        )
        event["requestContext"]["authorizer"] = {
            "principal": caller.model_dump_json(),
            "caller": caller.caller,
        }
        many = {name: [text] for name, text in query.items()}
        return event | {
            "queryStringParameters": dict(query),
            "multiValueQueryStringParameters": many,
        }

    def _lead(self, number: int) -> Lead:
        """A lead, the older the higher its number; of kind 0 are those that the filters mean."""
        kind = int(number < self.leads // 2)
        received = NOW - timedelta(milliseconds=number)
        owner = ("Ada Lovelace", "Grace Hopper")[kind]
        search = SearchKeys(
            email=f"{kind}@example.com", phone=f"+1512555010{kind}", name=owner.casefold()
        )
        return Lead(
            id=LeadId(f"lead_{10**9 - number:026d}"),
            lead_uuid=UUID(int=number),
            status=(LeadStatus.ASSIGNED, LeadStatus.UNASSIGNED)[kind],
            source_id=(self.market.source_id, SourceId(f"source_{1:026d}"))[kind],
            lead_category_id=self.market.category_id,
            lead_type_id=(self.market.lead_type_id, LeadTypeId(f"type_{1:026d}"))[kind],
            received_at=received,
            updated_at=received,
            values={"zip": "78701", "first_name": owner, "email": f"{kind}@example.com"},
            location=Location(postal_code="78701", state="TX", country=Country.US),
            search=search,
            submission_id=SubmissionId(f"submission_{number:026d}"),
            flow_ids=(FlowId(f"flow_{number:026d}"),),
            assignment=_assignment(kind),
        )


def list_reads() -> Sequence[Figure]:
    """Ask for the first and for a later page of each filter, with few and with many on file."""
    recorder = Recorder()
    with recording(recorder), account():
        few, many = [LeadFile(Market(), recorder, size).fill().pages() for size in (FEW, MANY)]
    pages = {name: (few[name], many[name]) for name in few}
    calls = max(sum(page.operations.values()) for pair in pages.values() for page in pair)
    growth = max(large.read_units / small.read_units for small, large in pages.values())
    details = {
        "leads_on_file": [FEW, MANY],
        "read_units": {name: [page.read_units for page in pair] for name, pair in pages.items()},
    }
    return [
        Figure("list_reads.calls", calls, "calls", CALLS_MAX, details=details),
        Figure("list_reads.growth", growth, "x", GROWTH_MAX, details=details),
    ]


def _assignment(kind: int) -> Assignment:
    return Assignment(
        customer_id=CustomerId(_customer_id(kind)),
        assigned_via=AssignedVia.ROUND_ROBIN,
        charged_cents=4500,
        assigned_at=NOW,
    )


def _customer_id(kind: int) -> str:
    return f"cus_{kind + 1:026d}"


def _text(lead: Lead) -> str:
    return lead.received_at.isoformat().replace("+00:00", "Z")
