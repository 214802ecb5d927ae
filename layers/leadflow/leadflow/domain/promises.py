"""What the answer to a ping offers, and the promise that a post comes back to (15.7, 15.8)."""

from uuid import UUID

from leadflow.domain.decisions import Decision
from leadflow.domain.identifiers import StageId
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.reservations import PartnerOffer


class PingOffer(Frozen):
    """One offer of an answer: what somebody would be charged, had the lead come then.

    `decision` is how it competed, with its way to the price. `payout_cents` is what the source
    would be owed. `customer_number` is None for partners, `offer` for all others.
    """

    id: UUID
    decision: Decision
    charged_cents: Cents
    payout_cents: Cents
    consent_name: str
    customer_number: int | None = None
    offer: PartnerOffer | None = None


class Promise(Frozen):
    """One offer of a ping that its post may claim.

    `better` are offers that the source passed over for it; `partner_offers` all that partners
    offered to the ping, `offers_count` says how many offers it got. `kept` is None until the
    promise is either kept or lapsed.
    """

    stage_id: StageId
    offer: PingOffer
    lead_type_matches: bool = True
    better: tuple[PingOffer, ...] = ()
    partner_offers: tuple[PartnerOffer, ...] = ()
    offers_count: int = 1
    kept: bool | None = None
