"""`classify_rate`: how many leads a second find their type among a thousand."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from leadflow.domain.conditions import Fact, Operator, Row
from leadflow.domain.identifiers import CategoryId, LeadTypeId
from leadflow.domain.lead_types import Classifier, LeadType, classifier
from tests.bench.figures import RUNS, Figure, median_of

TYPES = 1_000
CONDITIONS = 10
LEADS = 1_000
LEADS_OF_RANGES = 100
LEADS_PER_SECOND_MIN = 5_000.0

_NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
_TODAY = date(2026, 3, 11)
_STATES = tuple(f"s{number:02d}" for number in range(50))
_KINDS = ("single", "condo", "townhouse", "multi", "mobile")


def classify_rate() -> Sequence[Figure]:
    """Classify with types that name a state, and with types that nothing but ranges tell apart."""
    leads = [_lead(number) for number in range(LEADS)]
    return [
        _figure("classify_rate", _classifier(_naming_rows), leads),
        _figure(
            "classify_rate.ranges_only",
            _classifier(_range_rows),
            leads[:: LEADS // LEADS_OF_RANGES],
        ),
    ]


def _figure(name: str, ready: Classifier, leads: Sequence[Mapping[str, Fact]]) -> Figure:
    details = {
        "types": TYPES,
        "conditions_per_type": CONDITIONS,
        "leads": len(leads),
        "runs": RUNS,
        "share_of_leads_with_a_type": _share_classified(ready, leads),
    }
    rate = median_of(lambda: _rate(ready, leads))
    return Figure(name, rate, "leads/s", LEADS_PER_SECOND_MIN, at_most=False, details=details)


def _rate(ready: Classifier, leads: Sequence[Mapping[str, Fact]]) -> float:
    started = time.process_time()
    for lead in leads:
        ready.classify(lead, _TODAY)
    return len(leads) / (time.process_time() - started)


def _share_classified(ready: Classifier, leads: Sequence[Mapping[str, Fact]]) -> float:
    found = sum(ready.classify(lead, _TODAY) is not None for lead in leads)
    return round(found / len(leads), 3)


def _classifier(rows: Callable[[int], tuple[Row, ...]]) -> Classifier:
    types = [_type(number, rows(number)) for number in range(TYPES)]
    assert all(sum(map(len, one.conditions)) == CONDITIONS for one in types)
    return classifier(types)


def _type(number: int, rows: tuple[Row, ...]) -> LeadType:
    return LeadType(
        id=LeadTypeId(f"type_{number:026d}"),
        name=f"Type {number}",
        lead_category_id=CategoryId("cat_0"),
        priority=number + 1,
        conditions=(rows,),
        created_at=_NOW,
        updated_at=_NOW,
    )


def _naming_rows(number: int) -> tuple[Row, ...]:
    """A price tier as people draw it: one state, some kinds of property, ranges, exclusions."""
    low = number // len(_STATES) * 50_000
    return (
        _row("kind", Operator.ANY, (_KINDS[number % 5], _KINDS[(number + 2) % 5])),
        _row("state", Operator.EQUALS, _STATES[number % len(_STATES)]),
        _row("loan", Operator.GREATER_THAN_OR_EQUAL, low),
        _row("loan", Operator.LESS_THAN, low + 50_000),
        _row("score", Operator.BETWEEN, (300, 850)),
        _row("owner", Operator.EQUALS, True),
        _row("email", Operator.DOES_NOT_CONTAIN, "spam"),
        _row("email", Operator.CONTAINS, "@example"),
        _row("moves_on", Operator.GREATER_THAN, "2026-03-01"),
        _row("score", Operator.DOES_NOT_EQUAL, 301 + number % 7),
    )


def _range_rows(number: int) -> tuple[Row, ...]:
    """The worst order of rows: all types agree on eight, and only the last two tell them apart."""
    low = number * 1_000
    return (
        *(_row("score", Operator.GREATER_THAN, 100 + step) for step in range(4)),
        *(_row("score", Operator.LESS_THAN, 900 + step) for step in range(4)),
        _row("loan", Operator.GREATER_THAN_OR_EQUAL, low),
        _row("loan", Operator.LESS_THAN, low + 1_000),
    )


def _row(name: str, operator: Operator, value: object) -> Row:
    return Row.model_validate({"property": name, "operator": operator, "value": value})


def _lead(number: int) -> Mapping[str, Fact]:
    return {
        "state": _STATES[number * 7 % len(_STATES)],
        "kind": _KINDS[number * 3 % 5],
        "loan": Decimal(number * 977 % 1_000_000),
        "score": Decimal(500 + number % 300),
        "owner": True,
        "email": f"lead{number}@example.com",
        "moves_on": "2026-04-01",
    }
