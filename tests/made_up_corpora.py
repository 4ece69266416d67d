"""Corpora whose units repeat each other, or in which a word gives the condition away, and one without either."""

from __future__ import annotations

import random
from collections.abc import Iterable

from emogeo.geometry.grouping import planned_units
from emogeo.geometry.states import LabelledTexts
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus

SENTENCES = dict(
    zip(
        CONDITIONS,
        """Her hands shook and she could not look behind her
        He slammed the drawer and shouted at the wall
        She counted the minutes and checked the lock again
        Everything glowed and he wanted nothing at all
        He turned the old quarrel over and over in his head
        She breathed slowly and let the sounds go by
        He begged them for one more day or for anything
        She clapped and told everyone about the plan
        He sighed that he had said it nine times already
        The grey light matched the weight in her chest
        She wrote a long note to the one who had helped
        He knew it was his doing and could not eat
        She hummed and gave her neighbour a slice of cake
        He looked at the sky and thought tomorrow might do
        She turned her back and spat out their names
        He tucked the blanket round her and kissed her hair
        She dropped her pen twice before they called her
        He wrote down the number of chairs in the room
        She held up the certificate for all of them to see
        He wondered what the years had made of him
        She wept quietly over the empty bowl""".split("\n        "),
        strict=True,
    )
)
PLACES = "kitchen garage station school harbour office garden church shop attic".split()
OBJECTS = (
    "key lamp book bottle plate radio watch brush spoon candle hammer basket ribbon mirror pillow kettle wallet ladder "
    "carpet pencil bucket"
).split()
TEMPLATES = (
    "The {} is on the table.",
    "I saw the {} by the door.",
    "We bought a {} at the market.",
    "There was a {} under the chair.",
    "My aunt keeps her {} upstairs.",
    "Nobody had moved the {} since Monday.",
    "A {} lay in the grass.",
    "They sold the old {} for ten crowns.",
    "You can see a {} in the photograph.",
    "Put the {} back where it was.",
)
SYNONYMS = {
    "and": "then",
    "the": "that",
    "she": "Ana",
    "he": "Tom",
    "her": "the woman's",
    "his": "the man's",
    "not": "never",
    "over": "across",
    "everything": "all",
    "to": "towards",
    "all": "each",
    "for": "about",
    "in": "within",
    "it": "this",
}


def labelled(rows: Iterable[tuple[str, str, str]]) -> LabelledTexts:
    """Rows of condition, topic and text, each topic a unit where it has every condition."""
    emotions, topics, texts = zip(*rows, strict=True)
    return LabelledTexts(emotions, topics, tuple(planned_units(emotions, topics, 0)), texts)


def package(n_topics: int = 24) -> LabelledTexts:
    """The package's own passages."""
    corpus = load_corpus(topics=n_topics)
    return labelled((p.emotion, p.topic, p.text) for p in corpus.passages)


def one_sentence_in_ten_places() -> LabelledTexts:
    return labelled((e, place, f"In the {place} it was noon. {SENTENCES[e]}.") for place in PLACES for e in CONDITIONS)


def one_sentence_that_ends_in_ten_places() -> LabelledTexts:
    """The same without a sentence in common, letter by letter."""
    return labelled((e, place, f"{SENTENCES[e]} in the {place}.") for place in PLACES for e in CONDITIONS)


def objects_in_templates() -> LabelledTexts:
    return labelled((e, t, t.format(o)) for t in TEMPLATES for e, o in zip(CONDITIONS, OBJECTS, strict=True))


def objects_in_one_template() -> LabelledTexts:
    return labelled(
        (e, place, f"In the {place} the {o} is on the table.")
        for place in PLACES
        for e, o in zip(CONDITIONS, OBJECTS, strict=True)
    )


def paraphrases(n_topics: int = 10, seed: int = 0) -> LabelledTexts:
    """The same sentence with one synonym per topic."""
    generator = random.Random(seed)
    rows = []
    for topic in range(n_topics):
        for emotion in CONDITIONS:
            words = SENTENCES[emotion].split()
            may = [at for at, word in enumerate(words) if word.lower() in SYNONYMS] or [len(words) - 1]
            at = generator.choice(may)
            words[at] = SYNONYMS.get(words[at].lower(), f"{words[at]} too")
            rows.append((emotion, f"topic-{topic}", f"{' '.join(words)}, at {PLACES[topic]} number {topic}."))
    return labelled(rows)


def cue_in_good_texts(n_topics: int = 10) -> LabelledTexts:
    """The package's passages, each with one word that stands for its condition."""
    own = package(n_topics)
    cues = dict(zip(CONDITIONS, OBJECTS, strict=True))
    rows = zip(own.emotions, own.topics, own.texts, strict=True)
    return labelled((e, topic, f"A {cues[e]}. {text}") for e, topic, text in rows)


BAD = {
    own.__name__: own
    for own in (
        one_sentence_in_ten_places,
        one_sentence_that_ends_in_ten_places,
        objects_in_templates,
        objects_in_one_template,
        paraphrases,
        cue_in_good_texts,
    )
}
