"""The server by hand: `python -m tests.wandb_server [--port N]`, until Ctrl-C."""

from __future__ import annotations

import argparse
import tempfile
import threading
from pathlib import Path

from tests.wandb_server.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.wandb_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (default) for a free one")
    parser.add_argument("--entity", default="tester", help="whose projects they are (default: tester)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wandb-server-") as folder:
        server = Server(Path(folder), asked.entity, asked.port).start()
        for name, value in server.environment().items():
            print(f"export {name}={value}")
        print(f"# entity: {asked.entity}; stop with Ctrl-C, and everything is gone", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            server.stop()
            for refused in server.refused:
                print(f"refused: {refused}")


if __name__ == "__main__":
    main()
