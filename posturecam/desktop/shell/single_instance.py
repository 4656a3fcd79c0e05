"""One instance at a time, and control from outside: a local socket that only this user can open.

A request is one line of words ("pause 15"), the answer one line of JSON. `posturecam ctl` and a second start use it. Both ends check
that the other is a process of the same user, wait a few seconds at most, and read a few kilobytes at most.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from posturecam.config import uncaught
from posturecam.config.files import LOCK, home, private_home, tighten
from posturecam.config.reading import is_missing, reason
from posturecam.desktop.shell.peer import is_own_user, socket_name
from posturecam.errors import NotRunning
from posturecam.i18n.message import Message, printable
from posturecam.i18n.words import mark

log = logging.getLogger("posturecam")

Reply = dict[str, Any]
PATIENCE_SECONDS = 5.0
"""Seconds for a whole request and its answer, at both ends, however slowly the bytes come."""
_LONGEST_REQUEST = 4096
"""Longest request, bytes, including the line end."""
_LONGEST_ANSWER = 65_536
"""Longest answer, bytes; the longest real one, of "status", has 500."""
_MOST_CLIENTS = 16
"""Most clients at a time; further ones are turned away."""
_TIDY_MILLISECONDS = 100
"""Milliseconds between removals of finished clients."""
_LOOK_SECONDS = 5.0
"""Seconds between checks that the app can still be reached: as often as the state of the system is read."""
STARTS_SECONDS = 10.0
"""Seconds that another instance may take from its claim until it answers."""
NO_ANSWER = mark("posturecam is running but does not answer; try again, or quit it and start it again")
_NOT_OURS = mark("another user's program answers in posturecam's place; nothing was sent to it")
_NO_SENSE = mark("posturecam sent an answer that makes no sense; quit it and start it again")


def ask(request: str) -> Reply | None:
    """Ask the running instance; None if there is none. The request is words, without a line break."""
    try:
        name = socket_name()
    except OSError as problem:
        return _refused(Message("posturecam cannot be reached ({problem})", problem=reason(problem)))
    ends = time.monotonic() + PATIENCE_SECONDS
    socket = QLocalSocket()
    socket.setReadBufferSize(_LONGEST_ANSWER)
    socket.connectToServer(name)
    if not socket.waitForConnected(_milliseconds(ends)):
        return None
    try:
        if not is_own_user(int(socket.socketDescriptor())):
            return _refused(_NOT_OURS)
        socket.write(f"{printable(request)}\n".encode(errors="replace"))
        return _answered(socket, ends)
    finally:
        socket.abort()


def _answered(socket: QLocalSocket, ends: float) -> Reply:
    """Read the answer until a deadline."""
    received = b""
    while not received.endswith(b"\n"):
        if not socket.bytesAvailable():
            socket.waitForReadyRead(_milliseconds(ends))  # it may say no of what was answered and closed at once
        if time.monotonic() >= ends or not socket.bytesAvailable():
            return _refused(NO_ANSWER)
        received += bytes(socket.readAll().data())
        if len(received) > _LONGEST_ANSWER:
            return _refused(_NO_SENSE)
    try:
        answer = json.loads(received)
    except (ValueError, RecursionError):
        return _refused(_NO_SENSE)
    if not isinstance(answer, dict):
        return _refused(_NO_SENSE)
    return {printable(str(name)): _plain(value) for name, value in answer.items()}


def _plain(value: object) -> object:
    """A value of an answer without control characters, which a terminal would act on."""
    if isinstance(value, str):
        return printable(value.encode(errors="replace").decode())
    return value if value is None or isinstance(value, bool | int | float) else printable(repr(value))


def _milliseconds(ends: float) -> int:
    return max(round(1000 * (ends - time.monotonic())), 1)


def _refused(why: str) -> Reply:
    return {"ok": False, "error": why}


def claim() -> QLockFile | None:
    """Become the only instance for this settings folder, until the lock is released or the process ends; None if there is another one."""
    with contextlib.suppress(OSError):
        private_home()
    lock = QLockFile(str(home() / LOCK))
    lock.setStaleLockTime(0)  # it is held for days, and stale only once its process is gone
    taken = not lock.tryLock(0) and lock.error() is QLockFile.LockError.LockFailedError
    tighten(home() / LOCK)  # Qt makes it readable for everybody
    return None if taken else lock  # in a folder that cannot be written nobody can claim anything


def runs_unheard() -> bool:
    """Whether another instance holds the claim, although nothing answered: it hangs, is just starting, or could not make its socket.

    The claim itself is left alone, since trying to take it could keep an instance from starting. On Windows this is unknown, and False.
    """
    if sys.platform == "win32":
        return False
    with contextlib.suppress(OSError, ValueError):
        number, program, *_ = (home() / LOCK).read_text("utf-8").split("\n")  # as QLockFile writes them
        os.kill(int(number), 0)
        runs = Path(f"/proc/{number}/exe")  # after a restart of the computer, another program may have the number
        return not runs.exists() or runs.resolve().name == program
    return False


def raise_other(request: str) -> None:
    """Ask the running instance, or one that is just starting.

    Raises:
        NotRunning: if it does not answer, or refuses.
    """
    ends = time.monotonic() + STARTS_SECONDS
    while (answer := ask(request)) is None and time.monotonic() < ends:
        time.sleep(0.1)
    if answer is None:
        raise NotRunning(NO_ANSWER)
    if not answer.get("ok"):
        raise NotRunning(str(answer.get("error")))


class Server(QObject):
    """Answers requests while the app runs."""

    def __init__(
        self, answer: Callable[[str], Reply], parent: QObject | None = None, *, look_every: float = _LOOK_SECONDS
    ) -> None:
        """Create it without listening.

        Args:
            answer: Maps a request to its answer; called in the GUI thread.
            parent: Parent object.
            look_every: Seconds between checks that it can still be reached.
        """
        super().__init__(parent)
        self._answer = answer
        self._clients: dict[QLocalSocket, float] = {}
        """The deadline of each client."""
        self._tidy = QTimer(self, singleShot=True)
        self._tidy.timeout.connect(self._put_away)
        self._look = QTimer(self, interval=round(1000 * look_every))
        self._look.timeout.connect(self._stay_reachable)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def listen(self) -> bool:
        """Start listening; returns whether that worked, and tries again later. Leftovers of a killed instance are removed."""
        self._look.start()
        return self._listen()

    def _listen(self) -> bool:
        try:
            name = socket_name()
        except OSError:
            return False
        if self._server.listen(name):
            return True
        QLocalServer.removeServer(name)
        return self._server.listen(name)

    def close(self) -> None:
        """Stop listening, and disconnect waiting clients."""
        self._look.stop()
        self._server.close()
        self._tidy.stop()
        for client in self._clients:
            client.abort()

    def _stay_reachable(self) -> None:
        """Listen again where that has ended, which is not announced.

        Qt's server closes for good when it cannot accept a connection, as with too many open files. And programs that tidy temporary
        folders remove the socket of an app that runs for weeks.
        """
        there = sys.platform == "win32" or not is_missing(Path(self._server.fullServerName()))
        if not (self._server.isListening() and there):
            why = self._server.errorString() or "its socket was removed"
            self._server.close()
            if self._listen():
                log.warning("posturecam could not be reached from outside (%s), and listens again", printable(why))

    def _greet(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._clients) >= _MOST_CLIENTS or not is_own_user(int(socket.socketDescriptor())):
                self._clients[socket] = -math.inf
                self._tidy.start(0)
                continue
            self._clients[socket] = time.monotonic() + PATIENCE_SECONDS
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            self._read(socket)
            if not self._tidy.isActive():
                self._tidy.start(_TIDY_MILLISECONDS)

    def _put_away(self) -> None:
        """Remove clients that are done or too slow: here and not in their own signals, where Qt would crash."""
        for socket, ends in tuple(self._clients.items()):
            if ends <= time.monotonic():
                socket.abort()
            if socket.state() is QLocalSocket.LocalSocketState.UnconnectedState:
                del self._clients[socket]
                socket.deleteLater()
        if self._clients:
            self._tidy.start(_TIDY_MILLISECONDS)

    def _read(self, socket: QLocalSocket) -> None:
        """Answer every complete line; an unfinished line is ignored."""
        if self._clients.get(socket, -math.inf) == -math.inf:
            return
        while socket.canReadLine():
            request = bytes(socket.readLine().data()).decode("utf-8", "replace")
            socket.write(json.dumps(self._answered(printable(request).strip())).encode() + b"\n")
        socket.flush()
        if socket.bytesAvailable() >= _LONGEST_REQUEST:
            self._clients[socket] = -math.inf
            self._tidy.start(0)

    def _answered(self, request: str) -> Reply:
        """Answer a request, whatever happens on the way."""
        try:
            return self._answer(request)
        except Exception as mistake:
            uncaught.log(mistake, f"the request '{request[:40]}'")
            return _refused(uncaught.words(mistake))
