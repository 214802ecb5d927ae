"""What webhooks are sent: default members, mapping rows, templates (`product.md`, 17.4, 21.2)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from urllib.parse import urlencode

from pydantic import JsonValue

from leadflow.application.exchange_ports import Secrets
from leadflow.application.webhook_news import (
    CENTS_IN_A_DOLLAR,
    LeadNews,
    Members,
    News,
    moment,
)
from leadflow.application.webhook_reading import Untellable
from leadflow.domain.exchange_requests import Tree, tree
from leadflow.domain.exchanges import BodyFormat, HttpMethod
from leadflow.domain.fields import BASIC_FIELD_TITLES
from leadflow.domain.leads import FieldValues
from leadflow.domain.merge_fields import MergeValue, merged_text, names
from leadflow.domain.payload_templates import ALL_FIELDS, DEFAULT_TEMPLATE, Variable, filled
from leadflow.domain.target_requests import RequestParts, asked, posted
from leadflow.domain.told_facts import FactName
from leadflow.domain.webhooks import Webhook

Payload = JsonValue | Tree

PAYLOAD_CHARACTERS_MAX = 1024 * 1024
"""Of a template or mapping that is filled; the members of the largest lead are shorter."""


def payload_of(webhook: Webhook, event: FactName, news: News) -> Payload:
    """What a webhook is sent: by its mapping rows or its template, else the default members.

    Raises `Untellable` for more than `PAYLOAD_CHARACTERS_MAX`, before any of them is made.
    """
    if isinstance(news, LeadNews) and webhook.customer_id is not None:
        text, variables = webhook.template or DEFAULT_TEMPLATE, customer_variables(news)
        fields = news.lead.delivered
        _check_length([text], {**variables, ALL_FIELDS: fields})
        return filled(text, variables, fields)
    members = default_payload(event, news)
    if not webhook.mapping:
        return members
    values = merge_variables(members, news)
    _check_length([str(row.value) for row in webhook.mapping], values)
    return tree(webhook.mapping, values)


def _check_length(texts: Iterable[str], values: Mapping[str, object]) -> None:
    """A few characters may name a long value thousands of times."""
    lengths = {name: len(str(one)) for name, one in values.items()}
    named = (len(text) + sum(lengths.get(name, 0) for name in names(text)) for text in texts)
    if sum(named) > PAYLOAD_CHARACTERS_MAX:
        raise Untellable(f"The payload has more than {PAYLOAD_CHARACTERS_MAX} characters.")


def request_of(webhook: Webhook, payload: Payload, secrets: Secrets) -> RequestParts:
    """The request that carries a payload; forms and queries have flat keys, nested ones dotted."""
    if webhook.method is HttpMethod.GET:
        return asked(webhook, _form(payload), secrets)
    if webhook.format is BodyFormat.FORM:
        return posted(webhook, BodyFormat.FORM, _form(payload).encode(), secrets)
    return posted(webhook, BodyFormat.JSON, json.dumps(payload).encode(), secrets)


def default_payload(event: FactName, news: News) -> Members:
    """The members that are sent without a mapping."""
    head: Members = {"type": event.value, "timestamp": moment(news.fact.at)}
    return {**news.fields, **head, **news.members}


def merge_variables(members: Members, news: News) -> FieldValues:
    """What mapping rows may name: the default members, dotted, and the names of 16.2."""
    return {**dict(_dotted(members)), **news.named}


def customer_variables(news: LeadNews) -> Mapping[str, Variable]:
    """The variables of a template; a field does not hide those that all leads have."""
    fact, fields = news.fact, news.lead.delivered
    cents = fact.charged_cents or 0
    always: dict[str, Variable | None] = {
        "charged_amount": Decimal(cents) / CENTS_IN_A_DOLLAR,
        "charged_amount_cents": cents,
        "scope": fact.scope,
        "lead_type": news.lead.lead_type,
        "lead_category": news.lead.lead_category,
        "buyer.customer_public_id": fact.customer_id,
        "buyer.phone": news.buyer.phone if news.buyer else None,
        "lead.public_id": fact.lead_id,
    }
    return {
        **fields,
        **{f"lead.{title}": one for title, one in fields.items()},
        **{f"lead.details.{title}": one for title, one in _custom(fields)},
        **{name: one for name, one in always.items() if one is not None},
    }


def _custom(fields: FieldValues) -> Iterator[tuple[str, MergeValue]]:
    return ((title, one) for title, one in fields.items() if title not in BASIC_FIELD_TITLES)


def _form(payload: Payload) -> str:
    pairs = [(name, merged_text(one)) for name, one in _dotted(payload)]
    return urlencode(pairs, errors="replace")


def _dotted(payload: Payload, name: str = "") -> Iterator[tuple[str, MergeValue]]:
    """All scalars by where they lie, places in lists counted from 0; nulls are left out."""
    if isinstance(payload, dict):
        for key, one in payload.items():
            yield from _dotted(one, f"{name}.{key}" if name else key)
    elif isinstance(payload, list):
        for place, one in enumerate(payload):
            yield from _dotted(one, f"{name}.{place}" if name else str(place))
    elif payload is not None:
        yield name, payload
