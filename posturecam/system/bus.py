"""Asks services on D-Bus, from any thread and with short time-outs.

dbus-fast runs in one daemon thread with a loop of its own. A bus that is missing, dies or hangs delays each call by at most
`SECONDS`; after a loss the next call reconnects. Asking never starts a service.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from posturecam.system.reader import Unreadable

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

Kind = Literal["session", "system"]

SECONDS = 0.5
"""A service on the same computer answers within milliseconds, and within tenths of a second under heavy load."""

T = TypeVar("T")


class Refused(Unreadable):
    """The bus works, but the service is missing or does not know the question; another service may be asked instead."""


@dataclass(frozen=True, slots=True)
class Question:
    """A method of a service, with its arguments."""

    kind: Kind
    service: str
    path: str
    interface: str
    member: str
    signature: str = ""
    arguments: tuple[Any, ...] = ()


def property_of(kind: Kind, service: str, path: str, interface: str, name: str) -> Question:
    """The question for a property of a service."""
    return Question(kind, service, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, name))


class Bus:
    """The session's bus and the system's bus, connected when they are first needed."""

    def __init__(self, *, seconds: float = SECONDS, addresses: Mapping[Kind, str] | None = None) -> None:
        """Create it without a connection or a thread.

        Args:
            seconds: How long an answer, and a connection, may take.
            addresses: Addresses of the buses, for tests; missing ones are found as usual.
        """
        self._seconds = seconds
        self._addresses = dict(addresses or {})
        self._buses: dict[Kind, MessageBus] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._lock = Lock()
        self._closed = False

    def ask(self, question: Question) -> Any:
        """The first value of the service's answer, unpacked; None if the answer is empty.

        Raises:
            Refused: if the service is not there or does not know the question.
            Unreadable: if there is no bus, or no answer in time.
        """
        return self._within(self._ask(question), 2 * self._seconds)

    def close(self) -> None:
        """Disconnect, and end the thread; one that hangs is left behind and ends with the process."""
        with self._lock:
            loop, thread, self._closed = self._loop, self._thread, True
        if loop is None or thread is None or loop.is_closed():
            return
        with suppress(Unreadable):
            self._within(self._disconnect(), self._seconds, closing=True)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=2 * self._seconds)

    def _within(self, work: Coroutine[Any, Any, T], seconds: float, *, closing: bool = False) -> T:
        try:
            loop = self._running(closing)
        except Unreadable:
            work.close()
            raise
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            # The loop gives up first, by its own time-outs; this one is for a loop that is itself stuck.
            return future.result(seconds + 0.1)
        except (TimeoutError, concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
            future.cancel()
            raise Unreadable(f"D-Bus did not answer within {seconds:g} s") from None

    def _running(self, closing: bool) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._closed and not closing:
                raise Unreadable("it is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                # Whoever asks receives every failure. What is left is of questions given up since, and asyncio would print it.
                self._loop.set_exception_handler(lambda _loop, _context: None)
                self._thread = Thread(target=self._run, args=(self._loop,), name="posturecam-dbus", daemon=True)
                self._thread.start()
            return self._loop

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        finally:
            loop.close()

    async def _ask(self, question: Question) -> Any:
        from dbus_fast import Message, MessageFlag, MessageType
        from dbus_fast.unpack import unpack_variants

        bus = await self._connected(question.kind)
        message = Message(
            destination=question.service,
            path=question.path,
            interface=question.interface,
            member=question.member,
            signature=question.signature,
            body=list(question.arguments),
            flags=MessageFlag.NO_AUTOSTART,
        )
        try:
            reply = await asyncio.wait_for(bus.call(message), self._seconds)
        except TimeoutError:
            raise Unreadable(f"{question.service} did not answer within {self._seconds:g} s") from None
        except Exception as problem:
            self._buses.pop(question.kind, None)
            raise Unreadable(f"the {question.kind} bus was lost ({_short(problem)})") from problem
        if reply is None or reply.message_type is MessageType.ERROR:
            name = (reply.error_name if reply is not None else "no reply") or "an error"
            raise Refused(f"{question.service} did not tell ({name.rpartition('.')[2]})")
        return unpack_variants(reply.body[0]) if reply.body else None

    async def _connected(self, kind: Kind) -> MessageBus:
        known = self._buses.get(kind)
        if known is not None and known.connected:
            return known
        self._buses.pop(kind, None)
        try:
            from dbus_fast import BusType
            from dbus_fast.aio import MessageBus

            type_ = BusType.SYSTEM if kind == "system" else BusType.SESSION
            bus = MessageBus(bus_address=self._addresses.get(kind) or _address(kind), bus_type=type_)
            await asyncio.wait_for(bus.connect(), self._seconds)
        except Unreadable:
            raise
        except TimeoutError:
            raise Unreadable(f"the {kind} bus did not answer within {self._seconds:g} s") from None
        except ImportError:
            raise Unreadable("the library dbus-fast is not installed") from None
        except Exception as problem:
            raise Unreadable(f"there is no {kind} bus ({_short(problem)})") from problem
        self._buses[kind] = bus
        return bus

    async def _disconnect(self) -> None:
        buses, self._buses = list(self._buses.values()), {}
        for bus in buses:
            bus.disconnect()
            with suppress(Exception):
                await asyncio.wait_for(bus.wait_for_disconnect(), self._seconds)  # type: ignore[no-untyped-call]


def _address(kind: Kind) -> str | None:
    """The address of a bus. For the session bus, fall back to systemd's default path, where dbus-fast does not look."""
    if kind == "system" or os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return None
    usual = Path(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), "bus")
    if not usual.exists():
        raise Unreadable("there is no session bus (DBUS_SESSION_BUS_ADDRESS is not set)")
    return f"unix:path={usual}"


def _short(problem: BaseException) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror
    lines = str(problem).strip().splitlines()
    return lines[0][:120] if lines else type(problem).__name__
