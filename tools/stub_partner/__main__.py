"""Run a stub partner until it is interrupted: `python -m tools.stub_partner --port 8700`.

Prints its URL as the first line. `/_script` and `/_calls` steer it, see `server.py`.
"""

import argparse
import asyncio

from tools.stub_partner.calls import Book
from tools.stub_partner.certificates import self_signed
from tools.stub_partner.server import port_of, serving


async def serve(port: int, *, tls: bool) -> None:
    """Serve for ever."""
    context = self_signed().server if tls else None
    server = await serving(Book(), port=port, tls=context)
    scheme = "https" if tls else "http"
    print(f"{scheme}://127.0.0.1:{port_of(server)}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tools.stub_partner")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--tls", action="store_true", help="with a self-signed certificate")
    chosen = parser.parse_args()
    try:
        asyncio.run(serve(chosen.port, tls=chosen.tls))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
