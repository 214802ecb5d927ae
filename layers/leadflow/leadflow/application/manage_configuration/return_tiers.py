"""Return tiers (`product.md`, 20.2)."""

from typing import Annotated

from pydantic import Field as Bound

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.manage_configuration.desk import Desk, Edit, Plain, archiving, head_of
from leadflow.application.manage_configuration.forms import Description, Name, PercentageNumber
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import TiersOverlap, ValidationFailed
from leadflow.domain.identifiers import ReturnTierId
from leadflow.domain.model import Request
from leadflow.domain.return_tiers import TIERS_MAX, ReturnTier

LABEL_CHARACTERS_MAX = 200
LONG_DESCRIPTION_CHARACTERS_MAX = 10_000

Label = Annotated[str, Bound(max_length=LABEL_CHARACTERS_MAX)] | None


class ReturnTierForm(Request):
    """A tier as a request names it; a penalty that matches the rate has no percentage."""

    name: Name
    headline: Label = None
    description: Description = None
    long_description: Annotated[str, Bound(max_length=LONG_DESCRIPTION_CHARACTERS_MAX)] | None = (
        None
    )
    colour: Label = None
    icon: Label = None
    lower_percentage: PercentageNumber
    upper_percentage: PercentageNumber
    apply_to_new_customers: bool = False
    discount_percentage: PercentageNumber | None = None
    penalty_percentage: PercentageNumber | None = None
    penalty_matches_return_rate: bool = False


def _form_of(tier: ReturnTier, _configuration: Configuration) -> ReturnTierForm:
    members = {name: getattr(tier, name) for name in ReturnTierForm.model_fields}
    return ReturnTierForm.model_validate(members)


def _build(form: ReturnTierForm, before: ReturnTier | None, desk: Desk) -> Edit:
    others = [one for one in desk.configuration.ladder.tiers if before is None or one != before]
    if errors := _mistakes(form, others, is_new=before is None):
        raise ValidationFailed(errors)
    after = _made(form, before, desk)
    overlapped = next((one for one in others if one.overlaps(after)), None)
    if overlapped is not None:
        raise TiersOverlap(overlapped.name)
    return Edit(after.id, (Change(ResourceKind.RETURN_TIER, after.id, before, after),))


def _mistakes(
    form: ReturnTierForm, others: list[ReturnTier], *, is_new: bool
) -> dict[str, list[str]]:
    entrance = next((one.name for one in others if one.apply_to_new_customers), None)
    crowded = f"A tenant has at most {TIERS_MAX} return tiers."
    found = (
        ("name", is_new and len(others) >= TIERS_MAX, crowded),
        (
            "name",
            form.name.casefold() in {one.name.casefold() for one in others},
            "The name is already taken.",
        ),
        (
            "upper_percentage",
            form.upper_percentage < form.lower_percentage,
            "The upper bound must not be below the lower one.",
        ),
        (
            "apply_to_new_customers",
            form.apply_to_new_customers and entrance is not None,
            f"There is a tier for new customers already: {entrance}.",
        ),
        (
            "penalty_percentage",
            form.penalty_matches_return_rate and bool(form.penalty_percentage),
            "A penalty that matches the return rate has no percentage of its own.",
        ),
    )
    return {member: [message] for member, is_wrong, message in found if is_wrong}


def _made(form: ReturnTierForm, before: ReturnTier | None, desk: Desk) -> ReturnTier:
    head = head_of(before, "tier", desk)
    return ReturnTier(
        id=ReturnTierId(head.id),
        **form.model_dump(),
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )


RETURN_TIERS = Plain(
    kind=ResourceKind.RETURN_TIER,
    form=ReturnTierForm,
    stored=lambda configuration: configuration.return_tiers.values(),
    form_of=_form_of,
    build=_build,
    retire=lambda tier, desk: Edit(tier.id, (archiving(ResourceKind.RETURN_TIER, tier, desk),)),
)
