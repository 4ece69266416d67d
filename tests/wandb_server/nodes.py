"""State as GraphQL shows it: nested dictionaries whose fields are values or functions of their arguments."""

from __future__ import annotations

import json
from typing import Any

from tests.wandb_server.filters import selected
from tests.wandb_server.projection import Arguments, Node, connection, shown
from tests.wandb_server.state import Artifact, Blob, Project, Run, Sweep, View


class Nodes:
    """Views of the state; `base_url` is in the addresses of files."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def url(self, blob: Blob) -> str:
        return f"{self.base_url}/blobs/{blob.name}"

    def project(self, project: Project | None) -> Node | None:
        if project is None:
            return None
        return {
            "__typename": "Project",
            "id": f"project-{project.number}",
            "internalId": str(project.number),
            "name": project.name,
            "entityName": project.entity,
            "createdAt": "2026-01-01T00:00:00Z",
            "isBenchmark": False,
            "user": None,
            "readOnly": False,
            "entity": {"id": f"entity-{project.entity}", "name": project.entity},
            "runCount": lambda a: len(selected(list(project.runs.values()), a.get("filters"))),
            "runs": lambda a: self._runs(project, a),
            "run": lambda a: self.run(project.runs.get(a["name"])),
            "bucket": lambda a: self.run(project.runs.get(a["name"])),
            "sweep": lambda a: self.sweep(project.sweeps.get(a["sweepName"])),
            "artifact": lambda a: self.artifact(project.version(a["name"])),
            "artifactCollectionMembership": lambda a: self._membership(project.version(a["name"])),
            "artifactCollection": lambda a: self._collection(project, a["name"]),
            "artifactType": lambda a: self._artifact_type(project, a["name"]),
            "allViews": lambda a: self._views(project, a),
        }

    def _views(self, project: Project, arguments: Arguments) -> Node:
        kind, name = arguments.get("viewType"), arguments.get("viewName")
        found = [v for v in project.views if v.fields["type"] == kind and name in {None, v.fields["name"]}]
        return connection([self.view(view) for view in found], arguments)

    def view(self, view: View) -> Node:
        return {
            "id": view.id,
            **{name: view.fields.get(name) for name in ("name", "type", "displayName", "description", "spec")},
            "user": {"username": view.project.entity, "photoUrl": None, "email": None},
            "createdAt": view.created_at,
            "updatedAt": view.created_at,
            "project": lambda a: self.project(view.project),
        }

    def _runs(self, project: Project, arguments: Arguments) -> Node:
        runs = selected(list(project.runs.values()), arguments.get("filters"), arguments.get("order"))
        return connection([self.run(run) for run in runs], arguments)

    def run(self, run: Run | None) -> Node | None:
        if run is None:
            return None
        return {
            "__typename": "Run",
            **shown(
                run, "id name description notes tags state group jobType commit createdAt heartbeatAt systemMetrics"
            ),
            "displayName": run.display_name or run.name,
            "sweepName": run.sweep,
            "exitcode": run.exit_code,
            "running": run.state == "running",
            "failed": run.state in {"failed", "crashed"},
            **dict.fromkeys(("stopped", "shouldStop"), False),
            "readOnly": False,
            "projectId": str(run.project.number),
            "config": json.dumps(run.config),
            "wandbConfig": lambda a: json.dumps(run.config.get("_wandb", {}).get("value", {})),
            "summaryMetrics": json.dumps(run.summary),
            "historyKeys": _history_keys(run),
            "historyLineCount": len(run.history),
            "logLineCount": len(run.streams.get("output.log", [])),
            "eventsLineCount": len(run.streams.get("wandb-events.jsonl", [])),
            "historyTail": json.dumps(run.history[-1:]),
            "eventsTail": json.dumps(run.streams.get("wandb-events.jsonl", [])[-1:]),
            "sampledHistory": lambda a: [_sampled(run, spec) for spec in _listed(a["specs"]) if spec != "{}"],
            "parquetHistory": lambda a: {"parquetUrls": [], "liveData": []},
            "user": {"name": run.project.entity, "username": run.project.entity},
            "project": lambda a: self.project(run.project),
            "files": lambda a: self._run_files(run, a),
            "fileCount": len(run.files),
            "outputArtifacts": lambda a: connection([self.artifact(x) for x in run.outputs if x.index is not None], a),
            "inputArtifacts": lambda a: connection([self.artifact(x) for x in run.inputs], a),
        }

    def _run_files(self, run: Run, arguments: Arguments) -> Node:
        wanted = arguments.get("names") or list(run.files)
        nodes = [self._file(name, run.files[name]) for name in wanted if name in run.files and run.files[name].arrived]
        return connection(nodes, arguments)

    def _file(self, name: str, blob: Blob) -> Node:
        return {
            "__typename": "File",
            "id": blob.name,
            "name": name,
            "url": self.url(blob),
            "directUrl": self.url(blob),
            "sizeBytes": blob.file.stat().st_size,
            **shown(blob, "md5 mimetype updatedAt"),
        }

    def artifact(self, artifact: Artifact | None) -> Node | None:
        if artifact is None:
            return None
        collection = self._collection(artifact.project, artifact.collection)
        return {
            "__typename": "Artifact",
            **shown(artifact, "id description metadata state size digest createdAt updatedAt historyStep commitHash"),
            "version": f"v{artifact.index}",
            "versionIndex": artifact.index,
            "artifactSequence": {**collection, "latestArtifact": lambda a: self._latest(artifact)},
            "artifactType": {"name": artifact.type},
            "ttlDurationSeconds": -1,
            "ttlIsInherited": True,
            "tags": [],
            "fileCount": len(artifact.blobs),
            "aliases": [{**_alias(artifact, name), "artifactCollection": collection} for name in artifact.aliases],
            "createdBy": lambda a: self.run(artifact.created_by),
            "usedBy": lambda a: connection([self.run(run) for run in artifact.used_by], a),
            "currentManifest": lambda a: {"id": artifact.id, "file": self._manifest_file(artifact)},
        }

    def _manifest_file(self, artifact: Artifact) -> Node | None:
        return None if artifact.manifest is None else {"directUrl": self.url(artifact.manifest)}

    def _latest(self, artifact: Artifact) -> Node | None:
        versions = artifact.project.versions(artifact.collection)
        return {"id": versions[-1].id} if versions else None

    def _collection(self, project: Project, name: str) -> Node:
        return {
            "__typename": "ArtifactSequence",
            "id": f"collection-{project.number}-{name}",
            "name": name,
            "description": None,
            "createdAt": "2026-01-01T00:00:00Z",
            "updatedAt": None,
            "tags": {"edges": []},
            "project": lambda a: self.project(project),
            "defaultArtifactType": lambda a: {"name": project.versions(name)[-1].type},
            "artifactMembership": lambda a: self._membership(project.version(f"{name}:{a['aliasName']}")),
            "artifacts": lambda a: connection([self.artifact(x) for x in reversed(project.versions(name))], a),
        }

    def _membership(self, artifact: Artifact | None) -> Node | None:
        if artifact is None:
            return None
        return {
            "__typename": "ArtifactCollectionMembership",
            "id": f"membership-{artifact.id}",
            "versionIndex": artifact.index,
            "createdAt": artifact.created_at,
            "aliases": [_alias(artifact, name) for name in artifact.aliases],
            "artifactCollection": self._collection(artifact.project, artifact.collection),
            "artifact": self.artifact(artifact),
            "files": lambda a: connection([self._file(n, b) for n, b in sorted(artifact.blobs.items())], a),
        }

    def _artifact_type(self, project: Project, name: str) -> Node | None:
        of_type = [a for a in project.artifacts if a.type == name and a.state == "COMMITTED"]
        collections = list(dict.fromkeys(a.collection for a in of_type))
        if not of_type:
            return None
        return {
            "__typename": "ArtifactType",
            "id": f"type-{name}",
            "name": name,
            "description": None,
            "createdAt": of_type[0].created_at,
            "artifactCollection": lambda a: self._collection(project, a["name"]) if a["name"] in collections else None,
            "artifactCollections": lambda a: connection([self._collection(project, c) for c in collections], a),
        }

    def sweep(self, sweep: Sweep | None) -> Node | None:
        if sweep is None:
            return None
        runs = [run for run in sweep.project.runs.values() if run.sweep == sweep.name]
        return {
            "__typename": "Sweep",
            **shown(sweep, "id name state createdAt updatedAt heartbeatAt description bestLoss controller scheduler"),
            "displayName": sweep.name,
            "method": "grid" if sweep.points is not None else "random",
            "config": sweep.config_yaml,
            "earlyStopJobRunning": False,
            "runCount": len(runs),
            "runCountExpected": None if sweep.points is None else len(sweep.points),
            "project": lambda a: self.project(sweep.project),
            "runs": lambda a: connection([self.run(run) for run in runs], a),
        }


def _alias(artifact: Artifact, name: str) -> Node:
    return {"__typename": "ArtifactAlias", "id": f"alias-{artifact.id}-{name}", "alias": name}


def _history_keys(run: Run) -> Node:
    keys = sorted({key for line in run.history for key in json.loads(line)})
    return {"sets": [], "keys": {key: {"typeCounts": []} for key in keys}, "lastStep": len(run.history) - 1}


def _sampled(run: Run, spec: str) -> list[dict[str, Any]]:
    keys = json.loads(spec)["keys"]
    points = [json.loads(line) for line in run.history]
    return [{key: point[key] for key in keys} for point in points if set(keys) <= set(point)]


def _listed(specs: str | list[str]) -> list[str]:
    """GraphQL takes one value where a list is asked for."""
    return [specs] if isinstance(specs, str) else specs
