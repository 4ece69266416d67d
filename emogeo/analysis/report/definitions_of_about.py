"""What the columns of `about` and `lens` mean."""

from __future__ import annotations

OF_ABOUT = {
    "about": {
        "predictor": "What may explain the geometry: a rating, the words of the texts, a norm of your own, or several.",
        "rho": "Agreement of the predictor with the run on disjoint texts, to be held against the ceiling.",
        "rho_given": "Agreement of the run with what the others leave of the predictor: the semipartial correlation.",
        "ceiling": "The most that any predictor can reach: the root of the run's reliability.",
        "explained": "Share of the reliable geometry that it explains by itself, from 0 to 1.",
        "by_chance / adjusted": "What it explains under permuted conditions, and the share less what chance gives.",
        "p / p_holm": "How often permuted conditions explain as much, as it is and adjusted over the run's predictors.",
        "only": "Share of the reliable geometry that no other predictor explains.",
        "p_given / p_given_holm": "How often chance explains as much beside the others, as it is and adjusted.",
        "inflation": "How far the others resemble it (variance inflation factor); above 10 its part is not its own.",
    },
    "lens": {
        "condition": "The condition, which is what a vector is of.",
        "telling": "Tokens whose logits exceed most what vectors of permuted labels give them, with z.",
        "telling_z": "How far the first of them exceeds what permuted labels give, in their standard deviations.",
        "p_telling / p_telling_holm": "How often a vector of permuted labels has a token as telling, also adjusted.",
        "up": "The ten tokens that the vector promotes most, through the model's norm and unembedding.",
        "up_logit / up_relabelled": "The largest logit, and the 95% point of what permuted labels give.",
        "down": "The ten tokens that the vector suppresses most.",
        "down_logit / down_relabelled": "The smallest logit, and the 5% point of what permuted labels give.",
    },
}
