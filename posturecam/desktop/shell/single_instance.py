"""One instance at a time, and control from outside: a local socket that only this user can open.

A request is one line of words ("pause 15"), the answer one line of JSON. `posturecam ctl` and a second start use it.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QLockFile, QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from posturecam.config.files import home
from posturecam.errors import NotRunning

Answer = dict[str, Any]
_PATIENCE = 3000
"""Milliseconds for which an instance that runs is waited for."""
_LONGEST = 4096
"""Bytes of a request."""
_STARTS_SECONDS = 10.0
"""How long another instance may take from its claim until it answers."""


def socket_name() -> str:
    """One for each user and each folder of settings, so that two of them do not meet."""
    who = f"{getpass.getuser()}\n{home().absolute()}"
    return f"posturecam-{hashlib.sha256(who.encode()).hexdigest()[:16]}"


def ask(request: str) -> Answer | None:
    """Ask the instance that runs; None where none does. The request is words, without a line break."""
    socket = QLocalSocket()
    socket.connectToServer(socket_name())
    if not socket.waitForConnected(_PATIENCE):
        return None
    socket.write(f"{request}\n".encode())
    received = b""
    while not received.endswith(b"\n"):
        if not socket.waitForReadyRead(_PATIENCE):
            return {"ok": False, "error": "posturecam runs but does not answer; end it and start it again"}
        received += bytes(socket.readAll().data())
    socket.disconnectFromServer()
    answer: Answer = json.loads(received)
    return answer


def claim() -> QLockFile | None:
    """Be the one instance for this folder of settings, until the lock is given back or the process is gone; None where another is."""
    with contextlib.suppress(OSError):
        home().mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(home() / "posturecam.lock"))
    lock.setStaleLockTime(0)  # it is held for days, and stale only once its process is gone
    taken = not lock.tryLock(0) and lock.error() is QLockFile.LockError.LockFailedError
    return None if taken else lock  # in a folder that cannot be written nobody can claim anything


def raise_other(request: str) -> None:
    """Ask the instance that runs, or that is just starting.

    Raises:
        NotRunning: if it does not answer, or refuses.
    """
    ends = time.monotonic() + _STARTS_SECONDS
    while (answer := ask(request)) is None and time.monotonic() < ends:
        time.sleep(0.1)
    if answer is None:
        raise NotRunning("posturecam runs but does not answer; end it and start it again")
    if not answer.get("ok"):
        raise NotRunning(str(answer.get("error")))


class Server(QObject):
    """Answers requests while the app runs."""

    def __init__(self, answer: Callable[[str], Answer], parent: QObject | None = None) -> None:
        """Not listening yet.

        Args:
            answer: From the request to what is answered; called in the windows' thread.
            parent: As Qt takes it.
        """
        super().__init__(parent)
        self._answer = answer
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def listen(self) -> bool:
        """Begin; whether it could. What a killed instance left behind is removed."""
        if self._server.listen(socket_name()):
            return True
        QLocalServer.removeServer(socket_name())
        return self._server.listen(socket_name())

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST:
                socket.abort()
            return
        request = bytes(socket.readLine().data()).decode("utf-8", "replace").strip()
        socket.write(json.dumps(self._answer(request)).encode() + b"\n")
        socket.flush()
