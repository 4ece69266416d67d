"""What steering and behaviour would read and write, at most."""

from __future__ import annotations

from emogeo.forecast.tokens import count_tokens
from emogeo.forecast.work import Model, Reads, Writes
from emogeo.probes.behaviour import Plan
from emogeo.probes.steering_plan import SteeringPlan
from emogeo.stimuli.behaviour import LABELS
from emogeo.stimuli.templates import Text


def steered(plan: SteeringPlan, model: Model) -> tuple[Reads, Writes]:
    """Counts the contexts that are read along every direction, and the texts that are written."""
    own, weights = plan.steering, plan.extraction.weights
    conditions = len(set(plan.extraction.labelled.emotions) - {plan.config.stimuli.neutral})
    targets = {scenario.emotion for scenario in own.scenarios.values()}
    directions = len(targets) * (1 + len(own.strengths) * (own.controls + conditions))
    contexts = count_tokens([Text(context, special_tokens=True) for context in own.contexts], weights.folder)
    written = len(own.scenarios) * (1 + 2 * len(own.strengths))
    before = count_tokens(list(plan.prompts.values()), weights.folder) * (1 + 2 * len(own.strengths))
    new, budget = written * own.max_new_tokens, plan.extraction.token_budget
    n = model.network.n_layers
    reads = Reads(model, None, (), directions * len(own.contexts), directions * contexts + before + new, n, budget)
    return reads, Writes(model, None, written, before, new, 1 + 2 * len(own.strengths))


def asked(plan: Plan, model: Model) -> tuple[Reads, Writes]:
    """Counts the conversations that are scored, where no item drops out, and the answers that are written."""
    stance, tasks, turns = plan.stance, [*plan.format.tasks, *plan.format.requests], plan.config.behaviour.turns
    folder = plan.weights.folder
    asks = [plan.chat(stance.question(own, order)) for own in (*stance.facts, *stance.opinions) for order in (0, 1)]
    first = count_tokens(asks, folder)
    opinions = 2 * len(stance.opinions)
    question = first / len(asks)
    said = [Text(f"{own} {stance.again}", special_tokens=False) for own in (*stance.pressure, *stance.neutral)]
    turn = count_tokens(said, folder) / len(said)
    later = 2 * opinions * sum(question + n * turn for n in range(1, turns + 1))
    texts = len(LABELS) * (len(asks) + 2 * opinions * turns)
    prompts = count_tokens([plan.chat(own.prompt) for own in tasks], folder)
    tokens = round(len(LABELS) * (first + later))
    reads = Reads(model, None, (), texts, tokens, model.network.n_layers, round(plan.batch_size * 2 * question))
    new = len(tasks) * plan.config.behaviour.max_new_tokens
    return reads, Writes(model, None, len(tasks), prompts, new, plan.batch_size)
