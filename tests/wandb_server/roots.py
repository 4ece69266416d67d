"""The root fields of queries and mutations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.wandb_server.nodes import Nodes
from tests.wandb_server.projection import Arguments, Node, connection, snake
from tests.wandb_server.state import Agent, Artifact, Run, State, View, md5_base64
from tests.wandb_server.sweeps import commands, make_sweep, set_state

_COLUMNS = ("displayName", "description", "notes", "jobType", "sweep", "commit", "state", "tags")


class Roots:
    """Answers of the server to one request."""

    def __init__(self, state: State, base_url: str) -> None:
        self.state, self.nodes = state, Nodes(base_url)

    def fields(self) -> Mapping[str, Callable[[Arguments], Any]]:
        """By name."""
        return {
            "viewer": self._viewer,
            "serverInfo": lambda a: {"features": []},
            "entity": lambda a: {"organization": None},
            "project": lambda a: self.nodes.project(self.state.project(a.get("entityName"), a.get("name"))),
            "model": lambda a: self.nodes.project(self.state.project(a.get("entityName"), a.get("name"))),
            "models": lambda a: connection([self.nodes.project(p) for p in self.state.projects.values()], a),
            "artifact": lambda a: self.nodes.artifact(self.state.artifact(a["id"])),
            "upsertBucket": self._upsert_run,
            "createRunFiles": self._create_run_files,
            "createArtifact": self._create_artifact,
            "createArtifactManifest": self._create_manifest,
            "createArtifactFiles": self._create_artifact_files,
            "commitArtifact": self._commit_artifact,
            "useArtifact": self._use_artifact,
            "upsertSweep": self._upsert_sweep,
            "createAgent": self._create_agent,
            "agentHeartbeat": self._heartbeat,
            "upsertView": self._upsert_view,
        }

    def _viewer(self, _: Arguments) -> Node:
        entity = self.state.entity
        return {
            "id": f"user-{entity}",
            "entity": entity,
            "username": entity,
            "email": f"{entity}@example.org",
            "flags": "{}",
            "teams": {"edges": []},
        }

    def _run(self, arguments: Arguments, name: str) -> Run:
        project = self.state.project(arguments.get("entityName"), arguments.get("projectName"))
        if project is None or name not in project.runs:
            raise LookupError(f"run {arguments.get('entityName')}/{arguments.get('projectName')}/{name}")
        return project.runs[name]

    def _upsert_run(self, arguments: Arguments) -> Node:
        """Absent values leave what is stored; config replaces it."""
        project = self.state.make_project(arguments.get("entityName"), arguments.get("modelName"))
        name = arguments["name"]
        inserted = name not in project.runs
        run = project.runs.setdefault(name, Run(name, project))
        given = {"group": arguments.get("groupName"), **{snake(column): arguments.get(column) for column in _COLUMNS}}
        for attribute, value in given.items():
            if value is not None:
                setattr(run, attribute, value)
        if arguments.get("config") is not None:
            run.config = json.loads(arguments["config"])
        if arguments.get("summaryMetrics") is not None:
            run.summary = json.loads(arguments["summaryMetrics"])
        return {"bucket": self.nodes.run(run), "inserted": inserted}

    def _create_run_files(self, arguments: Arguments) -> Node:
        run = self._run(arguments, arguments["runName"])
        for name in arguments["files"]:
            run.files[name] = self.state.new_blob()
        files = [{"name": name, "uploadUrl": self.nodes.url(run.files[name])} for name in arguments["files"]]
        return {"runID": run.id, "uploadHeaders": [], "files": files}

    def _create_artifact(self, arguments: Arguments) -> Node:
        """The version with these bytes if there is one, else a new one that waits for them."""
        project = self.state.make_project(arguments.get("entityName"), arguments.get("projectName"))
        run = project.runs.get(arguments.get("runName") or "")
        name = arguments.get("artifactCollectionName") or arguments["artifactCollectionNames"][0]
        aliases = [alias["alias"] for alias in arguments.get("aliases") or []]
        known = next((a for a in project.versions(name) if a.digest == arguments["digest"]), None)
        artifact = known or Artifact(
            project,
            arguments["artifactTypeName"],
            name,
            arguments["digest"],
            run,
            metadata=arguments.get("metadata"),
            description=arguments.get("description"),
        )
        if known is None:
            project.artifacts.append(artifact)
        artifact.wanted_aliases = aliases
        if known is not None:
            _move_aliases(artifact)
        if run is not None and artifact not in run.outputs:
            run.outputs.append(artifact)
        return {"artifact": self.nodes.artifact(artifact)}

    def _artifact(self, artifact_id: str) -> Artifact:
        artifact = self.state.artifact(artifact_id)
        if artifact is None:
            raise LookupError(f"artifact {artifact_id}")
        return artifact

    def _create_manifest(self, arguments: Arguments) -> Node:
        """Asked for twice per version; the later one counts."""
        artifact = self._artifact(arguments["artifactID"])
        artifact.manifest = self.state.new_blob(arguments["digest"] or None)
        file = {
            "id": artifact.manifest.name,
            "uploadUrl": self.nodes.url(artifact.manifest),
            "uploadHeaders": [f"Content-MD5:{artifact.manifest.md5}"] if artifact.manifest.md5 else [],
        }
        return {"artifactManifest": {"id": f"manifest-{artifact.id}", "file": file}}

    def _create_artifact_files(self, arguments: Arguments) -> Node:
        edges = []
        for wanted in arguments["artifactFiles"]:
            artifact = self._artifact(wanted["artifactID"])
            blob = self.state.new_blob(wanted["md5"])
            artifact.blobs[wanted["name"]] = blob
            node = {
                "storagePath": blob.name,
                "uploadUrl": self.nodes.url(blob),
                "uploadHeaders": [f"Content-MD5:{blob.md5}"],
                "uploadMultipartUrls": None,
                "artifact": {"id": artifact.id},
            }
            edges.append({"node": node})
        return {"files": {"edges": edges}}

    def _commit_artifact(self, arguments: Arguments) -> Node:
        """Only when the manifest and every file that it names have arrived as announced."""
        artifact = self._artifact(arguments["artifactID"])
        if artifact.manifest is None or not artifact.manifest.arrived:
            raise LookupError(f"the manifest of {artifact.collection}")
        for name, entry in json.loads(artifact.manifest.file.read_bytes())["contents"].items():
            blob = artifact.blobs.get(name)
            if blob is None or not blob.arrived or md5_base64(blob.file.read_bytes()) != entry["digest"]:
                raise LookupError(f"{name} of {artifact.collection}")
        if artifact.state != "COMMITTED":
            artifact.index = len(artifact.project.versions(artifact.collection))
            artifact.state = "COMMITTED"
        _move_aliases(artifact)
        return {"artifact": self.nodes.artifact(artifact)}

    def _use_artifact(self, arguments: Arguments) -> Node:
        run, artifact = self._run(arguments, arguments["runName"]), self._artifact(arguments["artifactID"])
        if artifact not in run.inputs:
            run.inputs.append(artifact)
            artifact.used_by.append(run)
        return {"artifact": self.nodes.artifact(artifact)}

    def _upsert_sweep(self, arguments: Arguments) -> Node:
        if arguments.get("id"):
            sweep = set_state(self.state, arguments["id"], arguments["state"])
        else:
            names = arguments.get("entityName"), arguments.get("projectName")
            sweep = make_sweep(self.state, *names, arguments["config"])
        return {"sweep": self.nodes.sweep(sweep), "configValidationWarnings": []}

    def _create_agent(self, arguments: Arguments) -> Node:
        project = self.state.project(arguments.get("entityName"), arguments.get("projectName"))
        if project is None or arguments["sweep"] not in project.sweeps:
            raise LookupError(f"sweep {arguments['sweep']}")
        agent = Agent(project.sweeps[arguments["sweep"]], arguments["host"])
        self.state.agents[agent.id] = agent
        return {"agent": {"id": agent.id}}

    def _heartbeat(self, arguments: Arguments) -> Node:
        agent = self.state.agents.get(arguments["id"])
        if agent is None:
            raise LookupError(f"agent {arguments['id']}")
        running = json.loads(arguments.get("runState") or "{}")
        return {"agent": {"id": agent.id}, "commands": json.dumps(commands(self.state, agent, running))}

    def _upsert_view(self, arguments: Arguments) -> Node:
        project = self.state.make_project(arguments.get("entityName"), arguments.get("projectName"))
        known = next((view for view in project.views if view.id == arguments.get("id")), None)
        view = known or View(project, {})
        view.fields.update({name: value for name, value in arguments.items() if value is not None})
        if known is None:
            project.views.append(view)
        return {"view": self.nodes.view(view), "inserted": known is None}


def _move_aliases(artifact: Artifact) -> None:
    """An alias names one version at a time."""
    for other in artifact.project.versions(artifact.collection):
        other.aliases = [alias for alias in other.aliases if alias not in artifact.wanted_aliases]
    artifact.aliases += artifact.wanted_aliases
