"""`python -m emogeo.tracking push [STORE]`: delivers to W&B what is recorded and not yet there."""

from __future__ import annotations

import argparse
import json
import logging
import sys

from emogeo.config.schema import TrackingConfig, TrackingMode
from emogeo.errors import EmogeoError, StoreError
from emogeo.tracking.store import RUNS, Store


def main(words: list[str] | None = None) -> int:
    """0 when every whole record is on the server afterwards."""
    parser = argparse.ArgumentParser(prog="python -m emogeo.tracking")
    commands = parser.add_subparsers(dest="command", required=True)
    push = commands.add_parser("push", help="deliver every record of a store that the server does not have yet")
    push.add_argument("store", nargs="?", default="store", help="its folder (default: store)")
    push.add_argument("--entity", help="default: the record's own, else yours")
    push.add_argument("--project", help="default: the record's own")
    asked = parser.parse_args(words)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
    try:
        return deliver(Store(asked.store), asked.entity, asked.project)
    except EmogeoError as error:
        print(f"emogeo: {error}", file=sys.stderr)
        return 1


def deliver(store: Store, entity: str | None, project: str | None) -> int:
    """Pushes record after record; says how many are there.

    Raises:
        TrackingError: the server is not there, or does not let us in.
        StoreError: an empty store.
    """
    from emogeo.cell.track import push_record
    from emogeo.tracking.wandb_client import sign_in

    keys = list(store.keys(RUNS))
    if not keys:
        raise StoreError(f"{store.path} holds no record: type the folder, as in python -m emogeo.tracking push STORE.")
    sign_in()
    outcomes: dict[str, int] = {"delivered": 0, "there before": 0, "failed": 0}
    for key in keys:
        try:
            config = json.loads(store.read(RUNS, key)["run.json"])["config"]["tracking"]
        except StoreError as error:
            logging.error("%s", error)
            outcomes["failed"] += 1
            continue
        tracking = TrackingConfig(
            TrackingMode.online,
            project or config["project"],
            entity or config["entity"],
            config["group"],
            config["tags"],
        )
        outcomes[push_record(tracking, store, key)] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count))
    return 1 if outcomes["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
