"""`python -m emogeo.tracking push`: delivers to W&B what is recorded and not yet there; `workspace`: its panels."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from emogeo.config.schema import TrackingConfig, TrackingMode
from emogeo.errors import EmogeoError, StoreError, TrackingError
from emogeo.store.store import RUNS, Store


def main(words: list[str] | None = None) -> int:
    """0 when every whole record is on the server afterwards."""
    parser = argparse.ArgumentParser(prog="python -m emogeo.tracking")
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
    try:
        if asked.command == "workspace":
            return show(asked.entity, asked.project, asked.file)
        return deliver(Store(asked.store), asked.entity, asked.project)
    except EmogeoError as error:
        print(f"emogeo: {error}", file=sys.stderr)
        return 1


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


def deliver(store: Store, entity: str | None, project: str | None) -> int:
    """Pushes record after record; says how many are there.

    Raises:
        TrackingError: the server is not there, or does not let us in.
        StoreError: an empty store.
    """
    from emogeo.tracking.client import reason, sign_in
    from emogeo.tracking.mirror import push_record

    keys = list(store.keys(RUNS))
    if not keys:
        raise StoreError(f"{store.path} holds no record: type the folder, as in python -m emogeo.tracking push STORE.")
    sign_in()
    outcomes: dict[str, int] = {"delivered": 0, "there before": 0, "failed": 0}
    for key in keys:
        try:
            outcomes[push_record(_where(store, key, entity, project), store, key)] += 1
        except TrackingError:  # no server: the others would not arrive either
            raise
        except Exception as error:  # the client raises errors of many kinds; one record does not stop the others
            logging.error("%s is not delivered: %s: %s", key[:12], type(error).__name__, reason(error))
            outcomes["failed"] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count))
    return 1 if outcomes["failed"] else 0


def _where(store: Store, key: str, entity: str | None, project: str | None) -> TrackingConfig:
    """As the record has it, unless it is asked for otherwise."""
    own = json.loads(store.read(RUNS, key)["run.json"])["config"]["tracking"]
    return TrackingConfig(
        TrackingMode.online, project or own["project"], entity or own["entity"], own["group"], own["tags"]
    )


if __name__ == "__main__":
    sys.exit(main())
