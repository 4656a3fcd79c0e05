"""One instance at a time, and control from outside: a local socket that only this user can open.

A request is one line of words ("pause 15"), the answer one line of JSON. `posturecam ctl` and a second start use it.
"""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from posturecam.store import home

Answer = dict[str, Any]
_PATIENCE = 3000
"""Milliseconds for which an instance that runs is waited for."""
_LONGEST = 4096
"""Bytes of a request."""


def socket_name() -> str:
    """One for each user and each folder of settings, so that two of them do not meet."""
    who = f"{getpass.getuser()}\n{home().absolute()}"
    return f"posturecam-{hashlib.sha256(who.encode()).hexdigest()[:16]}"


def ask(request: str, patience: int = _PATIENCE) -> Answer | None:
    """Ask the instance that runs; None where none does.

    Args:
        request: Words, without a line break.
        patience: Milliseconds after which it is given up.
    """
    socket = QLocalSocket()
    socket.connectToServer(socket_name())
    if not socket.waitForConnected(patience):
        return None
    socket.write(f"{request}\n".encode())
    received = b""
    while not received.endswith(b"\n"):
        if not socket.waitForReadyRead(patience):
            return {"ok": False, "error": "posturecam runs but does not answer; end it and start it again"}
        received += bytes(socket.readAll().data())
    socket.disconnectFromServer()
    answer: Answer = json.loads(received)
    return answer


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
        """End."""
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
