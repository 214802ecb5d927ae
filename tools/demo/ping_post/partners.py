"""The partners of the second act: where each one buys, and how it answers.

Each takes leads of some states only, so that every place has a market of its own. The servers are
stubs within this process; a lead really goes to them over HTTP.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from tools.demo.client import Body
from tools.demo.ping_post.market import condition
from tools.stub_partner import Act, Behaviour, ReceivedCall, StubPartner

HASTY_SECONDS = 1
"""The timeout of partners that are going to miss it; the demo waits as long for each."""
PATIENT_SECONDS = 5
LATE_MS = 1_500

_LEAD_ID = re.compile(r"lead_[0-9a-z]{26}")


_ACCEPTS = Behaviour()


@dataclass(frozen=True)
class Partner:
    """A partner. Without `states` it is eligible everywhere, without `ping` it is never pinged.

    `form`: its post is form-urlencoded, all else is JSON.
    """

    states: Sequence[str] = ()
    ping: Behaviour | None = None
    post: Behaviour = _ACCEPTS
    penalty_percentage: int | None = None
    timeout_seconds: int = PATIENT_SECONDS
    form: bool = False


def _offers(price: str | float, delay_ms: int = 0) -> Behaviour:
    return Behaviour(price=price, delay_ms=delay_ms)


PARTNERS: Mapping[str, Partner] = {
    "Sunbeam": Partner(["TX"], _offers(62.5)),
    "Buckeye Leads": Partner(["OH"], _offers("12.50"), form=True),
    "Heavyweight": Partner(["CO", "IL"], _offers("110.00"), penalty_percentage=25),
    "Fickle": Partner(["WA"], _offers(75), Behaviour(act=Act.REFUSE)),
    "Steady": Partner(["WA"], _offers(40)),
    "Tardy": Partner(["AZ", "IL"], _offers(90, LATE_MS), timeout_seconds=HASTY_SECONDS),
    "Silent": Partner(
        ["MA"],
        _offers(80),
        Behaviour(act=Act.ACCEPT_THEN_HANG),
        timeout_seconds=HASTY_SECONDS,
    ),
    "Backup": Partner(["MA"], _offers(60)),
    "Encore": Partner(["IL"], _offers(120), Behaviour(act=Act.DUPLICATE)),
    "Echo": Partner(["IL"], Behaviour(act=Act.DUPLICATE)),
    "Thrifty": Partner(["IL"], _offers(8)),
    "Naysayer": Partner(["GA"], Behaviour(act=Act.REFUSE)),
    "Sleepy": Partner(["NY"], Behaviour(act=Act.HANG), timeout_seconds=HASTY_SECONDS),
    "Gutter Guild": Partner(),
    "Eaves & Co": Partner(),
}

_ANSWERS: Mapping[str, JsonValue] = {
    "success_path": "status",
    "success_values": ["accepted"],
    "message_path": "message",
    "duplicate_path": "status",
    "duplicate_values": ["duplicate"],
}
_PING_MAPPING: Mapping[str, JsonValue] = {"home.zip": "{{ zip }}", "product": "{{ lead_type }}"}
_POST_MAPPING: Mapping[str, JsonValue] = {
    "reference": "{{ lead_public_id }}",
    "name": "{{ first_name }} {{ last_name }}",
    "phone": "{{ phone }}",
}
_CAMPAIGN: Mapping[str, JsonValue] = {"campaign": "{{ response.metadata.campaign_id }}"}
"""What the partner said to the ping comes back to it with the post."""


def partner_body(name: str, stub: StubPartner) -> Body:
    """What configures a partner; from now on the stub behaves as it."""
    partner = PARTNERS[name]
    post_mapping = {**_POST_MAPPING, **(_CAMPAIGN if partner.ping else {})}
    post = _exchange(partner, stub.script(path_of(name, "post"), partner.post), post_mapping)
    form = {"format": "form"} if partner.form else {}
    body: dict[str, JsonValue] = {"name": name, "post": {**post, **form}}
    if partner.states:
        body["eligibility"] = [[condition("state", "equals", one)] for one in partner.states]
    if partner.ping:
        url = stub.script(path_of(name, "ping"), partner.ping)
        body["ping"] = _exchange(partner, url, _PING_MAPPING, price_path="price")
    if partner.penalty_percentage is not None:
        body["offer_penalty_percentage"] = partner.penalty_percentage
    return body


def path_of(name: str, exchange: str) -> str:
    """Where the stub takes a partner's calls."""
    return f"/{re.sub(r'[^a-z]+', '-', name.lower())}/{exchange}"


def _exchange(
    partner: Partner, url: str, mapping: Mapping[str, JsonValue], **rules: JsonValue
) -> dict[str, JsonValue]:
    return {
        "url": url,
        "auth": {"type": "bearer", "token": "demo-token"},
        "timeout_seconds": partner.timeout_seconds,
        "mapping": [{"key": key, "value": value} for key, value in mapping.items()],
        "response": {**_ANSWERS, **rules},
        "active": True,
    }


def leads_taken(name: str, calls: Sequence[ReceivedCall]) -> list[str]:
    """The ids of the leads that a partner accepted, by its own account."""
    path = path_of(name, "post")
    return [found for one in calls if one.path == path and one.took for found in _ids(one.body)]


def _ids(body: str) -> list[str]:
    return _LEAD_ID.findall(body)
