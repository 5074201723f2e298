"""An OpenAI-compatible server on this machine that misbehaves on request, and remembers every request."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = ("The ", "fork ", "goes ", "left.")


@dataclass
class Say:
    """One reply; the defaults are a right one."""

    words: tuple[str, ...] = WORDS
    finish_reason: str | None = "stop"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "made to fail"
    code: str | None = None
    seconds: float = 0.0
    """before anything is sent"""
    seconds_per_word: float = 0.0
    raw: bytes | None = None
    """sent in place of everything"""
    hang_up_after: int | None = None
    """words after which the connection is dropped; 0: before any byte"""
    choices: bool = True
    usage: bool = True
    logprobs: tuple[float, ...] = ()
    model: str = ""
    """the name in the reply; "" for the one asked for, with a date"""


@dataclass
class FakeOpenAI:
    """The server's script and memory."""

    models: dict[str, dict] = field(default_factory=lambda: {"base": {}})
    lists: bool = True
    listed: bytes | None = None
    """sent in place of the list of models"""
    strict: bool = True
    """a model that is not in the list gives 404"""
    key: str | None = None
    script: deque = field(default_factory=deque)
    """replies in order; when it is empty, `otherwise`"""
    otherwise: Say = field(default_factory=Say)
    of_model: dict[str, Say] = field(default_factory=dict)
    """replies by model name, before `otherwise`"""
    answers: Callable[[dict], Say] | None = None
    """makes the reply from the request's body, in place of `otherwise`"""
    chats: list[dict] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def next(self, body) -> Say:
        with self.lock:
            self.chats.append(body)
            self.times.append(time.monotonic())
            if self.script:
                return self.script.popleft()
        if self.strict and body["model"] not in self.models:
            return Say(status=404, error=f"The model `{body['model']}` does not exist.")
        if self.answers is not None:
            return self.answers(body)
        return self.of_model.get(body["model"], self.otherwise)

    def forget(self) -> None:
        self.chats.clear()
        self.times.clear()

    @contextmanager
    def counted(self):
        with self.lock:
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            yield
        finally:
            with self.lock:
                self.under_way -= 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every small piece waits 40 ms for the last one's receipt
    fake: FakeOpenAI

    def log_message(self, *_):
        pass

    def do_GET(self):
        if not self.allowed():
            return self.reply(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
        if not self.fake.lists:
            return self.reply(404, {"detail": "Not Found"})
        if self.fake.listed is not None:
            return self.send(200, self.fake.listed, "application/json", {})
        data = [{"id": name, "object": "model", **more} for name, more in self.fake.models.items()]
        return self.reply(200, {"object": "list", "data": data})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if not self.allowed():
            return self.reply(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
        with self.fake.counted():
            return self.say(self.fake.next(body), body)

    def allowed(self) -> bool:
        return self.fake.key is None or self.headers.get("authorization") == f"Bearer {self.fake.key}"

    def say(self, say: Say, body: dict) -> None:
        time.sleep(say.seconds)
        if say.hang_up_after == 0:
            self.close_connection = True
        elif say.raw is not None:
            self.send(200, say.raw, "text/event-stream" if body.get("stream") else "application/json", {})
        elif say.status != 200:
            self.reply(say.status, {"error": {"message": say.error, "code": say.code}}, say.headers)
        elif body.get("stream"):
            self.stream(say, body)
        else:
            self.reply(200, whole(say, body))

    def stream(self, say: Say, body: dict) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for number, chunk in enumerate(chunks(say, body)):
                if say.hang_up_after is not None and number > say.hang_up_after:
                    self.close_connection = True
                    return
                self.chunk(f"data: {json.dumps(chunk)}\n\n".encode())
                time.sleep(say.seconds_per_word)
            self.chunk(b"data: [DONE]\n\n")
            self.chunk(b"")
        except OSError:  # the client has lost its patience
            self.close_connection = True

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def reply(self, status: int, content: dict, headers: dict | None = None) -> None:
        self.send(status, json.dumps(content).encode(), "application/json", headers or {})

    def send(self, status: int, data: bytes, kind: str, headers: dict) -> None:
        try:
            self.send_response(status)
            for key, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True


def usage(say: Say) -> dict:
    return {"prompt_tokens": 11, "completion_tokens": len(say.words), "total_tokens": 11 + len(say.words)}


def log_probabilities(say: Say) -> dict | None:
    return {"content": [{"token": "x", "logprob": value} for value in say.logprobs]} if say.logprobs else None


def named(say: Say, body: dict) -> str:
    return say.model or f"{body['model']}-2026"


def whole(say: Say, body: dict) -> dict:
    message = {"role": "assistant", "content": "".join(say.words)}
    choice = {"index": 0, "message": message, "finish_reason": say.finish_reason, "logprobs": log_probabilities(say)}
    reply = {"id": "1", "object": "chat.completion", "model": named(say, body), "created": 1}
    return {**reply, "choices": [choice] if say.choices else [], **({"usage": usage(say)} if say.usage else {})}


def chunks(say: Say, body: dict):
    head = {"id": "1", "object": "chat.completion.chunk", "model": named(say, body), "created": 1}

    def of(delta, finish_reason=None, logprobs=None):
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": logprobs}
        return {**head, "choices": [choice] if say.choices else []}

    yield of({"role": "assistant", "content": ""})
    for word in say.words:
        yield of({"content": word})
    yield of({}, say.finish_reason, log_probabilities(say))
    if say.usage:
        yield {**head, "choices": [], "usage": usage(say)}


@contextmanager
def fake_openai(**settings):
    """Run a server on a port of the system's choice; yields its FakeOpenAI."""
    fake = FakeOpenAI(**settings)
    handler = type("BoundHandler", (Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
