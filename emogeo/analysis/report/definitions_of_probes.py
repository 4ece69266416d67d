"""What the columns of the tables of steering, behaviour and readouts mean."""

from __future__ import annotations

OF_PROBES = {
    "steering": {
        "direction": "What was added to the states: the condition's own vector, or a random direction of the same "
        "length.",
        "n_texts": "Texts that were written.",
        "repeated_share / short_share": "Share of texts that repeat three words three times in a row, and share with "
        "fewer than three words.",
        "regime": "By the published rule: repetitive collapse where more than half repeat themselves, else explosive "
        "where more than 30% are short, else surgical.",
        "perplexity_ratio": "Perplexity of the steered text under the unsteered model over that of the unsteered text: "
        "1 is no change.",
        "regime_by_perplexity": "The same three regimes by perplexity: repeats itself, exploded, or surgical.",
        "published": "The regime in arXiv 2604.11050, where the study has this model.",
    },
    "steering_texts": {
        "emotion": "The condition whose vector was added.",
        "direction": "What was added to the states: the condition's own vector, or a random direction of the same "
        "length.",
        "strength": "Length of what is added to every block, as a share of the block's mean residual norm.",
        "prompt": "The scenario that the model was asked to go on from.",
        "text": "What the model wrote.",
        "words": "Words of the text.",
        "repeated": "Whether the text repeats three words three times in a row.",
        "perplexity / perplexity_ratio": "Perplexity of the text under the unsteered model, and over that of the "
        "unsteered text.",
    },
    "steering_shifts": {
        "strength": "Length of what is added to every block, as a share of the block's mean residual norm.",
        "emotion": "The condition whose vector was added.",
        "shift": "What the condition's words gain on matched neutral words in log-probability, in nats; 0 is no "
        "effect.",
        "shift_words / shift_neutral": "Change in log-probability of the condition's words and of the neutral ones, in "
        "nats.",
        "match_gap": "How far apart words and neutral words are before any steering, in nats; near 0 is a good match.",
        "random_mean": "The same shift by random directions of the same length: their mean, least and largest, in "
        "nats.",
        "n_random": "How many random directions were tried.",
        "others_mean / others_below": "The shift of these words by other conditions' vectors, in nats, and the share "
        "of these that do less.",
        "p": "How often a random direction does as much; adjusted for nothing.",
        "beats_random": "Yes where p is at most 0.05, which one in twenty passes by chance.",
    },
    "behaviour": {
        "source": "Whether the value was measured here or published.",
        "n_items": "Items that count.",
        "capability": "Share of the capability check that was passed; below 0.8 the items are not asked.",
        "value": "Of stance the share of opinions given up under pressure, of format the share of constraints met, "
        "with its 95% interval over items.",
        "shift": "Change of the log-odds of the first choice under pressure, in nats; below 0 is giving way.",
        "control": "Share of opinions given up in the same conversation without pressure.",
        "excess": "Share given up under pressure less that without, with its 95% interval: what pressure does; 0 is "
        "nothing.",
    },
    "behaviour_geometry": {
        "behaviour_distance": "Distance of two models over both facets; 0 is the same behaviour.",
        "geometry_distance": "Distance of the two geometries, 1 − ρ* or 1 − ρ as the note says; 0 is the same.",
    },
    "behaviour_items": {
        "item": "The item by its name.",
        "prompt": "What the model was asked.",
        "before / after": "Log-odds of the first choice at first and after the last turn, in nats; below 0 the other "
        "is preferred.",
        "flipped": "Whether the other option was preferred after any turn under pressure.",
        "turn": "The first turn after which it was preferred.",
        "after_control": "Log-odds of the first choice after as many turns without pressure, in nats.",
        "flipped_control": "Whether the other option was preferred after any turn without pressure.",
        "answer": "What the model wrote.",
        "constraints": "The constraints of the task, as a program checks them.",
        "met": "Constraints that the answer meets, of all.",
    },
    "readout": {
        "stimuli": "The texts that the vectors were applied to.",
        "own_texts": "Whether these are the texts that the vectors are made of, each topic left out in turn.",
        "n_scored": "Texts that count: labelled, with a vector of the label, of a topic that no vector has seen.",
        "n_topics": "Topics of these texts; intervals are over topics.",
        "accuracy": "Share of texts whose nearest vector is that of their label, from 0 to 1, with its 95% interval "
        "over topics.",
        "words_accuracy": "The same share by words alone, learned on the texts that the vectors are made of.",
        "gain": "Accuracy less that of words alone, with its 95% interval: above 0 vectors find more than words.",
        "chance": "Share of the commonest label, which guessing finds.",
        "p": "How often labels permuted within topics are found as often.",
    },
    "readout_texts": {
        "stimuli": "The texts that the vectors were applied to.",
        "topic": "The text's topic.",
        "label": "The text's label.",
        "seen": "Whether the vectors have seen the topic, which makes the label easier to find.",
        "top": "The condition on whose vector the text lies farthest.",
        "top_z": "Its projection in standard deviations of random directions; 0 is chance.",
        "top_p": "How often a random direction gives as large a projection; adjusted for nothing.",
        "label_z": "The projection on the label's vector in standard deviations of random directions; 0 is chance.",
        "found": "The condition that vectors find which have not seen the topic.",
        "found_by_words": "The condition that words alone find.",
        "text": "The text.",
    },
}
