"""What the columns of the report's tables mean: a sentence each, by what they show of a table."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.analysis.report.definitions_of_about import OF_ABOUT
from emogeo.analysis.report.definitions_of_probes import OF_PROBES
from emogeo.analysis.report.definitions_of_tables import OF_TABLES

OF_ALL = {
    "run": "A model as it was read: its name, with what tells it from other runs of this store.",
    "key": "The run: its model, with what tells it from other runs of this store.",
    "key_a": "The first run of the pair.",
    "key_b": "The second run of the pair.",
    "model": "The model by its name in the configuration.",
    "model_a": "The first model of the pair.",
    "model_b": "The second model of the pair.",
    "family": "The family of models, whose members are not independent of each other.",
    "precision": "The numerical format of the weights as they were used, as bf16 or int8.",
    "mode": "What the run does: reads given texts (comprehension), writes them (generation), or reads texts again "
    "(replay).",
    "stimuli": "The texts that were read, by their name.",
    "note": "Why a number of this row is missing, and what to be careful about.",
    "flags": "Reasons not to trust a descriptor, each with its number; a dash where there is none.",
    "reading": "The way of reading that both share: precision, template, pooling and rule for the block.",
    "params_b": "Parameters of the model, in thousand millions.",
    "n_units": "Units that the numbers rest on, most often topics; from eight on there can be a ρ*.",
    "n_texts / n_units": "Texts that were read, and the units (most often topics) that they repeat every condition in.",
    "layer / n_layers": "The block whose states are compared, counted from 0, and how many blocks the model has.",
    "layer": "The block of the model, counted from 0.",
    "block": "The block of the model, counted from 0.",
    "depth": "How deep the block lies: its number plus one over the number of blocks, above 0 and up to 1.",
    "reliability": "Agreement of the run's RDM on one half of its texts with that on the other half: 1 is perfect, 0 "
    "is noise; below 0.2 there is no ρ*.",
    "held_out": "The criterion that chose the block, on the half of the units that the choice has not seen.",
    "separation": "Variance between conditions over variance within; 0 where conditions cannot be told apart, no upper "
    "end.",
    "tokens_per_s": "Tokens read or written in a second.",
    "nonfinite": "Numbers among the states that are infinite or no number; anything but 0 is an overflow.",
    "anisotropy": "Mean cosine of the states of any two of 100 neutral sentences: near 0 in all directions alike, "
    "above 0.95 nearly all states point one way, which is flagged.",
    "anisotropy_without_largest": "The same mean cosine with the three dimensions that add most to it set to zero.",
    "largest_dimensions": "The three dimensions that add most to the anisotropy, each with what it adds.",
    "rdm_std": "Standard deviation of the dissimilarities (1 − cosine) of an RDM; near 0 all conditions lie equally "
    "far apart.",
    "participation_ratio": "How many dimensions the conditions spread over, from 1 to their number less one; text "
    "noise adds some.",
    "mean_cosine": "Mean cosine of the centred vectors of any two conditions, from −1 to 1; the published rule for the "
    "block takes its lowest.",
    "best_min_mean_cosine / best_separation / best_reliability": "The blocks that three criteria would choose, over "
    "all units: lowest mean cosine, largest separation, largest reliability.",
    "rho": "Rank correlation of the two RDMs on the same texts, from −1 to 1, with its 95% interval; texts in common "
    "raise it.",
    "rho_star": "What ρ would be without text noise, from disjoint texts, for these very conditions: 1 is the same "
    "geometry, 0 none in common; in brackets its 95% interval over other texts.",
    "rho_star_any_ci_low": "The 95% interval of ρ* over other texts and other conditions of this kind, wider than that "
    "for these alone.",
    "rho_partial": "What is left of ρ* once words and untrained networks are given, with its 95% interval: 0 is "
    "nothing but these.",
    "beyond_words": "Whether the agreement goes beyond what words and untrained networks give: yes, no more than "
    "words, or cannot tell.",
    "beyond_meanings": "The same with the input embeddings given as well, which know what words mean.",
    "equivalence": "Whether the geometries are known to be the same within the bound (0.1 unless another was asked "
    "for), known to differ by more than the floor, or neither.",
    "within_family": "Whether both models are of one family.",
    "published": "The value of arXiv 2604.11050, where the study has this one.",
    "rho_same_half / rho_disjoint_half": "ρ on the same half of the texts, and on opposite halves without a common "
    "text; how much the second is lower comes of sharing texts.",
    "reliability_a / reliability_b": "Reliability of either run over the shared units: 1 is perfect, 0 is noise; below "
    "0.2 there is no ρ*.",
    "reliability_a / reliability_baseline": "Reliability of the run and of what it is compared with: 1 is perfect, 0 "
    "is noise.",
    "p_same_text": "How often relabelled conditions reach this ρ on the same texts; shared texts alone make it small.",
    "p_holm": "The same p, adjusted for the number of tests of its family by Holm's method.",
    "p_min": "The smallest p that so few cases can give; where it is above 0.05 nothing could have been found.",
    "floor": "What reading the same again in other batches changes, 1 − ρ: smaller differences are arithmetic.",
    "baseline": "What has learned nothing from these texts: word counts, input embeddings, or human ratings of the "
    "words.",
    "layer_of_effect": "What kind of factor: method, sub-parameter, precision, or cross-experiment.",
    "factor": "The one thing in which two runs differ.",
    "counts": "Whether the effect's interval lies above the floor and above the null: yes, no, or not identifiable.",
    "effect": "1 − ρ*, with its 95% interval: 0 is no effect.",
    "floor / null": "What reading again changes, and what writing the same again changes, both as 1 − ρ* or 1 − ρ; "
    "effects below are none.",
    "bias": "ρ* across experiments less ρ* of precision alone, with its 95% interval: 0 is no bias.",
    "bias_raw / published_bias": "The same bias from raw ρ, and the published one.",
    "aliased_with": "Other factors that differ at the same time, so that the effect may be theirs.",
    "valence_axis / valence_r / valence_p": "Which of the first five principal axes goes best with human ratings of "
    "valence, its correlation without sign (0 to 1), and p of the best of five.",
    "arousal_axis / arousal_r / arousal_p": "Which of the first five principal axes goes best with human ratings of "
    "arousal, its correlation without sign (0 to 1), and p of the best of five.",
    "facet": "What was asked: a stance under pressure, or constraints of format.",
}
"""Columns that mean the same in every table, `rho` or, of two joined into one, `floor / null`."""
OF_ONE = {**OF_TABLES, **OF_PROBES, **OF_ABOUT}
"""Columns of one table, by its name."""


def definition(file: str, columns: Sequence[str]) -> str:
    """Gives the sentence that defines a column of the page; empty where there is none.

    Args:
        file: the name of the table's file, without its ending.
        columns: what the column shows of the table.
    """
    shown = " / ".join(columns)
    return OF_ONE.get(file, {}).get(shown) or OF_ALL.get(shown, "")
