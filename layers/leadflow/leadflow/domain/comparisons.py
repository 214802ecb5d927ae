"""How the operators of conditions compare, whatever the type of the property (`product.md`, 5)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt

from leadflow.domain.operands import Operator, RowValue, Scalar
from leadflow.domain.values import (
    ISO_DATE_CHARACTERS,
    NormalValue,
    exact_number,
    normal_text,
)

_Test = Callable[[NormalValue, date], bool]
_Order = Callable[..., bool]

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


Edge = tuple[NormalValue, bool]
"""A place between facts of one type: right before the value, or right behind it."""

Bounds = tuple[Edge | None, Edge | None]
"""No fact before the first edge or behind the second can pass; None: there is no such end."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row made ready for many leads.

    A fact of another type than `fact_type` fails. `accepted` are all facts that can pass, where
    they can be named; `bounds` is where they lie, if they have an order.
    """

    fact_type: type
    test: _Test
    accepted: frozenset[NormalValue] | None = None
    bounds: Bounds | None = None


def comparison(operator: Operator, value: RowValue) -> Comparison:
    """What a row compares; the value must have been checked when it was saved."""
    operands = tuple(map(_normal, value if isinstance(value, tuple) else (value,)))
    return _COMPARISONS[operator](operands)


def _normal(value: Scalar) -> NormalValue:
    if isinstance(value, str):
        return normal_text(value)
    return value if isinstance(value, bool) else Decimal(exact_number(value))


_Operands = tuple[NormalValue, ...]


def _equals(operands: _Operands) -> Comparison:
    operand = operands[0]
    if isinstance(operand, str) and _ISO_DATE.fullmatch(operand):
        bounds = _edge(operand, behind=False), _edge(operand, behind=True)
        return Comparison(str, lambda fact, _: _day_of(str(fact)) == operand, bounds=bounds)
    return Comparison(type(operand), lambda fact, _: fact == operand, frozenset({operand}))


def _day_of(fact: str) -> str:
    """The day of a date and time, so that a date equals every moment of it; else the fact."""
    return fact[:ISO_DATE_CHARACTERS] if _ISO_DATE_TIME.fullmatch(fact) else fact


def _contains(operands: _Operands) -> Comparison:
    fragment = str(operands[0])
    return Comparison(str, lambda fact, _: fragment in str(fact))


def _negated(build: Callable[[_Operands], Comparison]) -> Callable[[_Operands], Comparison]:
    def negated(operands: _Operands) -> Comparison:
        positive = build(operands)
        return Comparison(positive.fact_type, lambda fact, today: not positive.test(fact, today))

    return negated


def _ordered(order: _Order) -> Callable[[_Operands], Comparison]:
    def ordered(operands: _Operands) -> Comparison:
        operand = operands[0]
        bounds = _bounds(order, operand)
        if isinstance(operand, str):
            return Comparison(
                str, lambda fact, _: order(_cut(fact, operand), operand), bounds=bounds
            )
        return Comparison(type(operand), lambda fact, _: order(fact, operand), bounds=bounds)

    return ordered


def _bounds(order: _Order, operand: NormalValue) -> Bounds | None:
    edge = _edge(operand, behind=order in {gt, le})
    if edge is None:
        return None
    return (edge, None) if order in {gt, ge} else (None, edge)


def _edge(operand: NormalValue, *, behind: bool) -> Edge | None:
    """Behind a date lie its moments: whatever starts with it. Other texts have no order."""
    if not isinstance(operand, str):
        return operand, behind
    if not (_ISO_DATE.fullmatch(operand) or _ISO_DATE_TIME.fullmatch(operand)):
        return None
    return (operand[:-1] + chr(ord(operand[-1]) + 1) if behind else operand), False


def _cut(fact: NormalValue, operand: str) -> str:
    """A date and time compared with a date counts as its day."""
    return str(fact)[: len(operand)]


def _between(operands: _Operands) -> Comparison:
    lowest, highest = _ordered(ge)(operands[:1]), _ordered(le)(operands[1:])
    return Comparison(
        lowest.fact_type,
        lambda fact, today: lowest.test(fact, today) and highest.test(fact, today),
        bounds=_both(lowest, highest),
    )


def _both(lowest: Comparison, highest: Comparison) -> Bounds | None:
    if not lowest.bounds or not highest.bounds or lowest.fact_type is not highest.fact_type:
        return None
    return lowest.bounds[0], highest.bounds[1]


def _within_past_days(operands: _Operands) -> Comparison:
    days = _days(operands)
    return Comparison(
        str, lambda fact, today: (today - days).isoformat() <= _day(fact) <= today.isoformat()
    )


def _older_than_days(operands: _Operands) -> Comparison:
    days = _days(operands)
    return Comparison(str, lambda fact, today: _day(fact) < (today - days).isoformat())


def _days(operands: _Operands) -> timedelta:
    return timedelta(days=int(operands[0]))


def _day(fact: NormalValue) -> str:
    return str(fact)[:ISO_DATE_CHARACTERS]


def _any(operands: _Operands) -> Comparison:
    chosen = frozenset(operands)
    return Comparison(str, lambda fact, _: fact in chosen, chosen)


def _all(operands: _Operands) -> Comparison:
    chosen = frozenset(operands)
    return Comparison(str, lambda fact, _: chosen == {fact}, chosen)


_COMPARISONS: Mapping[Operator, Callable[[_Operands], Comparison]] = {
    Operator.EQUALS: _equals,
    Operator.DOES_NOT_EQUAL: _negated(_equals),
    Operator.CONTAINS: _contains,
    Operator.DOES_NOT_CONTAIN: _negated(_contains),
    Operator.LESS_THAN: _ordered(lt),
    Operator.LESS_THAN_OR_EQUAL: _ordered(le),
    Operator.GREATER_THAN: _ordered(gt),
    Operator.GREATER_THAN_OR_EQUAL: _ordered(ge),
    Operator.BETWEEN: _between,
    Operator.WITHIN_PAST_DAYS: _within_past_days,
    Operator.OLDER_THAN_DAYS: _older_than_days,
    Operator.ANY: _any,
    Operator.ALL: _all,
    Operator.NONE: _negated(_any),
}
