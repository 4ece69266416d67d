"""What a model is asked to write, and words that name an emotion."""

from __future__ import annotations

from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.stories import names_emotion, plan_requests


def test_words_of_an_emotion() -> None:
    assert names_emotion("She was FEARFUL of the dark", "afraid")
    assert not names_emotion("She was fearful of the dark", "sad")
    assert not names_emotion("Anything at all", "neutral")
    assert all(names_emotion(f"so {emotion} today", emotion) for emotion in CONDITIONS if emotion != "neutral")
    others = {"sad": "the saddle", "afraid": "a scarecrow", "happy": "gladiators", "loving": "a lovely day"}
    assert not any(names_emotion(text, emotion) for emotion, text in others.items())


def test_units_are_topics_prompts_or_replicates() -> None:
    topics = sorted(set(load_corpus(topics=6).topics))
    crossed = plan_requests(["{emotion} {topic}"], ["{topic}"], topics, samples=2, replicates=1)
    assert {r.unit for r in crossed} == set(topics)
    assert len(crossed) == 21 * 6 * 2
    assert "a ride on the last bus of the night" in {r.prompt.removeprefix("sad ") for r in crossed}
    five = plan_requests([f"{{emotion}} {i}" for i in range(5)], [f"n {i}" for i in range(5)], topics, 2, 1)
    assert {r.unit for r in five} == {f"prompt-{i}" for i in range(5)}
    assert len(five) == 21 * 10
    one = plan_requests(["{emotion}"], ["none"], topics, samples=2, replicates=3)
    assert sorted(r.unit for r in one if r.emotion == "sad") == [f"replicate-{i}" for i in (0, 0, 1, 1, 2, 2)]
    assert {r.prompt for r in one if r.emotion == "neutral"} == {"none"}


def test_every_topic_of_the_corpus_has_words_to_ask_for_it() -> None:
    asked = plan_requests(["{emotion}: {topic}"], ["{topic}"], sorted(set(load_corpus().topics)), 1, 1)
    assert not any(request.topic in request.prompt.split(": ")[-1] for request in asked if "-" in request.topic)
