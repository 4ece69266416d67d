"""What the package's passages in other languages promise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import pytest

from emogeo.config.texts import PACKAGED, Voice
from emogeo.errors import StimuliError
from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.geometry import halves_of
from emogeo.geometry.inference import compare
from emogeo.geometry.options import GeometryOptions
from emogeo.geometry.states import LabelledTexts
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import Corpus, load_corpus

_WORD = re.compile(r"[^\W\d_]+")
GERMAN = {
    "afraid": r"angst|ängst\w*|(be)?fürcht\w*|furcht\w*|(er)?schreck\w*|erschr[aio]\w*|pani(k|sch)\w*|bang(e|en)?",
    "angry": r"wut|wüt\w*|zorn\w*|erzürn\w*|\w*ärger\w*|erbost\w*|empör\w*|\w*rasend\w*",
    "anxious": r"\w*sorge|\w*sorgen|sorgt\w*|besorgt\w*|beunruhig\w*|unruh\w*",
    "blissful": r"\w*selig\w*|wonn\w*|ekstas\w*|entzück\w*|verzück\w*",
    "brooding": r"\w*grübel\w*|brüt\w*",
    "calm": r"ruh(e|ig\w*|te|ten)|beruhig\w*|gelassen\w*|fried(e|en|lich\w*|voll\w*)|entspann\w*",
    "desperate": r"\w*verzwei\w*",
    "enthusiastic": r"begeister\w*|eifr\w*|eifer\w*|enthusias\w*|aufgereg\w*|aufreg\w*",
    "exasperated": r"genervt\w*|entnerv\w*|gereizt\w*|verdross\w*",
    "gloomy": r"düster\w*|trüb\w*|schwermut\w*|schwermüt\w*",
    "grateful": r"(be|ver)?dank(e|en|t|te|bar\w*|es)?",
    "guilty": r"schuld\w*|\w*schuldig\w*|reu(e|en|te|ig\w*)|bereu\w*|scham\w*|\w*schäm\w*",
    "happy": r"\w*glück\w*|froh\w*|fröhlich\w*|\w*freu(e|en|t|te|de\w*|dig\w*)|heiter\w*|vergnüg\w*",
    "hopeful": r"\w*hoff(e|en|t|te|nung\w*|entlich)|zuversicht\w*|optimis\w*",
    "hostile": r"\w*feind\w*|hass\w*|gehass\w*",
    "loving": r"lieb(e|en|t|te|ten|er|es|em|evoll\w*|ling\w*)?|geliebt\w*|verliebt\w*|zärtlich\w*|lieblings\w*",
    "nervous": r"nerv\w*",
    "neutral": r"neutral\w*|gleichgültig\w*",
    "proud": r"stolz\w*",
    "reflective": r"nachdenk\w*|besinn\w*|sinnier\w*|kontempl\w*",
    "sad": r"traurig\w*|\w*trauer\w*|kummer\w*|gram|melanchol\w*|wehmut\w*|wehmüt\w*",
}
SPANISH = {
    "afraid": r"mied\w*|temor\w*|temeros\w*|tem(e|en|ía|ían|ió)|asust\w*|aterr(a|ó|ad)\w*|terror\w*|pánico|espant\w*",
    "angry": r"enfad\w*|enoj\w*|ira|irac\w*|furi\w*|furor|rabi\w*|cólera|indign\w*",
    "anxious": r"ansi(a|edad|os)\w*|preocup\w*|inquiet\w*|angusti\w*",
    "blissful": r"dichos[oa]s?|éxtasis|extasi\w*|beatitud|embeles\w*|bienaventur\w*",
    "brooding": r"cavil\w*|rumia(r|ba|ndo)|rencor\w*|resentimiento",
    "calm": r"calm\w*|seren\w*|tranquil\w*|sosieg\w*|sosegad\w*|apacib\w*|relajad\w*|paz",
    "desperate": r"desesper\w*",
    "enthusiastic": r"entusias\w*|eufori\w*|eufóri\w*",
    "exasperated": r"exasper\w*|irrita(r|d|b|n|ción)\w*|fastidi\w*",
    "gloomy": r"sombrí\w*|lúgubre\w*|pesimis\w*|deprim\w*|depres\w*",
    "grateful": r"agradec\w*|gracias|gratitud|agradezc\w*",
    "guilty": r"culp\w*|remordim\w*|vergüenza|avergonz\w*|arrepent\w*|arrepient\w*",
    "happy": r"feli[zc]\w*|alegr\w*|content[oa]s?|gozos?\w*",
    "hopeful": r"esperanz\w*|ilusion\w*|ilusión|optimis\w*",
    "hostile": r"hostil\w*|odi(o|a|ó|aba|aban|ar|os\w*)|enemistad\w*",
    "loving": r"amor\w*|ama(n|r|ba|ban|d[oa]s?)?|cariñ\w*|ternura|ador(a|aba|ar|ó)",
    "nervous": r"nervi\w*",
    "neutral": r"neutr\w*|indiferen\w*",
    "proud": r"orgull\w*",
    "reflective": r"reflexi\w*|medita\w*|pensativ\w*|contemplativ\w*",
    "sad": r"trist\w*|melanc\w*|pesadumbre",
}
NAMED = {"de": GERMAN, "es": SPANISH}
OTHERS = sorted(NAMED)


@pytest.fixture(scope="module", params=OTHERS)
def translated(request: pytest.FixtureRequest) -> tuple[str, Corpus]:
    return request.param, load_corpus(language=request.param)


def words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def shared_ends(texts: list[list[str]]) -> tuple[int, int]:
    """The number of words that all texts begin with, and that all end with."""
    counts = []
    for lists in (texts, [text[::-1] for text in texts]):
        same = [len(set(column)) == 1 for column in zip(*lists, strict=False)]
        counts.append([*same, False].index(False))
    return counts[0], counts[1]


def test_every_language_of_the_package_is_tested_here() -> None:
    assert {"en", *NAMED} == set(PACKAGED[Voice.passages])
    assert all(sorted(own) == list(CONDITIONS) for own in NAMED.values())


def test_topics_conditions_and_their_order_are_those_of_english(translated: tuple[str, Corpus]) -> None:
    language, corpus = translated
    english = load_corpus()
    assert corpus.name == f"passages_{language}"
    assert corpus.crossed
    assert (corpus.topics, corpus.emotions) == (english.topics, english.emotions)
    first = load_corpus(topics=6, language=language)
    assert first.topics == load_corpus(topics=6).topics


def test_passages_are_their_own_texts_of_about_the_same_length(translated: tuple[str, Corpus]) -> None:
    _, corpus = translated
    english = load_corpus().texts
    assert not set(corpus.texts) & set(english)
    lengths = [len(text.split()) for text in corpus.texts]
    assert [text for text, n in zip(corpus.texts, lengths, strict=True) if not 28 <= n <= 50] == []
    assert 0.85 < sum(lengths) / sum(len(text.split()) for text in english) < 1.2


def test_no_emotion_is_named(translated: tuple[str, Corpus]) -> None:
    language, corpus = translated
    named = re.compile(rf"\b({'|'.join(NAMED[language].values())})\b", re.IGNORECASE)
    assert [(p.topic, p.emotion, m[0]) for p in corpus.passages if (m := named.search(p.text))] == []


def test_topics_open_alike_and_end_in_the_same_clause(translated: tuple[str, Corpus]) -> None:
    by_topic = defaultdict(list)
    for passage in translated[1].passages:
        by_topic[passage.topic].append(words(passage.text))
    ends = {topic: shared_ends(texts) for topic, texts in by_topic.items()}
    assert {topic: counts for topic, counts in ends.items() if min(counts) < 5} == {}


def own_words(corpus: Corpus) -> Iterator[set[str]]:
    """The words of each passage that not all passages of its topic have, as names have."""
    by_topic = defaultdict(list)
    for passage in corpus.passages:
        by_topic[passage.topic].append(set(words(passage.text)))
    for passage in corpus.passages:
        yield set(words(passage.text)) - set.intersection(*by_topic[passage.topic])


def test_a_translation_shares_hardly_a_word_with_the_original(translated: tuple[str, Corpus]) -> None:
    own = [
        len(there & here) / len(here)
        for here, there in zip(own_words(translated[1]), own_words(load_corpus()), strict=True)
    ]
    print(f"{translated[0]}: share of a passage's own words that its original has as well {sum(own) / len(own):.4f}")
    assert sum(own) / len(own) < 0.04


def test_bags_of_words_agree_across_languages_all_the_same() -> None:
    """No word is shared, but words return with the same emotions: another language is no control for words."""
    bags = []
    for language in PACKAGED[Voice.passages]:
        corpus = load_corpus(language=language)
        labels = LabelledTexts(*map(tuple, (corpus.emotions, corpus.topics, corpus.topics, corpus.texts)))
        bags.append(halves_of(bag_of_words(corpus.texts), labels, labels.units, GeometryOptions()))
    for (one, a), (two, b) in combinations(zip(PACKAGED[Voice.passages], bags, strict=True), 2):
        found = compare(a, b).disjoint_half
        print(f"bags of words in {one} and {two}, opposite halves: {found}")
        assert found is not None and found.low > 0.05


def test_a_language_that_the_package_lacks_is_named() -> None:
    with pytest.raises(StimuliError, match=r"language=.fr.: the package has passages in en, de, es"):
        load_corpus(language="fr")
