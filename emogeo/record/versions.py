"""What the states and texts of runs were made with, and in what two of these origins differ."""

from __future__ import annotations

import re

from emogeo.record.origin import MadeWith, PassRecord
from emogeo.record.types import AnyRecord, GeometryRecord

LIBRARIES = ("torch", "transformers", "bitsandbytes")
"""The libraries another version of which may give other states."""
STATES, TEXTS = "states", "texts"


def origins(record: AnyRecord) -> dict[str, MadeWith]:
    """Gives what a run's `states` and, where a model wrote them, its `texts` were made with, as far as it is known.

    Of states that are older than this part of a record, only the device is known. Imported states have no origin.
    """
    if not isinstance(record, GeometryRecord):
        return {}
    own, written = record.provenance.readings.get("passages"), record.generation
    texts = None if written is None else written.made_with
    found = {STATES: None if own is None else origin_of(own), TEXTS: texts}
    return {what: made for what, made in found.items() if made is not None}


def origin_of(own: PassRecord) -> MadeWith:
    """Gives what the states of a pass were made with; without libraries where these were not recorded."""
    return own.made_with or MadeWith(created="", libraries={}, device=own.device, hardware=None)


def releases(made: MadeWith) -> dict[str, str]:
    """Gives by its name what may change states: releases of libraries, the kind of device, and the hardware."""
    versions = {name: made.libraries.get(name) for name in LIBRARIES}
    known = {name: release(version) for name, version in versions.items() if version}
    hardware = {"hardware": made.hardware} if made.hardware else {}
    return {**known, "device": made.device.partition(":")[0], **hardware}


def release(version: str) -> str:
    """Gives major, minor and patch of a version, as in 2.13.0 of 2.13.0+cu126; a version of another form as it is."""
    found = re.match(r"\d+(\.\d+){0,2}", version)
    return found.group() if found else version


def differences(a: MadeWith, b: MadeWith) -> dict[str, tuple[str, str]]:
    """Gives what two origins are known to differ in, by its name, with what it is in either.

    What only one of them has is no difference (a precision may need a library more), nor is the hardware of devices
    that are of different kinds.
    """
    own, its = releases(a), releases(b)
    found = {name: (own[name], its[name]) for name in own if name in its and own[name] != its[name]}
    if "device" in found:
        found.pop("hardware", None)
    return found


def said(a: MadeWith, b: MadeWith) -> str:
    """Says what two origins differ in, as in `torch 2.12.0 and 2.13.0, device cpu and cuda`; "" for nothing."""
    return ", ".join(f"{name} {own} and {its}" for name, (own, its) in differences(a, b).items())


def in_words(made: MadeWith | None) -> str:
    """Says what states or texts were made with, and on which day; that it is not recorded where no library is."""
    if made is None or not made.libraries:
        return "not recorded"
    known = [f"{name} {version}" for name, version in made.libraries.items() if version]
    device = made.device if made.hardware is None else f"{made.device} ({made.hardware})"
    return ", ".join([*known, device, made.created.partition("T")[0]])
