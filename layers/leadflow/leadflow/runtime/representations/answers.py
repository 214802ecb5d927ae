"""What the source API answers."""

from leadflow.application.submit_lead import Answer
from leadflow.domain.model import Frozen
from leadflow.domain.money import dollars


class LeadAnswer(Frozen):
    """The answer to `POST /leads`; `price` is what the source is paid, in dollars."""

    lead_public_id: str
    lead_uuid: str
    status: str
    price: float
    result: str
    submission_id: str
    flow_id: str
    is_test: bool


def lead_answer(answer: Answer) -> LeadAnswer:
    """Spell an answer."""
    return LeadAnswer(
        lead_public_id=answer.lead.id,
        lead_uuid=str(answer.lead.lead_uuid),
        status=answer.status,
        price=dollars(answer.payout_cents),
        result=answer.result,
        submission_id=answer.submission_id,
        flow_id=answer.flow_id,
        is_test=answer.lead.is_test,
    )
