"""Which label and which block an array is of, by the names that lead to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emogeo.errors import ImportedError
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.imported.stored import Key
from emogeo.stimuli.files import shown

_CUT = r"[_\-./: @|=]"
_MARK = re.compile(
    rf"(?i)(?:^|(?<={_CUT}))(?:hidden_?states?|hidden_?layers?|hidden|layers?|blocks?|blk|resid(?:ual)?|hs|"
    rf"direction|depth|l|h){_CUT}*(\d+)(?=$|{_CUT})"
)
"""A block that is called one: layer_3, L3, blocks.3, hidden_16, direction.7."""
_BARE = (
    re.compile(r"(?:^|(?<=/))()(\d+)()(?=/|$)"),
    re.compile(rf"(?:^|(?<=/))(?P<b>[^/]*[^/_\-.: @|=])({_CUT}+)(\d+)(?=/|$)"),
    re.compile(rf"(?:^|(?<=/))(\d+)({_CUT}+)(?=[^/\d])"),
)
_ABOUT = frozenset(
    (
        *("vector", "vectors", "vec", "vecs", "ev", "emotion", "emotions", "condition", "conditions", "concept"),
        *("concepts", "steering", "control", "direction", "directions", "state", "states", "activation", "activations"),
        *("acts", "hidden", "resid", "residual", "residuals", "post", "pre", "mid", "stream", "hook", "out", "output"),
        *("mean", "means", "model", "data", "arr", "array", "diff", "block", "blocks", "layer", "layers"),
    )
)
"""Words in the names of arrays that are no labels, where all have them."""


@dataclass(frozen=True)
class Place:
    """The label and the block of an array, as far as its name has them."""

    label: str | None
    block: int | None


def places_of(keys: Sequence[Key], pattern: str | None, flat: bool) -> dict[Key, Place]:
    """Gives the label and the block of each array by its name.

    Args:
        pattern: how names are made, with `{label}` and `{layer}` in their places; None: as they usually are.
        flat: whether each array is one vector, so that names are all there is to tell labels by.

    Raises:
        ImportedError: names that do not fit the pattern, that name blocks in part alone, or are numbers alone.
    """
    names = {key: "/".join(key) for key in keys}
    if pattern is not None:
        return _by_pattern(names, pattern)
    ways = [{key: _marked(name, last) for key, name in names.items()} for last in (False, True)]
    found = next((way for way in ways if _is_crossed(list(way.values()))), ways[0])
    if all(found.values()):
        return _labelled({key: own for key, own in found.items() if own is not None}, flat)
    bare = _bare(names, flat)
    if bare:
        return bare
    if 2 * sum(own is not None for own in found.values()) > len(found):
        odd = [names[key] for key, own in found.items() if own is None]
        raise ImportedError(
            f"Names of blocks are in {len(names) - len(odd)} of {len(names)} arrays, and not in "
            f"{', '.join(map(shown, odd[:3]))}{', …' if len(odd) > 3 else ''}. Say which arrays are meant: type "
            "'imported.fields={vectors: \"layer_{layer}__{label}\"}', with names as they are there."
        )
    return _labelled({key: (name, None) for key, name in names.items()}, flat)


def block_in(name: str) -> int | None:
    """Gives the block that a file's name says, as emotion_vectors_layer_3 does."""
    found = _MARK.search(name)
    return int(found[1]) if found else None


def _marked(name: str, last: bool) -> tuple[str, int] | None:
    """Gives what is left of a name without its block, and the block.

    Args:
        last: whether of several marks, the longest words among them, the last one is it; else the first.
    """
    marks = list(_MARK.finditer(name))
    mark = max(reversed(marks) if last else marks, key=lambda own: len(own[0].rstrip("0123456789")), default=None)
    return None if mark is None else (_joined(name[: mark.start()], name[mark.end() :]), int(mark[1]))


def _is_crossed(found: Sequence[tuple[str, int] | None]) -> bool:
    """Says whether each label stands with each block once."""
    labels, blocks = ({own[at] for own in found if own is not None} for at in (0, 1))
    return None not in found and len(set(found)) == len(found) == len(labels) * len(blocks)


def _joined(left: str, right: str) -> str:
    left, right = re.sub(f"{_CUT}+$", "", left), re.sub(f"^{_CUT}+", "", right)
    return f"{left}/{right}" if left and right else left or right


def _by_pattern(names: Mapping[Key, str], pattern: str) -> dict[Key, Place]:
    made = re.escape(pattern).replace(r"\{label\}", "(?P<label>.+)").replace(r"\{layer\}", r"(?P<block>\d+)")
    found = {key: own for key, name in names.items() if (own := re.fullmatch(made.replace(r"\*", ".*"), name))}
    if not found:
        there = ", ".join(map(shown, list(names.values())[:4]))
        raise ImportedError(f"No array is called as imported.fields.vectors={pattern} says. There are {there}.")
    groups = {key: own.groupdict() for key, own in found.items()}
    return {
        key: Place(own.get("label"), int(own["block"]) if own.get("block") is not None else None)
        for key, own in groups.items()
    }


def _bare(names: Mapping[Key, str], flat: bool) -> dict[Key, Place]:
    """Gives places by numbers without a mark, where all names have one, and each label has each number."""
    for rule in _BARE if len(names) > 1 else ():
        cuts = {key: _cut(rule, name) for key, name in names.items()}
        if not all(cuts.values()):
            continue
        found = {key: own for key, own in cuts.items() if own is not None}
        labels = {own[0] for own in found.values()}
        if not flat and len(labels) > 1 and _is_crossed(list(found.values())):
            raise ImportedError(
                f"Names end or begin with numbers, as {shown(next(iter(names.values())))}: blocks, or texts? "
                "Where they are blocks, say how names are made: type 'imported.fields={vectors: \"{label}/{layer}\"}', "
                "with what stands between the two there; states of texts belong in one array a label."
            )
        if _is_crossed(list(found.values())) and (not flat or len(labels) >= MIN_CONDITIONS):
            return _labelled(dict(found), flat)
        if flat and labels == {""}:
            raise ImportedError(
                f"The arrays are called by numbers alone ({', '.join(list(names.values())[:4])}, …), which could be "
                "labels or blocks. Where they are labels, type 'imported.fields={vectors: \"{label}\"}'; a file with "
                f"the blocks of one label belongs in a folder with those of {MIN_CONDITIONS - 1} others or more."
            )
    return {}


def _cut(rule: re.Pattern[str], name: str) -> tuple[str, int] | None:
    found = rule.search(name)
    if found is None:
        return None
    digits = next(group for group in found.groups()[::-1] if group and group.isdigit())
    kept = found.groupdict().get("b") or ""
    return _joined(name[: found.start()] + kept, name[found.end() :]), int(digits)


def _labelled(found: Mapping[Key, tuple[str, int | None]], flat: bool) -> dict[Key, Place]:
    """Gives places with labels without the words that all have and that are none."""
    rests = _bared(sorted({rest for rest, _ in found.values()}))
    alone = len(rests) == 1 and (not flat or not next(iter(rests.values())))
    return {key: Place(None if alone else rests[rest], block) for key, (rest, block) in found.items()}


def _bared(names: Sequence[str]) -> dict[str, str]:
    rests = {name: name for name in names}
    while True:
        cut = _without_folder(rests) or _without(rests, rf"^([A-Za-z]+)(?:{_CUT}+(.*))?$", 1, 2)
        cut = cut or _without(rests, rf"^(?:(.*?){_CUT}+)?([A-Za-z]+)$", 2, 1)
        if cut is None:
            return rests
        rests = cut


def _without_folder(rests: Mapping[str, str]) -> dict[str, str] | None:
    """Takes the outermost name away, where several names have one in common."""
    outer = {own.partition("/")[0] for own in rests.values()}
    cut = {name: own.partition("/")[2] for name, own in rests.items()}
    return cut if len(rests) > 1 and len(outer) == 1 and all(cut.values()) else None


def _without(rests: Mapping[str, str], pattern: str, word: int, rest: int) -> dict[str, str] | None:
    """Takes one word away from all names, where it is the same and no label."""
    found = {name: re.match(pattern, own) for name, own in rests.items()}
    words = {own[word].lower() if own else "" for own in found.values()}
    if len(words) != 1 or not words <= _ABOUT:
        return None
    cut = {name: (own[rest] or "" if own else "") for name, own in found.items()}
    kept = all(cut.values()) or len(cut) == 1
    return cut if kept and len(set(cut.values())) == len(cut) else None
