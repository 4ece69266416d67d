"""What names a steering run, where its vectors come from, and what is refused before a model is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.config.probes import ScenarioConfig, SteeringConfig
from emogeo.errors import ConfigError, StoreError
from emogeo.extraction.plan import plan_run
from emogeo.geometry.options import NEUTRAL
from emogeo.probes.steering_plan import SteeringPlan, in_one_order, plan_steering
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.emotion_words import steering_words
from emogeo.store.store import Store
from tests.conftest import Composer
from tests.planted_records import geometry, model_card, write
from tests.tiny import write_model

STEER = ("mode=steering",)


def planned(tiny_run: Composer, *overrides: str, **options: Path) -> SteeringPlan:
    return plan_steering(tiny_run(*STEER, *overrides, **options))


def test_vectors_are_those_of_the_run_that_reads_with_the_same_model(tiny_run: Composer) -> None:
    plan = planned(tiny_run, "pooling.position=mean")
    assert plan.vectors == plan.extraction.key == plan_run(tiny_run("pooling.position=mean")).key
    assert plan.blocks is None
    assert plan.title == "tiny-llama fp32 steering published"
    assert plan.config.model.name == "tiny-llama"


def test_prompts_are_asked_in_chat_where_there_is_a_template(tiny_run: Composer, tmp_path: Path) -> None:
    chat, plain = planned(tiny_run), planned(tiny_run, "steering.chat=false")
    asked = plan_of_prompts(plain)
    assert plan_of_prompts(chat) == {
        name: (f"<bos><user>{said}<assistant>", False) for name, (said, _) in asked.items()
    }
    assert all(special for _, special in asked.values())
    base = planned(tiny_run, weights=write_model(tmp_path / "tiny-base", "smollm2"))
    assert plan_of_prompts(base) == asked


def plan_of_prompts(plan: SteeringPlan) -> dict[str, tuple[str, bool]]:
    return {name: (text.content, text.special_tokens) for name, text in plan.prompts.items()}


def test_the_key_follows_the_protocol_and_not_its_name(tiny_run: Composer) -> None:
    usual = planned(tiny_run).key
    for override in ("steering.name=mine", "steering.chat=true", "runtime.threads=1"):
        assert planned(tiny_run, override).key == usual, override
    changes = ("steering.controls=4", "seed=1", "steering.chat=false", "steering.strengths=[0.02]", "norm=unit")
    assert len({planned(tiny_run, change).key for change in changes} | {usual}) == len(changes) + 1


def test_what_has_no_order_and_no_effect_is_no_meaning(tiny_run: Composer) -> None:
    usual = planned(tiny_run).key
    threat, weather = "threat: {prompt: Go on., emotion: calm}", "weather: {prompt: Rain., emotion: hostile}"
    words = steering_words()["calm"]
    for override in (
        "steering.strengths=[0.05,0.03,0.02,0.01,0.005]",
        "steering.blocks=[3,0,1,2]",
        f"steering.words={{calm: [{','.join([*words[::-1], words[0]])}]}}",
        "steering.words={happy: [a, b, c]}",
    ):
        assert planned(tiny_run, override).key == usual, override
    of = [
        planned(tiny_run, f"steering.scenarios={{{', '.join(own)}}}") for own in ([threat, weather], [weather, threat])
    ]
    assert of[0].key == of[1].key
    own = [planned(tiny_run, f"steering.words={{calm: [{own}]}}") for own in ("still, mild, soft", "soft, still, mild")]
    assert own[0].key == own[1].key != usual
    assert own[0].steering.words == own[1].steering.words == {"calm": ["mild", "soft", "still"]}
    fewer = {planned(tiny_run, f"steering.blocks={blocks}").key for blocks in ("[0,1,2]", "[2,0,1,1]")}
    assert len(fewer) == 1 and usual not in fewer


@settings(deadline=None)
@given(data=st.data())
def test_a_protocol_in_any_order_is_one_protocol(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(["calm", "hostile", "sad"]), min_size=1, max_size=4))
    scenarios = {f"s{row}": ScenarioConfig("Go on.", name) for row, name in enumerate(names)}
    strengths = data.draw(st.lists(st.floats(0.001, 2), min_size=1, max_size=5, unique=True))
    words = data.draw(
        st.dictionaries(st.sampled_from(["calm", "sad", "mine"]), st.lists(st.text("ab", min_size=1), min_size=1))
    )
    given_ = SteeringConfig(scenarios=scenarios, strengths=strengths, words=words)
    moved = SteeringConfig(
        scenarios=dict(data.draw(st.permutations(list(scenarios.items())))),
        strengths=data.draw(st.permutations(strengths)),
        words={name: [*data.draw(st.permutations(own)), own[0]] for name, own in words.items()},
    )
    found = in_one_order(given_)
    assert found == in_one_order(moved) == in_one_order(found)
    assert list(found.scenarios) == sorted(scenarios) and found.strengths == sorted(strengths)
    assert {name: set(own) for name, own in found.words.items()} == {
        name: set(own) for name, own in words.items() if name in names
    }


def test_blocks_are_sorted_and_named_once(tiny_run: Composer) -> None:
    assert planned(tiny_run, "steering.blocks=[2,0,2]").blocks == (0, 2)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("steering.blocks=[4]", "steering.blocks=[4]: blocks are 0 to 3, or null for all."),
        ("steering.blocks=[-1]", "steering.blocks=[-1]: blocks are 0 to 3, or null for all."),
        ("steering.blocks=[]", "steering.blocks=[]: blocks are 0 to 3, or null for all."),
        *(
            (
                f"steering.scenarios.threat.emotion={emotion}",
                f"steering.scenarios.threat.emotion={emotion}: there is no vector of it.{hint} There are "
                f"{', '.join(condition for condition in CONDITIONS if condition != NEUTRAL)}. "
                "Type steering.scenarios.threat.emotion=afraid, say, or give scenarios of your own in a file of "
                "conf/steering.",
            )
            for emotion, hint in (("calmly", " Did you mean calm?"), (NEUTRAL, ""))
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(tiny_run: Composer, override: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        planned(tiny_run, override)
    assert str(error.value) == said


def test_another_run_of_the_same_weights_gives_its_vectors(tiny_run: Composer, tmp_path: Path) -> None:
    own = planned(tiny_run)
    record, files = geometry(model=model_card("another name", 4))
    store = Store(tmp_path / "store")
    for key, revision in (("a" * 64, own.extraction.weights.revision), ("ab" + "0" * 62, "sha256:other")):
        write(store, replace(record, key=key, model=replace(record.model, revision=revision)), files)
    named = planned(tiny_run, "mode.source=aa")
    assert (named.vectors, named.extraction.key) == ("a" * 64, own.vectors)
    assert named.key != own.key
    for source, said in (
        ("ab", "mode.source=ab: vectors of another name, but the model is tiny-llama."),
        ("a", f"mode.source=a: 2 runs of {store.path} begin so; give one run's key."),
        ("b", f"mode.source=b: 0 runs of {store.path} begin so; give one run's key."),
    ):
        with pytest.raises(StoreError) as error:
            planned(tiny_run, f"mode.source={source}")
        assert str(error.value) == said
