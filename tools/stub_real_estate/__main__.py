"""Run the stub until it is interrupted: `python -m tools.stub_real_estate --port 8710`.

Prints its URL as the first line, then the keys that it asks for and the address that it knows.
"""

import argparse
import threading

from tools.stub_real_estate.answers import Property
from tools.stub_real_estate.server import API_KEY, SKIP_TRACE_KEY, stub_real_estate


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tools.stub_real_estate")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    chosen = parser.parse_args()
    with stub_real_estate(chosen.port) as stub:
        print(stub.url, flush=True)
        print(f"keys: {API_KEY} and {SKIP_TRACE_KEY}; knows {Property().line}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
