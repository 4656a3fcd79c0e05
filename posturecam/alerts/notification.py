"""Native notifications through desktop-notifier, in a thread of their own: the loop never waits for them."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from posturecam.alerts.policy import Alert, Response
from posturecam.alerts.text import answers, describe
from posturecam.alerts.trouble import Trouble
from posturecam.errors import Explained, in_a_line
from posturecam.i18n.message import Message
from posturecam.i18n.translate import mark, tr

if TYPE_CHECKING:  # imported where it is used: it takes a while, and the system libraries it needs may be missing
    from desktop_notifier import Capability, DesktopNotifier

_NO_ANSWER = mark("the notification service did not answer within {seconds:g} s")
_CHECK_SECONDS = 2.5
"""Seconds that `posturecam doctor` waits for the notification service."""
_CLOSING_SECONDS = 0.5
"""Seconds that withdrawing a notification and closing the connection may take, each."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification of any kind. Its callbacks run in the notifier's thread, or in the thread of the system's event loop."""

    title: str
    body: str
    buttons: tuple[tuple[str, Callable[[], None]], ...] = ()
    """For each button its label, and the function called when it is pressed."""
    clicked: Callable[[], None] | None = None
    """Called when the notification itself is clicked, on systems that report it."""
    failed: Callable[[Exception], None] | None = None
    """Called when it could not be shown; if None, the failure is logged once."""
    needs_buttons: bool = False
    """If set, fail rather than show it without its buttons."""


class NotificationDelivery:
    """Native notifications, with the answers as buttons.

    desktop-notifier runs in one daemon thread of its own, so that a slow, hanging or missing notification service does not
    delay the loop. `deliver` only hands the alert over; failures happen in that thread and are logged once.
    At most one notification is shown at a time.

    On macOS a button answers only while the main thread runs the system's event loop, as the desktop app does.
    """

    name = "notification"

    def __init__(
        self,
        responses: SimpleQueue[Response],
        bell: Callable[[Alert], None] | None = None,
        *,
        patience: float = 10.0,
        icon: Path | None = None,
        connect: Callable[[], DesktopNotifier] | None = None,
    ) -> None:
        """Start the thread; nothing is connected before the first alert.

        Args:
            responses: Where the user's answers are put.
            bell: Requests a sound with each notification; called if the system plays none. None: no sound.
            patience: Seconds after which a service that does not answer is abandoned.
            icon: A picture of the program, for systems that show one.
            connect: Opens the notifier; replaced in tests.
        """
        self._responses = responses
        self._bell = bell
        self._patience = patience
        self._connect = connect or partial(_connect, icon)
        self._notifier: DesktopNotifier | None = None
        self._trouble = Trouble(self.name)
        self._loop = asyncio.new_event_loop()
        self._closing, self._turn = asyncio.Event(), asyncio.Lock()
        self._wanted: Notice | None = None
        """The notice to show, the one passed last; None once it was withdrawn."""
        self._thread = Thread(target=self._run, name="posturecam-notifications", daemon=True)
        self._thread.start()

    def deliver(self, alert: Alert) -> None:
        """Hand the alert over; returns at once."""
        words = describe(alert)
        buttons = tuple(
            (tr(title), partial(self._responses.put, response)) for response, title in answers(alert).items()
        )
        bell = None if self._bell is None else partial(self._bell, alert)
        self._hand_over(Notice(tr(words.title), tr(words.body), buttons), bell)

    def tell(self, notice: Notice) -> None:
        """Show any notice, without a sound; returns at once."""
        self._hand_over(notice, None)

    def take_back(self) -> None:
        """Withdraw the notification that is shown or about to be, if any; returns at once."""
        self._wanted = None
        asyncio.run_coroutine_threadsafe(self._clear_in_turn(), self._loop)

    def _hand_over(self, notice: Notice, bell: Callable[[], None] | None) -> None:
        self._wanted = notice
        asyncio.run_coroutine_threadsafe(self._tell(notice, bell), self._loop)

    def close(self) -> None:
        """Withdraw a notification that is still shown, since its buttons would no longer work, and end the thread.

        A thread that hangs is left behind; it ends with the process.
        """
        with suppress(RuntimeError):  # the thread has ended, perhaps this very moment, and closed its loop
            self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(timeout=3 * _CLOSING_SECONDS)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:  # leaving it cancels whatever is still waiting
            runner.run(self._until_closed())

    async def _until_closed(self) -> None:
        await self._closing.wait()
        await self._close_connection()

    async def _tell(self, notice: Notice, bell: Callable[[], None] | None) -> None:
        sounded = False
        async with self._turn:  # showing one takes several round trips, and another may be wanted by then
            if notice is not self._wanted:
                return
            try:
                sounded = await _within(self._patience, self._show(notice, sound=bell is not None))
            except Exception as problem:
                (notice.failed or self._trouble.report)(problem)
                # The next alert then connects afresh: the service may be available by then.
                await self._close_connection()
        if bell is not None and not sounded:
            bell()

    async def _show(self, notice: Notice, *, sound: bool) -> bool:
        """Replace the last notification with this one, if it is still wanted; returns whether the system plays its sound, or nobody need."""
        from desktop_notifier import DEFAULT_SOUND, Button, Capability, Sound

        if self._notifier is None:
            self._notifier = self._connect()
        can = await _capabilities(self._notifier)
        if notice.needs_buttons and Capability.BUTTONS not in can:
            raise _Unavailable(mark("this system shows no buttons on notifications"))
        sounds = sound and Capability.SOUND in can
        # The freedesktop sound theme has no name "default", so it is silent on Linux.
        own = Sound(name="message-new-instant") if sys.platform == "linux" else DEFAULT_SOUND
        await self._clear()
        body = escape(notice.body, quote=False) if await _reads_markup(self._notifier) else notice.body
        if notice is not self._wanted:
            return True
        shown = asyncio.Event()
        await self._notifier.send(
            notice.title,
            body,
            buttons=[Button(title, pressed) for title, pressed in notice.buttons],
            sound=own if sounds else None,
            on_clicked=notice.clicked,
            on_dispatched=shown.set,
        )
        if not shown.is_set():  # desktop-notifier swallows the exception
            raise _Unavailable(mark("the notification service did not accept it"))
        return sounds

    async def _clear_in_turn(self) -> None:
        async with self._turn:
            await self._clear()

    async def _clear(self) -> None:
        """Withdraw the notification that is shown. If that fails, a new one is still shown."""
        if self._notifier is not None:
            with suppress(Exception):
                await _within(_CLOSING_SECONDS, self._notifier.clear_all())

    async def _close_connection(self) -> None:
        await self._clear()
        notifier, self._notifier = self._notifier, None
        if notifier is not None:
            await _disconnect(notifier)


def check_notifications(connect: Callable[[], DesktopNotifier] | None = None) -> tuple[bool, str]:
    """Whether notifications can be shown, and what they can do or why they cannot. Shows none; returns within 3 s.

    Whether the user has allowed notifications to this program is not checked: not every system reports it.
    """
    answers: SimpleQueue[tuple[bool, str]] = SimpleQueue()
    Thread(target=lambda: answers.put(asyncio.run(_check(connect or _connect))), daemon=True).start()
    try:
        return answers.get(timeout=_CHECK_SECONDS)
    except Empty:
        return False, Message(_NO_ANSWER, seconds=_CHECK_SECONDS)


async def _check(connect: Callable[[], DesktopNotifier]) -> tuple[bool, str]:
    try:
        from desktop_notifier import Capability

        notifier = connect()
        try:
            can = await _capabilities(notifier)
        finally:
            await _disconnect(notifier)
    except Exception as problem:
        return False, in_a_line(problem)
    buttons = mark("with buttons") if Capability.BUTTONS in can else mark("without buttons, so they cannot be answered")
    sound = mark("with sound") if Capability.SOUND in can else mark("without sound")
    return True, Message("{buttons}, {sound}", buttons=buttons, sound=sound)


class _Unavailable(Explained):
    """Raised when no notification can be shown; the message says why."""


def _connect(icon: Path | None = None) -> DesktopNotifier:
    from desktop_notifier import DesktopNotifier, Icon

    # It logs each failure with a traceback; here a failure is reported once, in one line.
    logging.getLogger("desktop_notifier").setLevel(logging.CRITICAL)
    return DesktopNotifier("posturecam", app_icon=Icon(path=icon) if icon is not None else None)


async def _capabilities(notifier: DesktopNotifier) -> frozenset[Capability]:
    """What the notification service can do.

    Raises:
        _Unavailable: if there is none, or if desktop-notifier only pretends to have one, as it does on some systems.
    """
    try:
        can: frozenset[Capability] = await notifier.get_capabilities()
    except Exception as problem:
        raise _Unavailable(
            mark("no notification service answers in this session ({problem})"), problem=in_a_line(problem)
        ) from problem
    if not can:
        raise _Unavailable(mark("this system shows no notifications from programs started this way"))
    return can


async def _reads_markup(notifier: DesktopNotifier) -> bool:
    """Whether the service interprets a body as markup, so that "&" and "<" in a user's own names need escaping; elsewhere that would be shown.

    The title is plain text by the same protocol, whose capability `body-markup` desktop-notifier does not pass on.
    """
    interface = getattr(getattr(notifier, "_backend", None), "interface", None)
    ask = getattr(interface, "call_get_capabilities", None)  # on Linux only
    if ask is None:
        return False
    with suppress(Exception):
        return "body-markup" in await ask()
    return False


async def _disconnect(notifier: DesktopNotifier) -> None:
    """Close the D-Bus connection, which desktop-notifier leaves open and has no method to close."""
    bus = getattr(getattr(notifier, "_backend", None), "bus", None)
    if bus is not None:
        with suppress(Exception):
            bus.disconnect()
            await _within(_CLOSING_SECONDS, bus.wait_for_disconnect())


async def _within(seconds: float, answer: Awaitable[T]) -> T:
    """Wait for an answer.

    Raises:
        _Unavailable: if there is none in this many seconds.
    """
    try:
        return await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        raise _Unavailable(_NO_ANSWER, seconds=seconds) from None
