"""A small W&B server on loopback, for the unmodified client.

It answers what this project uses: login, runs (config, history, summary, files, media), artifacts with versions,
aliases and lineage, `wandb sync`, the queries of `wandb.Api`, saved views, and sweeps with their agents. State is in
memory, bytes are in a folder. An operation, field or path that it does not know is refused with status 400 and its
name, and recorded (`Server.refused`), because the client hides most failures.

It is not W&B: no web pages, no users or rights beyond one key and one entity, no registries, alerts or launch,
no Bayesian sweeps or early stopping, no multipart uploads, no deletion, no memory from one start to the next, and
nothing that would make it safe or fast to reach from another machine.
"""
