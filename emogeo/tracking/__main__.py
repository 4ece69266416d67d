"""`python -m emogeo.tracking push`: delivers to W&B what is recorded and not yet there; `workspace`: its panels."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from emogeo.errors import TrackingError
from emogeo.installation import command
from emogeo.machine import exit_code
from emogeo.store.store import Store


def main(words: list[str] | None = None) -> int:
    """0 when every whole record is on the server afterwards."""
    parser = argparse.ArgumentParser(prog=command("tracking"))
    commands = parser.add_subparsers(dest="command", required=True)
    push = commands.add_parser("push", help="deliver every record of a store that the server does not have yet")
    push.add_argument("store", nargs="?", default="store", help="its folder (default: store)")
    push.add_argument("--entity", help="default: the record's own, else yours")
    push.add_argument("--project", help="default: the record's own")
    panels = commands.add_parser(
        "workspace", help="make a workspace and a report in a project, or bring them up to date"
    )
    panels.add_argument("--entity", help="default: yours")
    panels.add_argument("--project", default="emogeo", help="default: emogeo")
    panels.add_argument("--file", type=Path, help="write the specification to this file instead; asks no server")
    asked = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
    return exit_code(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "workspace":
        return show(asked.entity, asked.project, asked.file)
    from emogeo.tracking.push import deliver

    return deliver(Store(asked.store), asked.entity, asked.project)


def show(entity: str | None, project: str, file: Path | None) -> int:
    """Makes the panels of a project, or writes their specification to `file`.

    Raises:
        TrackingError: the extra `workspaces` is not installed, the server did not take them, or no such file can be.
    """
    from emogeo.tracking.workspace import save, specification

    if file is None:
        print("\n".join(save(entity, project)))
        return 0
    try:
        file.write_text(specification())
    except OSError as error:
        raise TrackingError(f"--file {file} cannot be written: {error.strerror}") from error
    print(f"{file}: the specification of the workspace and the report; nothing was sent")
    return 0


if __name__ == "__main__":
    sys.exit(main())
