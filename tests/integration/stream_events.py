"""What the streams of the tables deliver, made of the items that the adapters write."""

from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.models import Model

from leadflow.adapters.dynamodb.bids import bid_item
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.deletions import tombstone
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.dynamodb.ledger import entry_item
from leadflow.adapters.dynamodb.submissions import submission_item
from leadflow.adapters.dynamodb.users import user_items
from leadflow.application.lead_ports import Deletion
from leadflow.domain.leads import Lead, LeadStatus
from tests.builders import TENANT_ID, lead, submission
from tests.unit.domain.bidding_examples import NOW, bid, customer
from tests.unit.domain.fact_examples import charge, user
from tests.unit.domain.return_examples import sold

Json = dict[str, Any]
Images = tuple[Model | None, Model | None]

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/leadflow-{}/stream/2026-03-11T00:00:00.000"


def event(table: str, changes: Sequence[Images]) -> Json:
    """A batch of a table's stream; each change is an item as it was and as it is."""
    return {"Records": [_record(table, place, *images) for place, images in enumerate(changes, 1)]}


def _record(table: str, place: int, old: Model | None, new: Model | None) -> Json:
    images = {"OldImage": _image(old), "NewImage": _image(new)}
    there = {name: image for name, image in images.items() if image is not None}
    keys = next(iter(there.values()))
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    return {
        "eventID": f"{place:032d}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": int(NOW.timestamp()),
            "Keys": {name: keys[name] for name in ("pk", "sk")},
            **there,
            "SequenceNumber": f"{place:021d}",
            "SizeBytes": 0,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": ARN.format(table),
    }


def _image(item: Model | None) -> Json | None:
    return None if item is None else item.serialize()


def _deleted(one: Lead) -> Model:
    return tombstone(TENANT_ID, Deletion(one, NOW, user().id))


def _unreadable() -> Model:
    item = lead_item(TENANT_ID, lead(9))
    item.document = "no lead"
    return item


_BOUGHT = sold(version=2)
_RUNS = lead_item(TENANT_ID, lead())

EVENTS: Mapping[str, Json] = {
    "leads": event(
        "leads",
        [
            (None, submission_item(TENANT_ID, submission())),
            (None, _RUNS),
            (_RUNS, lead_item(TENANT_ID, _BOUGHT)),
            (lead_item(TENANT_ID, _BOUGHT), _deleted(_BOUGHT)),
            (None, lead_item(TENANT_ID, lead(1, status=LeadStatus.DUPLICATE))),
        ],
    ),
    "wallets": event(
        "wallets",
        [
            (None, customer_item(TENANT_ID, customer())),
            (None, bid_item(TENANT_ID, bid())),
            (None, entry_item(TENANT_ID, charge())),
            (customer_item(TENANT_ID, customer()), customer_item(TENANT_ID, customer(paused=True))),
            (customer_item(TENANT_ID, customer()), None),
        ],
    ),
    "configuration": event(
        "configuration", [(None, item) for item in user_items(TENANT_ID, user())]
    ),
    "unreadable": event("leads", [(None, _RUNS), (None, _unreadable())]),
}
"""The sample events of `publish_facts`, by their cases."""
