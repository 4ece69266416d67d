"""The one place where records become JSON, and JSON records: every field is checked when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from omegaconf import MISSING

from emogeo.config.mode import Mode
from emogeo.errors import RecordError
from emogeo.record.decoded import decoded
from emogeo.record.files import RUN_FILE
from emogeo.record.origin import PassRecord, TextCounts, Written
from emogeo.record.types import (
    AnyRecord,
    BareRecord,
    BareResult,
    BehaviourRecord,
    BehaviourResult,
    FacetRecord,
    GeometryRecord,
    GeometryResult,
    ReadoutRecord,
    ReadoutResult,
    SteeringRecord,
    SteeringResult,
)
from emogeo.stimuli.behaviour import RULES
from emogeo.store.keys import SCHEMA, Json, canonical_json

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
_KINDS: dict[Mode, tuple[type[AnyRecord], type]] = {
    **dict.fromkeys(Mode, (GeometryRecord, GeometryResult)),
    Mode.steering: (SteeringRecord, SteeringResult),
    Mode.behaviour: (BehaviourRecord, BehaviourResult),
    Mode.readout: (ReadoutRecord, ReadoutResult),
}
_IN_JSON = {"reread_of": "twin"}
"""Fields that have another name in JSON."""
_FLAT = {"result", "counts", "numbers"}
"""Fields that are flat in JSON: their own fields stand beside the others."""
_SHOWN = 60
"""The number of letters of a wrong value that an error shows."""


def parse_record(content: bytes, where: str) -> AnyRecord:
    """Reads run.json.

    Args:
        where: the record's folder, for messages.

    Raises:
        RecordError: a field that is missing or wrong; names the file and the field.
        RecordError: a record of an earlier version of emogeo.
    """
    file = f"{where}/{RUN_FILE}"
    found = _object(content, file)
    _refuse_earlier(found, where)
    mode = _one_of(Mode, found.get("mode"), f"{file}: mode")
    bare = mode is Mode.imported and "kind" in found
    record_type, result_type = (BareRecord, BareResult) if bare else _KINDS[mode]
    record = _read(record_type, _nested(found, result_type, file), file)
    missing = next(_left_open(record.config, "config"), None)
    if missing is not None:
        raise RecordError(f"{file}: {missing}: Field required")
    return record


def record_json(record: AnyRecord) -> bytes:
    """Writes run.json.

    Raises:
        ValueError: a number that is NaN or infinite.
    """
    return canonical_json({"schema": SCHEMA, "status": record.status, **plain(record)})


def written_of(found: Json, where: str) -> Written:
    """Reads from JSON how texts were written.

    Raises:
        RecordError: a field that is missing or wrong.
    """
    return _read(Written, found, where)


def pass_of(found: Json, where: str) -> PassRecord:
    """Reads from JSON how a pass was computed.

    Raises:
        RecordError: a field that is missing or wrong.
    """
    return _read(PassRecord, found, where)


def row_of(kind: type[T], found: Json, where: str) -> T:
    """Reads a row of a file of JSON lines, or another part of a record.

    Args:
        kind: of a row, see `emogeo.record.rows`.

    Raises:
        RecordError: a field that is missing or wrong.
    """
    return _read(kind, found, where)


def key_in(content: bytes) -> str | None:
    """Finds the key in the JSON of a record of any kind or version; None where there is none."""
    try:
        key = json.loads(content)["key"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return key if isinstance(key, str) else None


def plain(value: Any) -> Any:
    """Gives a record, or a part of one, as plain Python containers for JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        return _flattened({_IN_JSON.get(name, name): plain(part) for name, part in found.items()})
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list | tuple) else value


def _flattened(found: Json) -> Json:
    kept = {name: part for name, part in found.items() if name not in _FLAT}
    for name in _FLAT & set(found):
        kept |= found[name] or {}
    if "result" in found and found["result"] is not None:
        del kept["reason"]
    return kept


def _object(content: bytes, file: str) -> Json:
    found = decoded(content, file)
    if not isinstance(found, dict):
        raise RecordError(f"{file} holds no JSON object")
    return found


def _refuse_earlier(found: Json, where: str) -> None:
    """Refuses a record of another schema or, where answers were judged, of other rules."""
    meaning = found.get("meaning")
    rules = meaning.get("rules") if isinstance(meaning, dict) else None
    judged = found.get("mode") == Mode.behaviour.value
    if found.get("schema") != SCHEMA or (judged and rules != RULES):
        raise RecordError(f"{where} is of an earlier version; compute the run again")


def _one_of(kind: type[T], value: Any, where: str) -> T:
    try:
        return cast(Callable[[Any], T], kind)(value)
    except ValueError as error:
        raise RecordError(f"{where}: {error}") from error


def _nested(found: Json, result_type: type, file: str) -> Json:
    """Nests in the JSON the fields that stand flat in it."""
    record = {name: value for name, value in found.items() if name not in {"schema", "status"}}
    status = found.get("status")
    if status == "finished":
        names = {field.name for field in fields(result_type)}
        record["result"] = {name: record.pop(name) for name in names & set(record)}
        if result_type is BehaviourResult:
            record["result"] = _with_facets(record["result"])
        record.pop("reason", None)
    elif status != "refused":
        raise RecordError(f"{file}: status: Input should be 'finished' or 'refused' (found {_shown(status)})")
    elif not isinstance(record.get("reason"), str):
        raise RecordError(f"{file}: reason: Input should be a valid string (found {_shown(record.get('reason'))})")
    for name, called in _IN_JSON.items():
        if called in record:
            record[name] = record.pop(called)
    if isinstance(record.get("generation"), dict):
        record["generation"] = _apart(record["generation"], "counts", {field.name for field in fields(TextCounts)})
    return record


def _with_facets(result: Json) -> Json:
    heading = {field.name for field in fields(FacetRecord)}
    facets = result.get("metrics")
    if not isinstance(facets, dict):
        return result
    apart = {
        name: _apart(facet, "numbers", set(facet) - heading) if isinstance(facet, dict) else facet
        for name, facet in facets.items()
    }
    return {**result, "metrics": apart}


def _apart(found: Json, name: str, inner: set[str]) -> Json:
    """Takes some fields out as one; None for a generation without counts."""
    own = {field: found[field] for field in inner & set(found)}
    rest = {field: value for field, value in found.items() if field not in inner}
    return {**rest, name: own or (None if name == "counts" else {})}


def _read(kind: type[T], found: Json, where: str) -> T:
    from pydantic import ValidationError

    try:
        return cast(T, _adapter(cast(Any, kind)).validate_json(json.dumps(found)))
    except ValidationError as error:
        raise RecordError(f"{where}: {_first(error)}") from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import ConfigDict, TypeAdapter

    # a dataclass by itself would not take a configuration
    return TypeAdapter(kind | None, config=ConfigDict(strict=True, allow_inf_nan=False))


def _first(error: ValidationError) -> str:
    """Names the first wrong field, and how many more there are."""
    first, *others = error.errors(include_url=False)
    place = [_IN_JSON.get(str(part), str(part)) for part in first["loc"] if part not in _FLAT]
    found = "" if first["type"] == "missing" else f" (found {_shown(first['input'])})"
    more = f"; {len(others)} more" if others else ""
    return f"{'.'.join(place)}: {first['msg']}{found}{more}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _left_open(config: Any, path: str) -> Iterator[str]:
    """Finds the fields of a configuration that have no value and no default."""
    for field in fields(config):
        value = getattr(config, field.name)
        if value == MISSING:
            yield f"{path}.{field.name}"
        elif is_dataclass(value):
            yield from _left_open(value, f"{path}.{field.name}")
