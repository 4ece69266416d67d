"""What is quantised is counted, matrix by matrix; a run that is not is flagged or refused."""

from __future__ import annotations

import pytest

from emogeo.errors import PrecisionError
from emogeo.models.shares import flag_of, kind_of, refuse_none, shares_of


def test_shares_are_of_entries_and_by_kind() -> None:
    counted = [
        ("0.self_attn.q_proj.weight", 300, True),
        ("0.mlp.experts.gate_up_proj", 600, False),
        ("0.mlp.gate.weight", 100, False),
    ]
    assert shares_of(counted) == {"all": 0.3, "attention": 1.0, "experts": 0.0, "other": 0.0}
    assert shares_of([]) == {}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0.self_attn.o_proj.weight", "attention"),
        ("h.3.attn.c_attn.weight", "attention"),
        ("0.self_attention.query_key_value.weight", "attention"),
        ("0.mlp.dense_h_to_4h.weight", "mlp"),
        ("0.feed_forward.w1.weight", "mlp"),
        ("0.fc1.weight", "mlp"),
        ("0.block_sparse_moe.experts.3.w1.weight", "experts"),
        ("0.mlp.shared_expert.up_proj.weight", "experts"),
        ("0.mlp.router.weight", "other"),
        ("0.mixer.in_proj.weight", "other"),
        ("0.mamba.conv1d.weight", "other"),
    ],
)
def test_kinds_are_told_by_names(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_what_is_quantised_in_part_is_flagged() -> None:
    assert flag_of(None) is None
    assert flag_of({"all": 0.9, "attention": 1.0}) is None
    flag = flag_of({"all": 0.11, "attention": 1.0, "experts": 0.0})
    assert flag == "only 11% of the blocks' weights are quantised (attention 100%, experts 0%)"


def test_what_is_not_quantised_at_all_is_refused() -> None:
    refuse_none({"all": 0.01}, "mine", "int8(6)+bf16")
    with pytest.raises(PrecisionError, match=r"^mine at nf4\+bf16: none of its blocks' weights were quantised"):
        refuse_none({"all": 0.0, "attention": 0.0}, "mine", "nf4+bf16")
