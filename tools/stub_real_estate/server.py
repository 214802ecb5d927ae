"""The server: it knows some addresses, asks for keys, and does otherwise what it is told."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tools.stub_real_estate.answers import (
    Json,
    Property,
    malformed,
    person_not_found,
    property_detail,
    property_not_found,
    skip_trace,
    unauthorized,
)
from tools.stub_real_estate.reports import (
    Answer,
    address_verification,
    asked_address,
    avm,
    mls_detail,
    mls_search,
    property_comps,
)

PROPERTY_DETAIL = "/v2/PropertyDetail"
SKIP_TRACE = "/v2/SkipTrace"
PROPERTY_COMPS = "/v3/PropertyComps"
AVM = "/v2/PropertyAvm"
ADDRESS_VERIFICATION = "/v2/AddressVerification"
MLS_DETAIL = "/v2/MLSDetail"
MLS_SEARCH = "/v2/MLSSearch"
API_KEY = "stub-property-key"
SKIP_TRACE_KEY = "stub-skip-key"
BODY_BYTES_MAX = 64 * 1024
HANG_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 5.0


def _property_detail(known: Property | None, request: Json) -> Answer:
    return (200, property_detail(known, request)) if known else (404, property_not_found(request))


def _skip_trace(known: Property | None, request: Json) -> Answer:
    return (200, skip_trace(known, request)) if known else (404, person_not_found(request))


_ANSWERS: Mapping[str, Callable[[Property | None, Json], Answer]] = {
    PROPERTY_DETAIL: _property_detail,
    SKIP_TRACE: _skip_trace,
    PROPERTY_COMPS: property_comps,
    AVM: avm,
    ADDRESS_VERIFICATION: address_verification,
    MLS_DETAIL: mls_detail,
    MLS_SEARCH: mls_search,
}
_KEYS = dict.fromkeys(_ANSWERS, API_KEY) | {SKIP_TRACE: SKIP_TRACE_KEY}


@dataclass(frozen=True)
class Scripted:
    """What a path answers from now on, whatever it is asked; `hangs`: nothing at all."""

    status: int = 200
    body: bytes = b"{}"
    hangs: bool = False


@dataclass(frozen=True)
class ReceivedCall:
    """A call as it came; header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: Json


@dataclass
class StubRealEstate:
    """A running stub. Its scripts and its known addresses may be changed at any time."""

    url: str = ""
    known: list[Property] = field(default_factory=lambda: [Property()])
    calls: list[ReceivedCall] = field(default_factory=list)
    scripts: dict[str, Scripted] = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)

    def answered(self, call: ReceivedCall) -> Scripted:
        """Take a call down, and say what is answered."""
        self.calls.append(call)
        if scripted := self.scripts.get(call.path):
            return scripted
        status, body = _answer(call, self.known)
        return Scripted(status, json.dumps(body).encode())


def _answer(call: ReceivedCall, known: Sequence[Property]) -> Answer:
    if call.path not in _KEYS:
        return 404, {"message": "no such endpoint"}
    if call.headers.get("x-api-key") != _KEYS[call.path]:
        return 401, unauthorized(call.body)
    if not (call.body.get("address") or asked_address(call.body)):
        return 400, malformed(call.body)
    found = next((one for one in known if _is_meant(one, call)), None)
    return _ANSWERS[call.path](found, call.body)


def _is_meant(known: Property, call: ReceivedCall) -> bool:
    """SkipTrace and Address Verification are asked in parts, the others in one line."""
    if call.path == ADDRESS_VERIFICATION:
        asked, street = asked_address(call.body), "street"
    elif call.path == SKIP_TRACE:
        asked, street = call.body, "address"
    else:
        return call.body["address"] == known.line
    parts = [asked.get(name) for name in (street, "city", "state", "zip")]
    return parts == [known.street, known.city, known.state, known.postal_code]


def _handler(stub: StubRealEstate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Answer one call."""
            size = min(int(self.headers.get("content-length", 0)), BODY_BYTES_MAX)
            body = json.loads(self.rfile.read(size) or b"{}")
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = stub.answered(ReceivedCall(self.path, headers, body))
            if answer.hangs:
                stub.ending.wait(HANG_SECONDS_MAX)
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def stub_real_estate(port: int = 0) -> Iterator[StubRealEstate]:
    """A stub on a port of loopback (0: a free one), as long as the block lasts."""
    stub = StubRealEstate()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(stub))
    server.daemon_threads = True
    server.block_on_close = False
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.ending.set()
        server.shutdown()
        server.server_close()
        thread.join(STOP_SECONDS_MAX)
