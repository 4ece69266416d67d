"""The server: HTTP in front of the state."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from graphql import GraphQLSyntaxError

from tests.wandb_server.faults import Fault, Faults, Kind
from tests.wandb_server.projection import UnknownRequest, read_operation
from tests.wandb_server.roots import Roots
from tests.wandb_server.state import Run, State, md5_base64, new_id, now

TELEMETRY = "sdk"
_EXIT_STATES = {0: "finished", 255: "crashed"}


class Server:
    """Runs in threads of this process, on loopback, at a free port unless one is given."""

    def __init__(self, folder: Path, entity: str = "tester", port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.key = f"local-{new_id(40)}"
        """The one API key that is let in."""
        self.state, self.faults = State(folder, entity), Faults()
        self.requests: list[str] = []
        """Labels of all requests."""
        self.refused: list[str] = []
        """Requests that were not understood or could not be met; a test that shows success looks here too."""
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._http.daemon_threads = True
        self._http.app = self  # type: ignore[attr-defined]
        self.base_url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> Server:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.faults.clear()
        self._http.shutdown()
        self._http.server_close()

    def environment(self) -> dict[str, str]:
        """What a client needs to know."""
        return {"WANDB_BASE_URL": self.base_url, "WANDB_API_KEY": self.key}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def app(self) -> Server:
        app: Server = self.server.app  # type: ignore[attr-defined]
        return app

    def do_GET(self) -> None:
        self._handle("GET")

    def do_PUT(self) -> None:
        self._handle("PUT")

    def do_POST(self) -> None:
        self._handle("POST")

    def log_message(self, *_: Any) -> None:
        """Nothing on the console."""

    def _handle(self, method: str) -> None:
        place = self.path.lstrip("/").split("/")[0]
        length = int(self.headers.get("Content-Length") or 0)
        early = self.app.faults.take(f"{method} {place}") if place != "graphql" else None
        if early is not None and early.kind is Kind.reset:
            return self._reset(length)
        body = self.rfile.read(length)
        asked = json.loads(body) if place == "graphql" else None
        label = f"{method} {place}" if asked is None else f"{method} {place} {_name(asked)}"
        self.app.requests.append(label)
        fault = early or (self.app.faults.take(label) if asked is not None else None)
        if fault is not None and fault.kind is not Kind.corrupt:
            return self._fail(fault)
        try:
            status, content = self._answer(label, place, body, asked)
        except (UnknownRequest, LookupError, GraphQLSyntaxError) as error:
            what = "unknown" if isinstance(error, UnknownRequest) else "not there"
            status, content = 400, _errors(f"{what}: {error} ({label})")
        except Exception as error:  # a fault of this server's own must not look like one of the network
            status, content = 400, _errors(f"{type(error).__name__}: {error} ({label})")
        if status >= 400 and place != TELEMETRY:
            self.app.refused.append(f"{status} {label} {self.path}: {content.decode()}")
        return self._send(status, _corrupted(content) if fault is not None else content)

    def _answer(self, label: str, place: str, body: bytes, asked: Any) -> tuple[int, bytes]:
        if place == "blobs":
            return self._blob(label, body)
        if place == TELEMETRY:
            return 404, b"{}"
        if not self._let_in():
            return 401, _errors("invalid API key")
        with self.app.state.lock:
            if asked is not None:
                return 200, json.dumps({"data": self._graphql(asked)}).encode()
            if place == "files" and self.path.endswith("/file_stream"):
                _, entity, project, run, _ = self.path.strip("/").split("/")
                return 200, _stream(self.app.state, entity, project, run, json.loads(body))
        return 404, _errors(f"unknown: {self.path}")

    def _graphql(self, asked: dict[str, Any]) -> dict[str, Any]:
        operation = read_operation(asked["query"], asked.get("variables"))
        return operation.answer(Roots(self.app.state, self.app.base_url).fields())

    def _blob(self, label: str, body: bytes) -> tuple[int, bytes]:
        blob = self.app.state.blobs.get(self.path.split("/")[2])
        if blob is None or (label.startswith("GET") and not blob.arrived):
            return 404, _errors("no such file")
        if label.startswith("GET"):
            return 200, blob.file.read_bytes()
        announced = self.headers.get("Content-MD5", blob.md5)
        if announced not in {None, md5_base64(body)} or blob.md5 not in {None, announced}:
            return 400, _errors("the bytes are not those that were announced")
        waiting = blob.file.with_suffix(f".{new_id()}")
        waiting.write_bytes(body)
        waiting.replace(blob.file)
        return 200, b""

    def _let_in(self) -> bool:
        wanted = base64.b64encode(f"api:{self.app.key}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _fail(self, fault: Fault) -> None:
        if fault.kind is Kind.status:
            return self._send(fault.status, _errors("asked for by a test"))
        if fault.kind is Kind.stall:
            self.app.faults.ended.wait(fault.seconds)
        return self._reset(0)

    def _reset(self, length: int) -> None:
        """Reads half of a body, then drops the connection as a broken network would."""
        self.app.requests.append(f"reset {self.path}")
        self.rfile.read(length // 2)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client has gone
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()


def _name(asked: dict[str, Any]) -> str:
    try:
        return str(asked.get("operationName") or read_operation(asked["query"], None).name)
    except Exception:
        return "(unreadable)"


def _stream(state: State, entity: str, project: str, name: str, body: dict[str, Any]) -> bytes:
    """Lines of a run's logs, from an offset on; its summary; its end."""
    home = state.project(entity, project)
    if home is None or name not in home.runs:
        raise LookupError(f"run {entity}/{project}/{name}")
    run: Run = home.runs[name]
    run.heartbeat_at, run.state = now(), "running"
    for file, chunk in (body.get("files") or {}).items():
        if file == "wandb-summary.json":
            run.summary = json.loads(chunk["content"][-1])
        else:
            run.streams.setdefault(file, [])[chunk["offset"] :] = chunk["content"]
    if body.get("complete"):
        run.exit_code = body.get("exitcode", 0)
        run.state = _EXIT_STATES.get(run.exit_code or 0, "failed")
    return b"{}"


def _errors(message: str) -> bytes:
    return json.dumps({"errors": [{"message": message}]}).encode()


def _corrupted(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 0xFF]) if content else content
