"""Partners (`product.md`, 16)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import ConfigDict, Field

from leadflow.application.configuration_ports import Change, ResourceKind
from leadflow.application.exchange_ports import Secrets
from leadflow.application.manage_configuration.condition_rules import Kinds, saved
from leadflow.application.manage_configuration.desk import (
    Desk,
    Edit,
    Members,
    Plain,
    archiving,
    head_of,
    secret_change,
)
from leadflow.application.manage_configuration.exchange_forms import (
    ExchangeForm,
    PingForm,
    PostForm,
    exchange_of,
    ping_form,
    post_form,
)
from leadflow.application.manage_configuration.exchange_rules import exchange_mistakes
from leadflow.application.manage_configuration.forms import Name, PercentageNumber
from leadflow.application.manage_configuration.target_forms import kept_secrets
from leadflow.application.partner_requests import secrets_of, secrets_owner
from leadflow.domain.conditions import Conditions, Reference
from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.exchanges import Exchange, ExchangeKind, PostExchange, secret_names
from leadflow.domain.fields import FieldType
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.model import Request
from leadflow.domain.partners import PARTNERS_MAX, AutoPause, Partner

PARTNER_BYTES_MAX = 350_000
"""Size limit of a partner as it is stored, as JSON in bytes: it has to fit into one item."""

ELIGIBILITY_KINDS: Kinds = {
    "state": (FieldType.STATE,),
    "zip": (FieldType.ZIP,),
    **{reference.value: (reference,) for reference in Reference},
}
"""What the eligibility of a partner may look at (`product.md`, 5)."""


class AutoPauseForm(AutoPause):
    """When an exchange pauses itself, as a request names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PartnerForm(Request):
    """A partner as a request names it."""

    name: Name
    offer_penalty_percentage: PercentageNumber | None = None
    eligibility: Conditions = ()
    show_returned_status: bool = True
    exclude_returned_from_payout: bool = False
    ping: PingForm | None = None
    post: PostForm | None = None
    auto_pause: AutoPauseForm = Field(default_factory=AutoPauseForm)


@dataclass(frozen=True)
class _Half:
    """One exchange of a partner: as it is asked for, as it is stored, and as it will be."""

    kind: ExchangeKind
    form: ExchangeForm | None
    before: Exchange | None
    after: Exchange | None

    @property
    def secret_names(self) -> Collection[str]:
        """The secrets that it needs."""
        return tuple(secret_names(self.after)) if self.after else ()


def _form_of(partner: Partner, _configuration: Configuration) -> PartnerForm:
    return PartnerForm(
        name=partner.name,
        offer_penalty_percentage=partner.offer_penalty_percentage,
        eligibility=partner.eligibility,
        show_returned_status=partner.show_returned_status,
        exclude_returned_from_payout=partner.exclude_returned_from_payout,
        ping=ping_form(partner.ping),
        post=post_form(partner.post),
        auto_pause=AutoPauseForm.model_validate(partner.auto_pause.model_dump()),
    )


def _build(form: PartnerForm, before: Partner | None, desk: Desk) -> Edit:
    draft, stored = _made(form, before, desk), _stored_secrets(before, desk)
    halves = (
        _Half("ping", form.ping, before.ping if before else None, draft.ping),
        _Half("post", form.post, before.post if before else None, draft.post),
    )
    kept: dict[str, str] = {}
    errors = _mistakes(form, before, desk.configuration)
    for half in halves:
        secrets = _kept(half, stored)
        missing = [name for name in half.secret_names if name not in secrets]
        errors |= exchange_mistakes(half.kind, half.form, half.before, missing, desk)
        kept |= {f"{half.kind}.{name}": secret for name, secret in secrets.items()}
    eligibility = _eligibility(form, desk, errors)
    if errors:
        raise ValidationFailed(errors)
    after = _fitting(draft.model_copy(update={"eligibility": eligibility}))
    apart = secret_change(secrets_owner(after.id), after.version, stored, kept)
    change = Change(ResourceKind.PARTNER, after.id, before, after)
    return Edit(after.id, (change,), kept_apart=(apart,))


def _mistakes(
    form: PartnerForm, before: Partner | None, configuration: Configuration
) -> dict[str, list[str]]:
    others = [one for one in configuration.live_partners.values() if one != before]
    if form.name.casefold() in {one.name.casefold() for one in others}:
        return {"name": ["The name is already taken."]}
    if before is None and len(others) >= PARTNERS_MAX:
        return {"name": [f"A tenant has at most {PARTNERS_MAX} partners."]}
    return {}


def _eligibility(form: PartnerForm, desk: Desk, errors: dict[str, list[str]]) -> Conditions:
    """The eligibility as it is kept; what is wrong with it is added to `errors`."""
    try:
        return saved(form.eligibility, ELIGIBILITY_KINDS, desk, "eligibility")
    except ValidationFailed as failed:
        errors |= {path: list(messages) for path, messages in failed.errors.items()}
        return ()


def _made(form: PartnerForm, before: Partner | None, desk: Desk) -> Partner:
    """The partner that a form stands for, without its eligibility."""
    head = head_of(before, "partner", desk)
    return Partner(
        id=PartnerId(head.id),
        name=form.name,
        offer_penalty_percentage=form.offer_penalty_percentage,
        show_returned_status=form.show_returned_status,
        exclude_returned_from_payout=form.exclude_returned_from_payout,
        ping=exchange_of(Exchange, form.ping, before.ping if before else None, desk.now),
        post=exchange_of(PostExchange, form.post, before.post if before else None, desk.now),
        auto_pause=AutoPause.model_validate(form.auto_pause.model_dump()),
        version=head.version,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )


def _fitting(partner: Partner) -> Partner:
    if len(partner.model_dump_json().encode()) > PARTNER_BYTES_MAX:
        message = f"A partner has at most {PARTNER_BYTES_MAX} bytes as JSON."
        raise ValidationFailed({"body": [message]})
    return partner


def _stored_secrets(before: Partner | None, desk: Desk) -> Secrets:
    return desk.secrets_of(secrets_owner(before.id), before.version) if before else {}


def _kept(half: _Half, stored: Secrets) -> Mapping[str, str]:
    """The secrets of an exchange: what is masked or left out stays as it is stored."""
    if half.form is None:
        return {}
    return kept_secrets(half.form, half.secret_names, secrets_of(half.kind, stored))


def _retire(partner: Partner, desk: Desk) -> Edit:
    """Archive the partner, free its sources and forget its secrets (`product.md`, 16.1)."""
    freed = [
        Change(
            ResourceKind.SOURCE,
            source.id,
            source,
            source.model_copy(
                update={"partner_id": None, "version": source.version + 1, "updated_at": desk.now}
            ),
        )
        for source in desk.configuration.sources.values()
        if source.partner_id == partner.id and not source.archived
    ]
    changes = (archiving(ResourceKind.PARTNER, partner, desk), *freed)
    stored = _stored_secrets(partner, desk)
    gone = secret_change(secrets_owner(partner.id), partner.version + 1, stored, {})
    return Edit(partner.id, changes, kept_apart=(gone,))


def _extras(partner: Partner, _configuration: Configuration) -> Members:
    return {
        "ping_configured": partner.ping is not None,
        "post_configured": partner.post is not None,
    }


PARTNERS = Plain(
    kind=ResourceKind.PARTNER,
    form=PartnerForm,
    stored=lambda configuration: configuration.partners.values(),
    form_of=_form_of,
    build=_build,
    retire=_retire,
    extras=_extras,
)
