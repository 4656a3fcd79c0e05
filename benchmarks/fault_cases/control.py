"""Control from outside: garbage at either end, and somebody else in the app's place. Needs Qt, but no display."""

from __future__ import annotations

import atexit
import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

from fault_cases import case, part
from fault_cases.damage import damaged, edited

_REQUESTS = (
    "status",
    "pause 5",
    "pause",
    "resume",
    "stretch",
    "stretch upper_back",
    "show",
    "quit",
    "calibrate",
    "juggle",
)
_STATUS = (
    b'{"ok": true, "said": "Upright", "mode": "watching", "sign": "upright", "since_seconds": 12.5, "deviation": 0.12, '
    b'"unknown_because": null, "why": "", "until": null, "silent": null}'
)

_servers: list[object] = []
"""Kept to the end of the process, like the app's own server: Qt's deferred deletions outlive a try."""


def _application() -> object:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.instance() or QCoreApplication([])


def _where(folder: Path) -> str:
    os.environ["POSTURECAM_HOME"] = str(folder)
    os.environ.pop("XDG_RUNTIME_DIR", None)
    folder.chmod(0o700)
    return str(part("socket_name", "desktop.shell.peer")())


@case("control", "requests, fuzzed", fuzzed=True)
def requests(folder: Path, seed: int) -> str | None:
    """Whatever is written, each whole line gets one line of JSON, and the next client is served."""
    from PySide6.QtCore import QCoreApplication

    _application()
    name = _where(folder)

    def answer(request: str) -> dict[str, object]:
        if request.startswith("stretch"):
            raise RecursionError("a mistake")
        return {"ok": True, "said": request}

    server = part("Server", "desktop.shell.single_instance")(answer)
    _servers.append(server)
    if not server.listen():
        return "it does not listen"
    random_ = random.Random(seed)
    lines = [random_.choice(_REQUESTS).encode() for _ in range(random_.choice((1, 1, 3)))]
    if random_.random() < 0.5:
        lines[0] = random_.choice(
            (b"", b"\0" * 100, random_.randbytes(200).replace(b"\n", b""), b"x" * 3000, "pause ½".encode())
        )
    sent, endless = b"\n".join(lines) + b"\n", random_.random() < 0.1
    if endless:
        sent = b"x" * 100_000
    received = b""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(name)
        client.setblocking(False)
        ends = time.monotonic() + 5
        while time.monotonic() < ends:
            QCoreApplication.processEvents()
            try:
                if sent:
                    sent = sent[client.send(sent) :]
                more = client.recv(65536)
                received += more
                if not more:
                    break
            except BlockingIOError:
                pass
            except OSError:
                break
            if received.count(b"\n") >= len(lines):
                break
    server.close()
    if endless:
        return None if not received else "an endless line was answered"
    answers = received.splitlines()
    if len(answers) != len(lines):
        return f"{len(answers)} answers to {len(lines)} requests"
    return next((f"no JSON: {one[:80]!r}" for one in answers if not isinstance(json.loads(one), dict)), None)


_ANSWERER = """
import os, socket, sys, time
for line in sys.stdin:
    name, way, sent = line.split()
    sent = bytes.fromhex(sent[1:])
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        print(flush=True)
        client, _ = listening.accept()
        with client:
            try:
                while True:
                    client.sendall(sent)
                    if way == "once":
                        break
                    time.sleep(1.0 if way == "slowly" else 0)
            except OSError:
                pass
"""
_answerer: list[subprocess.Popen[str]] = []
"""One process for all tries: while Qt waits for an answer it lets no other thread of its process run."""


def _asked(folder: Path, sent: bytes, way: str) -> tuple[dict[str, object] | None, float]:
    """How `ctl` handles a server that sends this "once", "slowly" or "endlessly", and how long that takes, seconds."""
    _application()
    name = _where(folder)
    if not _answerer:
        _answerer.append(
            subprocess.Popen(
                [sys.executable, "-c", _ANSWERER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
        atexit.register(_answerer[0].kill)
    stdin, stdout = _answerer[0].stdin, _answerer[0].stdout
    assert stdin is not None
    assert stdout is not None
    stdin.write(f"{name} {way} x{sent.hex()}\n")
    stdin.flush()
    stdout.readline()
    began = time.monotonic()
    answer = part("ask", "desktop.shell.single_instance")("status")
    return answer, time.monotonic() - began


@case("control", "answers, fuzzed", fuzzed=True)
def answers(folder: Path, seed: int) -> str | None:
    """Whatever answers, `ctl` finishes within seconds, and prints nothing that a terminal would act on."""
    random_ = random.Random(seed)
    sent = random_.choice((
        b"", b"\n", random_.randbytes(300), b"[" * 60_000 + b"\n", b'{"ok": true, "said": "\x1b[2J\\u001b[31m\\u009b\\ud800"}\n',
        b"null\n", b"[1]\n", b'"x"\n', b'{"ok": false, "error": {"a": "\\u001b"}}\n', b"x" * 200_000,
        *(damaged(_STATUS, seed) + b"\n" for _ in range(10)), *(edited(_STATUS.decode(), seed) + b"\n" for _ in range(10)),
    ))  # fmt: skip
    answer, taken = _asked(folder, sent, "once")
    if taken > 8:
        return f"it took {taken:.1f} s"
    text = "".join(f"{name}{value}" for name, value in (answer or {}).items())
    text.encode()  # fails if it cannot be printed
    return "control characters are printed" if any(ord(one) < 32 or 127 <= ord(one) < 160 for one in text) else None


@case("control", "an answer that comes a byte a second, and one without an end", seeds=2)
def slow_answers(folder: Path, seed: int) -> str | None:
    answer, taken = _asked(folder, *((b"x", "slowly") if seed == 0 else (b"x" * 65536, "endlessly")))
    return None if taken < 8 and answer is not None and not answer["ok"] else f"{taken:.1f} s: {answer}"


@case("control", "another user's program in its place", seeds=3)
def others(folder: Path, seed: int) -> str | None:
    """Only root can try this: a process of another user binds the name, or connects."""
    if os.getuid() != 0:
        return None
    from PySide6.QtCore import QCoreApplication

    _application()
    name = _where(folder)
    if seed < 2:  # in the app's place
        folder.chmod(0o777 if seed else 0o700)
        if seed:  # a folder writable by others is not used at all
            return (
                None
                if part("socket_name", "desktop.shell.peer")() != name
                else "a folder that others can write is used"
            )
        process = os.fork()
        if process == 0:
            os.setgid(65534)
            os.chown(folder, 65534, 65534)
            os.setuid(65534)
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(name)
                listening.listen()
                Path(name).chmod(0o777)
                listening.settimeout(8)
                client, _ = listening.accept()
                client.settimeout(3)
                request = client.recv(4096)
                client.sendall(b'{"ok": true, "said": "paused"}\n')
                (folder / "heard").write_bytes(request)
            os._exit(0)
        while not Path(name).exists():
            time.sleep(0.01)
        time.sleep(0.2)
        os.chown(folder, 0, 0)
        answer = part("ask", "desktop.shell.single_instance")("pause 5")
        os.kill(process, 9)
        os.waitpid(process, 0)
        if answer is None or answer["ok"]:
            return f"it was believed: {answer}"
        return "it received the request" if (folder / "heard").exists() else None
    server = part("Server", "desktop.shell.single_instance")(lambda request: {"ok": True, "said": request})
    server.listen()
    Path(name).chmod(0o777)
    folder.chmod(0o755)
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.setgid(65534)
        os.setuid(65534)
        os.chdir("/")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(3)
            try:
                client.connect(name)
                client.sendall(b"quit\n")
                os.write(writing, client.recv(4096) or b"closed")
            except OSError:
                os.write(writing, b"closed")
        os._exit(0)
    ends = time.monotonic() + 5
    while os.waitpid(process, os.WNOHANG) == (0, 0) and time.monotonic() < ends:
        QCoreApplication.processEvents()
    server.close()
    heard_back = os.read(reading, 4096)
    return None if heard_back == b"closed" else f"it was answered: {heard_back[:80]!r}"
