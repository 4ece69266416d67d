"""Names of folders and files that hold labels or topics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from emogeo.errors import StimuliError
from emogeo.stimuli.files import TextFile, safe
from emogeo.stimuli.looks import share_of_usual
from emogeo.stimuli.records import Parsed, Record

Cut = tuple[str, ...]
"""The two parts of a name; or three, of which the last numbers texts."""
_PARTS = re.compile("[_-]")
_DOUBLE = "__"


def with_names(parsed: Parsed, file: TextFile, wanted: Sequence[str], cuts: Mapping[str, Cut]) -> Parsed:
    """Adds to records the names of their folders and their file, as far as these are wanted as fields.

    They are called folder1, folder2 … from outside to inside, and file; the parts of a file's name are file1 and file2,
    and file3 where a number of the text follows. A field of that name in a record stays.

    Args:
        cuts: the parts of files' names, as `cuts_of` gives them.
    """
    names = {name: value for name, value in names_of(file, cuts).items() if name in wanted}
    if not names:
        return parsed
    records = tuple(Record(record.where, {**names, **record.values}) for record in parsed.records)
    return Parsed(records, parsed.broken, parsed.notes, parsed.unnamed)


def label_of(file: TextFile) -> str:
    """Gives the label that a file's or its folder's name is.

    Raises:
        StimuliError: folders within folders.
    """
    if len(file.parts) > 2:
        raise StimuliError(
            f"{file.shown} has no labels in it and is {len(file.parts) - 1} folders deep; labels are taken from "
            "names as FOLDER/joy.txt or FOLDER/joy/1.txt. Give the folder that holds the labels' folders, or say what "
            "the names are: type 'stimuli.fields={emotion: folder1, topic: folder2}', say; that of the file is file."
        )
    return file.parts[0]


def questions(files: Sequence[TextFile]) -> list[str]:
    """Asks about names of files that return in folders, which could be topics as well as labels.

    Raises:
        StimuliError: names of files that are words for emotions, in folders whose names are not; names of files that
            are made of two parts, each of which returns: every file would be a condition of its own.
    """
    if all(len(file.parts) == 2 for file in files) and not all(file.parts[1].isdigit() for file in files):
        pairs = [file.parts for file in files]
        asked = _asked(pairs, "names of files return in several folders", "folder1", "file")
        if asked and share_of_usual([own for _, own in pairs]) > 0.5 > 2 * share_of_usual([own for own, _ in pairs]):
            raise StimuliError(
                f"labels would be the names of folders ({pairs[0][0]}, …), and files in them have names of emotions "
                f"({pairs[0][1]}, …). Type 'stimuli.fields={{emotion: file, topic: folder1}}' where these are labels, "
                "or 'stimuli.fields={emotion: folder1, topic: file}' where they are the topics."
            )
        return asked
    _refuse_parts(files)
    return []


def _refuse_parts(files: Sequence[TextFile]) -> None:
    cuts = cuts_of(files) if all(len(file.parts) == 1 for file in files) else {}
    both = [list(dict.fromkeys(cut[at] for cut in cuts.values())) for at in (0, 1)] if cuts else [[], []]
    if not cuts or not _return([(cut[0], cut[1]) for cut in cuts.values()]):
        return
    numbers = list(dict.fromkeys(cut[2] for cut in cuts.values() if len(cut) > 2))
    said = " and ".join(
        f"{len(own)} ({', '.join(own[:3])}{', …' if len(own) > 3 else ''})" for own in [*both, numbers] if own
    )
    third = ", and file3 numbers the texts" if numbers else ""
    first = 1 if _is_label(both[0]) >= _is_label(both[1]) else 2
    raise StimuliError(
        f"labels would be taken from the names of {len(files)} files, so that each file is a condition of its own, as "
        f"{files[0].parts[0]}; but the parts of these names return: {said}. Type "
        f"'stimuli.fields={{emotion: file{first}, topic: file{3 - first}}}' where file{first} is the label and "
        f"file{3 - first} the topic{third}; 'stimuli.fields={{emotion: file{3 - first}, topic: file{first}}}' the "
        f"other way; stimuli.fields.emotion=file{first} where the other part only numbers the files; "
        "stimuli.fields.emotion=file where each file is a condition."
    )


def _is_label(names: Sequence[str]) -> tuple[float, bool]:
    return share_of_usual(names), not all(name.isdigit() for name in names)


def cuts_of(files: Sequence[TextFile]) -> dict[str, Cut]:
    """Gives the parts of each file's name, by the name: two, and a third if it numbers texts of both.

    There are none where names are not made of parts that return.

    Names are cut at a double underscore where all have one; else where parts before and after the cut are most nearly
    crossed: at the first or the last underscore or hyphen, or as parts of the first name go with those of others.
    Where several cuts are crossed, parts that are words for emotions are preferred.
    """
    stems = list(dict.fromkeys(file.parts[-1] for file in files))
    return _numbered(_cut(stems, _DOUBLE, first=True) or _best_cut(stems))


def _numbered(cuts: dict[str, Cut]) -> dict[str, Cut]:
    """Cuts second parts once more, where all end in numbers that return, and so do what stands before them."""
    seconds = list(dict.fromkeys(cut[1] for cut in cuts.values() if len(cut) == 2))
    own = _cut(seconds, _DOUBLE, first=False) or _cut(seconds, "[_-]", first=False)
    if not own or not all(last.isdigit() for _, last in own.values()) or not _return(list(own.values())):
        return cuts
    return {stem: (cut[0], *own[cut[1]]) for stem, cut in cuts.items()}


def _best_cut(stems: Sequence[str]) -> dict[str, Cut]:
    ways = [_cut(stems, mark, first) for mark in ("[_]", "[-]", "[_-]") for first in (True, False)]
    likely = [cuts for cuts in [*_crossed(stems), *ways] if cuts and _return(list(cuts.values()))]
    return max(likely, key=_likeliness, default={stem: _halves(stem) for stem in stems if len(_halves(stem)) == 2})


def _likeliness(cuts: Mapping[str, Cut]) -> tuple[float, float]:
    first, second = ({cut[at] for cut in cuts.values()} for at in (0, 1))
    usual = max(share_of_usual(list(own)) for own in (first, second))
    return len(cuts) / (len(first) * len(second)), usual


def _return(pairs: Sequence[tuple[str, ...]]) -> bool:
    """Says whether first and second parts both return: half of their combinations are there at least."""
    first, second = ({pair[at] for pair in pairs} for at in (0, 1))
    many = min(len(first), len(second)) > 1 and len(set(pairs)) >= len(first) + len(second)
    return many and 2 * len(set(pairs)) >= len(first) * len(second)


def _cut(stems: Sequence[str], mark: str, first: bool) -> dict[str, Cut]:
    """Cuts every name at its first or last mark; none where a name has no mark within it."""
    pattern = re.compile(f"(.+?){mark}(.+)" if first else f"(.+){mark}(.+)")
    found = [pattern.fullmatch(stem) for stem in stems]
    return {stem: (own[1], own[2]) for stem, own in zip(stems, found, strict=True) if own} if all(found) else {}


def _crossed(stems: Sequence[str]) -> Iterator[dict[str, Cut]]:
    """Gives cuts by which names are all parts of one kind with all of another: the first name is cut at each mark."""
    there = set(stems)
    for mark in _PARTS.finditer(stems[0]):
        start, end = stems[0][: mark.start()], stems[0][mark.end() :]
        befores = [stem[: -len(end) - 1] for stem in stems if stem.endswith(f"{mark[0]}{end}")]
        afters = [stem[len(start) + 1 :] for stem in stems if stem.startswith(f"{start}{mark[0]}")]
        cuts: dict[str, Cut] = {f"{a}{mark[0]}{b}": (a, b) for a in befores for b in afters}
        if start and end and len(cuts) == len(stems) and cuts.keys() == there:
            yield cuts


def _halves(stem: str) -> Cut:
    return tuple(_PARTS.split(stem))


def _asked(pairs: Sequence[tuple[str, ...]], what: str, first: str, second: str) -> list[str]:
    """Gives a question where every first name stands with every second, so that they are crossed."""
    crossed = len({pair[0] for pair in pairs}) * len({pair[1] for pair in pairs})
    if len(set(pairs)) < crossed or crossed in (len({pair[0] for pair in pairs}), len({pair[1] for pair in pairs})):
        return []
    return [
        f"{what}: are these {pairs[0][1]}, … topics? Then type 'stimuli.fields={{emotion: {first}, topic: {second}}}'; "
        f"if they are the labels, 'stimuli.fields={{emotion: {second}, topic: {first}}}'"
    ]


def glob_without(file: TextFile, others: Sequence[TextFile]) -> str:
    """Says which glob leaves a file out, where the others have one suffix that it has not."""
    if not others:
        return ""
    root = file.path.parents[len(file.parts) - 1]
    deep = "**/" if any(len(other.parts) > 1 for other in others) else ""
    suffixes = {other.suffix for other in others}
    glob = safe(f"{root}/{deep}*{min(suffixes)}") if len(suffixes) == 1 and file.suffix not in suffixes else ""
    glob = safe(str(others[0].path)) if len(others) == 1 and not glob else glob
    typed = f"type stimuli.path='{glob}'" if glob else f"take it out of {safe(str(root))}"
    return f"\nIf it is no file of texts, leave it out: {typed}."


def names_of(file: TextFile, cuts: Mapping[str, Cut]) -> dict[str, str]:
    """Gives the names of a file's folders, of the file and of its parts, each by its field."""
    *folders, stem = file.parts
    parts = {f"file{at}": part for at, part in enumerate(cuts.get(stem, ()), start=1)}
    return {**{f"folder{at}": folder for at, folder in enumerate(folders, start=1)}, "file": stem, **parts}
