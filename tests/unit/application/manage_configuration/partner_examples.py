"""Partners as requests name them."""

from leadflow.domain.identifiers import PartnerId
from tests.fakes.workbench import Body, Workbench

PING: Body = {"url": "https://buyer.example.com/ping", "response": {"price_path": "price"}}
POST: Body = {"url": "https://buyer.example.com/post"}
BASIC = {"type": "basic", "username": "me", "password": "pa55"}
BEARER = {"type": "bearer", "token": "t0ken"}
STATE = {"property": "state", "operator": "equals", "value": "TX"}


def new(**members: object) -> Body:
    return {"name": "Buyer", **members}


def ping(**members: object) -> Body:
    return {"ping": {**PING, **members}}


def post(**members: object) -> Body:
    return {"post": {**POST, **members}}


def made(bench: Workbench, **members: object) -> PartnerId:
    return PartnerId(bench.create("partners", **new(**members))["id"])


def kept_secrets(bench: Workbench, partner_id: str) -> dict[str, str]:
    return dict(bench.store.secrets.kept.get(f"partners#{partner_id}", {}))


def mapped(*values: object) -> list[Body]:
    return [{"key": f"k{number}", "value": value} for number, value in enumerate(values)]
