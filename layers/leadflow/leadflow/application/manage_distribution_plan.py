"""Read and replace the distribution plan (`product.md`, 15.1; `api.md`, 6)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.changes import Changes
from leadflow.application.manage_configuration.condition_rules import (
    Kinds,
    kinds_of_leads,
    saved,
)
from leadflow.application.manage_configuration.desk import Desk, Edit
from leadflow.application.manage_configuration.forms import Description, Name, PriceCents
from leadflow.application.requests import Path, VersionCheck, validated
from leadflow.domain.conditions import Conditions, Reference
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.identifiers import StageId
from leadflow.domain.json_objects import JsonObject
from leadflow.domain.model import Request
from leadflow.domain.plans import (
    AVAILABLE_METHODS,
    STAGES_MAX,
    BidSettings,
    HighestPriceSettings,
    Method,
    Plan,
    Stage,
)
from leadflow.domain.principals import UserPrincipal
from leadflow.domain.scopes import Scope

PLAN_ID = "plan"
_NOT_AVAILABLE = "not available in this release"
_VERSION = re.compile(r"[0-9]{1,9}")
_READ_ONLY = frozenset({"object", "version", "created_at"})


class StageForm(Request):
    """A stage as a request names it; what its settings may say depends on the method."""

    id: str | None = None
    name: Name
    description: Description = None
    method: Annotated[Method, Bound(strict=False)]
    paused: bool = False
    conditions: Conditions = ()
    settings: Mapping[str, object] = Bound(default_factory=dict)


class BidsForm(Request):
    """Whether a Highest Price stage takes bids, and of which scopes."""

    enabled: bool = True
    scopes: Annotated[
        tuple[Annotated[Scope, Bound(strict=False)], ...], Bound(strict=False, min_length=1)
    ] = tuple(Scope)


class PartnersForm(Request):
    """Whether a Highest Price stage asks partners, and which."""

    enabled: bool = False
    minimum_price_cents: PriceCents | None = None
    include: Annotated[list[str] | None, Bound(strict=False)] = None
    exclude: Annotated[list[str] | None, Bound(strict=False)] = None


class HighestPriceForm(Request):
    """Settings of a Highest Price stage."""

    bids: Annotated[BidsForm, Bound(strict=False)] = BidsForm()
    partners: Annotated[PartnersForm, Bound(strict=False)] = PartnersForm()


class PlanForm(Request):
    """The stages in their order."""

    stages: Annotated[list[object], Bound(strict=False, max_length=STAGES_MAX)]


@dataclass(frozen=True, kw_only=True)
class ManageDistributionPlan:
    """The action with its ports."""

    changes: Changes

    def show(self, user: UserPrincipal) -> Plan:
        """The plan as of now."""
        return self.changes.current(user).plan

    def version(self, user: UserPrincipal, version: str) -> Plan:
        """One version of the plan, by its number. Raises `NotFound`."""
        number = int(version) if _VERSION.fullmatch(version) else 0
        plan = self.changes.store.plan(user.tenant_id, number)
        if plan is None:
            raise NotFound
        return plan

    def replace(self, user: UserPrincipal, body: JsonObject, check: VersionCheck) -> Plan:
        """Store the stages as a new version. Raises `ValidationFailed`."""
        wanted = {name: value for name, value in body.items() if name not in _READ_ONLY}

        def decide(desk: Desk) -> Edit:
            before = desk.configuration.plan
            check(before.version)
            stages = _stages(validated(PlanForm, wanted).stages, desk)
            after = Plan(version=before.version + 1, stages=stages, created_at=desk.now)
            return Edit(PLAN_ID, (Change(ResourceKind.PLAN, PLAN_ID, before, after),))

        self.changes.make(user, decide)
        return self.show(user)


def _stages(requested: Sequence[object], desk: Desk) -> tuple[Stage, ...]:
    """The stages, the mistakes of all of them told of at once."""
    kinds = kinds_of_leads(desk.configuration, tuple(Reference))
    known = {stage.id for stage in desk.configuration.plan.stages}
    errors: dict[str, Sequence[str]] = {}
    stages: list[Stage] = []
    for index, wanted in enumerate(requested):
        try:
            stages.append(_stage(wanted, index, kinds, known, desk))
        except ValidationFailed as refusal:
            errors |= refusal.errors
    errors |= _doubled_ids(stages)
    if errors:
        raise ValidationFailed(errors)
    return tuple(stages)


def _stage(wanted: object, index: int, kinds: Kinds, known: set[StageId], desk: Desk) -> Stage:
    at: Path = ("stages", index)
    form = validated(StageForm, wanted, at)
    if form.method not in AVAILABLE_METHODS:
        message = f"The method {form.method} is {_NOT_AVAILABLE}."
        raise ValidationFailed({f"stages.{index}.method": [message]})
    return Stage(
        id=StageId(form.id if form.id in known else desk.ids.new("stage")),
        name=form.name,
        description=form.description,
        method=form.method,
        paused=form.paused,
        conditions=saved(form.conditions, kinds, desk, f"stages.{index}.conditions"),
        settings=_highest_price(form.settings, (*at, "settings")),
    )


def _highest_price(settings: Mapping[str, object], at: Path) -> HighestPriceSettings:
    form = validated(HighestPriceForm, settings, at)
    path = ".".join(map(str, at))
    if form.partners != PartnersForm():
        message = f"Partners are {_NOT_AVAILABLE}."
        raise ValidationFailed({f"{path}.partners.enabled": [message]})
    if len(set(form.bids.scopes)) < len(form.bids.scopes):
        raise ValidationFailed({f"{path}.bids.scopes": ["A scope occurs twice."]})
    return HighestPriceSettings(
        bids=BidSettings(enabled=form.bids.enabled, scopes=form.bids.scopes)
    )


def _doubled_ids(stages: Iterable[Stage]) -> Mapping[str, Sequence[str]]:
    ids = [stage.id for stage in stages]
    return {
        f"stages.{index}.id": ["The stage occurs twice."]
        for index, one in enumerate(ids)
        if one in ids[:index]
    }
