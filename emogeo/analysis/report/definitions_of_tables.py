"""What the columns mean that one table has alone."""

from __future__ import annotations

_DECODING = {
    "selected": "Whether it is the block that the run was recorded with.",
    "accuracy": "Share of texts for which the nearest vector is their condition's, made without their topic.",
    "chance": "The share of the commonest condition: what one finds without reading.",
    "p": "How often conditions permuted within topics are found as often at this block, named beforehand.",
    "p_largest": "How often conditions permuted within topics are found as often at any block.",
    "words_accuracy": "The share that a classifier of words finds at the same splits.",
    "gain": "Accuracy less that of words; vectors say more than words only where its interval lies above 0.",
    "untrained_accuracy": "The mean accuracy of untrained twins at the same block: the floor.",
    "n_topics": "Topics that are left out in turn.",
}
OF_TABLES = {
    "base_instruct": {
        "moved": "Descriptors of base and instruct whose 95% intervals do not overlap.",
        "model_a": "The base model.",
        "model_b": "The instruct model of the same family and size.",
    },
    "pairs": {
        "p": "How often relabelled conditions reach the agreement on disjoint texts; small is more than chance.",
    },
    "measures": {
        "measure": "The measure of agreement; spearman is ρ of the rest of this report.",
        "value / chance": "The measure on all texts, where 1 is the same geometry, and its mean over relabelled "
        "conditions, which it has by chance.",
        "disjoint": "The measure on opposite halves without a common text.",
        "disattenuated": "The measure on disjoint texts over both reliabilities, with its 95% interval: 1 is the same "
        "geometry; only some measures have one.",
        "reading": "What the interval says: related and not identical, identity not excluded, unrelated, opposite.",
    },
    "measure_verdicts": {
        "answer": "Whether the other measures read this pair alike, differ within chance, or contradict each other.",
    },
    "decoding": _DECODING,
    "decoding_selected": {name: _DECODING[name] for name in ("accuracy", "gain", "untrained_accuracy", "p_largest")},
    "decoding_confusion": {
        "true": "The condition that the texts are of.",
        "taken": "The condition whose vector is nearest.",
        "share": "The share of the condition's texts that are taken for the other.",
        "n_texts": "Texts of the condition.",
    },
    "rdm_differences": {
        "dissimilarity_a / dissimilarity_b": "1 − cosine of the two conditions in either run, without text noise.",
        "condition_a": "The first condition of the cell.",
        "condition_b": "The second condition of the cell.",
        "difference": "The dissimilarity in the second run less that in the first.",
        "standard_error": "That of the difference, over other units.",
        "p_largest": "How often random signs of units give some cell of the pair as large a difference, in standard "
        "errors; adjusted for all cells.",
        "beyond_noise": "Whether that p is up to 0.05: the two differ by more than the noise of the texts gives.",
    },
    "depth_choices": {
        "choice": "The rule that takes a block of either run; largest ρ is whoever looks at the whole grid.",
        "block_a / block_b": "The block taken of either run, counted from 0.",
        "rank / n_cells": "The rank of this ρ among all pairs of blocks (1 is the largest), and how many pairs there "
        "are.",
        "p_largest": "How often the largest ρ of a whole relabelled grid reaches this one, so it is adjusted for "
        "having looked at all.",
    },
    "relations": {
        "relation": "What is related over models, as agreement to difference in size.",
        "n_models / n_families": "Models that the relation rests on, and their families, which are what counts; six "
        "are needed.",
        "r": "The correlation over families, from −1 to 1.",
        "p": "How often permuted families give a relation as strong, in either direction.",
    },
    "published_pairs": {
        "difference": "ρ measured here less ρ published; 0 is agreement.",
    },
    "baselines": {
        "p_holm": "How often relabelled conditions agree as well, adjusted by Holm's method over baselines of its "
        "kind.",
    },
    "beyond": {
        "level": "What is given: words, or word meanings, which adds the input embeddings.",
        "verdict": "Whether agreement goes beyond what is given: yes, no more than words, or cannot tell.",
        "p": "How often relabelled conditions reach what is left of the agreement; needed for a yes: at most 0.05.",
        "explained_a / explained_b": "Share of either geometry that the nulls explain (R²): from 0.95 on no verdict is "
        "given.",
        "margin": "ρ* of the pair less the largest ρ* of a null with either run; below 0 a null agrees better.",
        "best_null": "The null that agrees best with one of the two runs; the first of those alike to 0.001.",
        "reason": "Why the verdict is what it is.",
        "given": "The nulls that counted, which are the reliable ones: words, and untrained twins of either run.",
    },
    "claims": {
        "claim": "A claim of the study's abstract, as docs/claims.md names it.",
        "verdict": "The verdict on the study's own models, read as it read them: reproduced, contradicted, not "
        "identifiable or not testable.",
        "here": "What holds of the models of this store, whatever the study says of its own.",
        "published": "The published value.",
        "measured": "The value measured here that decides, with its 95% interval.",
        "models": "The models of this store that the claim was looked at in.",
    },
    "finetune": {
        "key_a": "The base, or first, checkpoint.",
        "key_b": "The other checkpoint of the same model.",
        "verdict": "Whether the checkpoints differ at this block at 5% over all blocks together, are the same within "
        "the bound, or neither can be told.",
        "p_holm": "p of ρ* being 1 less the floor at this block, adjusted over the blocks of the pair; small is a "
        "difference.",
    },
    "map": {
        "condition": "The condition, which is what a vector is of.",
        "x / y": "Its place on the map, whose root mean square distance from the centre is 1.",
        "half_axis_long / half_axis_short": "Half axes of the ellipse that holds the place without text noise in 95 of "
        "100 samples of units.",
        "share": "Share of the geometry that the two dimensions of the map hold, from 0 to 1; the rest is not seen in "
        "it.",
        "nearest": "The condition of the smallest dissimilarity in all dimensions, not only the two drawn.",
        "nearest_distance": "Cross-validated dissimilarity to the nearest (1 − cosine), with its 95% interval; may be "
        "below 0.",
    },
    "map_nearest": {
        "condition": "The condition whose nearest are named.",
        "rank": "1 for the nearest of all, 2 and 3 for the next.",
        "nearest": "The condition that lies so near, in all dimensions.",
        "distance": "Cross-validated dissimilarity of the two (1 − cosine), with its 95% interval over other units; "
        "may be below 0.",
    },
    "map_directions": {
        "norm": "What people have rated the words of the conditions by: a norm of the package, or your own.",
        "r": "Multiple correlation of the ratings with both axes of the map, from 0 to 1, with its 95% interval over "
        "other units; chance alone gives about 0.3 with 21 conditions.",
        "p": "How often ratings that are permuted among conditions have as large an r along their own best direction.",
    },
    "map_shifts": {
        "condition": "The condition whose two places are compared.",
        "displacement": "Distance between its places on the two maps, once one is turned onto the other; a map has "
        "size 1.",
        "noise": "The displacement that text noise alone gives, as a root mean square.",
        "p / p_holm": "p of a displacement by text noise alone, and the same adjusted over the conditions of the pair.",
    },
    "overlap": {
        "overlap_mean / overlap_least": "Words that opposite halves have in common, weighed by how telling they are, "
        "from 0 to 1: halves as drawn, and those of least overlap.",
        "rho_star_least": "ρ* over the halves that have the fewest words in common, with its 95% interval.",
        "rho_star_at_zero": "ρ* from texts that have no telling word in common, with its 95% interval.",
        "reliability_a_at_zero / reliability_b_at_zero": "Reliability of either run from texts without a common "
        "telling word.",
        "reliability_words / reliability_words_at_zero": "Reliability of word counts, and the same without common "
        "telling words: near 0 words are out.",
        "share_at_zero": "Share of the products of two texts that is left where these have no telling word in common.",
    },
    "corpus": {
        "stimuli": "The name of the texts.",
        "runs": "The runs that have read them.",
        "blocks_verdict": "Whether something in the texts bars every verdict beyond words: yes or no.",
        "cue_share": "Share of conditions that a word or phrase gives away: it is in 80% of their topics and hardly "
        "elsewhere.",
        "telling_share": "Share of conditions with a word or phrase in half of their topics and hardly elsewhere.",
        "most_telling": "The words or phrases that return most in one condition's topics and least in others.",
        "word_accuracy": "Share of texts whose condition a classifier finds from words alone, with its 95% interval.",
        "chance": "Share of texts of the largest condition, which guessing finds.",
        "near_duplicates / returning_wording": "Share of texts with a near-duplicate in another unit, and of a "
        "condition's wording that returns in other units; both should be near 0.",
        "reliability": "The highest reliability of the runs that read them; from 0.97 on the halves repeat each other.",
        "dependence / dependence_chance": "How alike a unit's residuals are to those of the unit most like it "
        "(cosine), and by chance; far above chance units are not independent.",
        "dependence_p": "p of units being independent, over all runs; small means that intervals are too narrow.",
    },
    "variance": {
        "share": "Share of the variance of 1 − ρ* over pairs of runs that the factor alone explains, from 0 to 1.",
        "p": "How often the factor's levels, permuted among runs equal in all else, explain as much.",
        "n_relabellings": "How many ways of permuting the factor's levels there are; 10³⁰⁰, with a note, where there "
        "are more.",
        "p_min": "The smallest p that so few relabellings can give; where it is above 0.05 nothing could have been "
        "found.",
    },
    "published_models": {
        "published_layer / layer": "The block of the study, and the one here, counted from 0.",
        "published_anisotropy": "Anisotropy in arXiv 2604.11050: mean cosine of states, near 1 where all point one "
        "way.",
        "published_rdm_std": "Standard deviation of the dissimilarities in arXiv 2604.11050.",
    },
    "provenance": {
        "key": "The sha256 of everything that gives the run its meaning, by which its record is found.",
        "status": "Whether the run finished or was refused.",
        "id": "Where the weights come from: an id of the hub, a package, or a folder.",
        "revision": "The commit or checksum of the weights.",
        "created": "When the record was written, in UTC.",
        "device": "What the model ran on.",
        "libraries": "Versions of the libraries that made the numbers.",
        "platform": "The system and processor.",
        "states": "Libraries, device and date of the pass that gave the states; another run may have made it.",
        "texts": "Libraries, device and date of the writing, where a model has written the texts.",
    },
}
