"""What a model is asked to write, and words that name an emotion."""

from __future__ import annotations

from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.stories import Conditions, families_of, foreign, names_emotion, plan_requests, unusual

ALL = Conditions(CONDITIONS, "neutral")


def test_words_of_an_emotion() -> None:
    assert names_emotion("She was FEARFUL of the dark", "afraid")
    assert not names_emotion("She was fearful of the dark", "sad")
    assert not names_emotion("Anything at all", "neutral")
    assert all(names_emotion(f"so {emotion} today", emotion) for emotion in CONDITIONS if emotion != "neutral")
    others = {"sad": "the saddle", "afraid": "a scarecrow", "happy": "gladiators", "loving": "a lovely day"}
    assert not any(names_emotion(text, emotion) for emotion, text in others.items())


def test_units_are_topics_prompts_or_replicates() -> None:
    topics = sorted(set(load_corpus(topics=6).topics))
    crossed = plan_requests(["{emotion} {topic}"], ["{topic}"], ALL, topics, samples=2, replicates=1)
    assert {r.unit for r in crossed} == set(topics)
    assert len(crossed) == 21 * 6 * 2
    assert "a ride on the last bus of the night" in {r.prompt.removeprefix("sad ") for r in crossed}
    five = plan_requests([f"{{emotion}} {i}" for i in range(5)], [f"n {i}" for i in range(5)], ALL, topics, 2, 1)
    assert {r.unit for r in five} == {f"prompt-{i}" for i in range(5)}
    assert len(five) == 21 * 10
    one = plan_requests(["{emotion}"], ["none"], ALL, topics, samples=2, replicates=3)
    assert sorted(r.unit for r in one if r.emotion == "sad") == [f"replicate-{i}" for i in (0, 0, 1, 1, 2, 2)]
    assert {r.prompt for r in one if r.emotion == "neutral"} == {"none"}


def test_every_topic_of_the_corpus_has_words_to_ask_for_it() -> None:
    asked = plan_requests(["{emotion}: {topic}"], ["{topic}"], ALL, sorted(set(load_corpus().topics)), 1, 1)
    assert not any(request.topic in request.prompt.split(": ")[-1] for request in asked if "-" in request.topic)


def test_prompts_use_the_words_of_own_conditions() -> None:
    own = Conditions(("at_ease", "e07", "plain"), "plain", {"e07": "jealous"})
    asked = plan_requests(["feels {emotion}"], ["feels nothing"], own, [], 1, 1)
    assert [request.prompt for request in asked] == ["feels at ease", "feels jealous", "feels nothing"]
    none = plan_requests(["feels {emotion}"], ["feels nothing"], Conditions(("calm", "neutral")), [], 1, 1)
    assert [request.prompt for request in none] == ["feels calm", "feels neutral"], "no condition stands for none"


def test_own_conditions_have_words_that_name_them() -> None:
    assert names_emotion("She sat there, at ease with it", "at_ease")
    assert names_emotion("how fearful", "fear")
    assert not names_emotion("a joyride", "joy")
    assert names_emotion("他很快乐。", "快乐")
    assert names_emotion("so jealous", "e07", "jealous")
    banned = families_of(Conditions(("afraid", "e07"), None, {"e07": "jealous"}))
    assert banned["e07"] == ["e07", "jealous"]
    assert banned["afraid"] == families_of(ALL)["afraid"]
    assert set(families_of(ALL)) == set(CONDITIONS), "as in keys of texts that were written before"


def test_labels_and_topics_of_another_script_in_english_prompts() -> None:
    def asked(prompt: str, label: str, topic: str, words: dict[str, str]) -> str | None:
        conditions = Conditions((label,), words=words)
        return foreign(plan_requests([prompt], ["Write."], conditions, [topic], 1, 1), words)

    english, chinese = "Write of {emotion} and {topic}.", "写一个关于{emotion}和{topic}的故事。"
    assert asked(english, "joy", "home", {}) is None
    assert asked(english, "喜悦", "home", {}) == "喜悦"
    assert asked(english, "joy", "婚礼", {}) == "婚礼"
    assert asked(english, "喜悦", "home", {"喜悦": "joy"}) is None
    assert asked(chinese, "喜悦", "婚礼", {}) is None


def test_a_word_that_a_prompt_would_use_in_any_case_is_none_of_its_own() -> None:
    words = {"at_ease": "at ease", "happy": "happy", "sad": "blue", "at_sea": "at_sea"}
    assert unusual(words) == {"sad": "blue", "at_sea": "at_sea"}
    labels = tuple(words)
    plain, named = Conditions(labels), Conditions(labels, words={"happy": "happy"})
    assert [plain.word(label) for label in labels] == [named.word(label) for label in labels]
