"""Presents alerts and break suggestions in the ways the user chose: a notification, a soft chime, a glow, dimmed screens.

If the system shows no notifications with buttons, a card of our own replaces them. It is withdrawn when it is answered
anywhere, when the slouch is over, and when alerts are held back (a meeting begins). Without notifications in the
settings, there is none for a break either: the windows and the menu show the suggestion.

An alert is shown in one place: on the page "Now" while the user has it open, otherwise in a notification or the card. Opening
the page moves it there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QApplication

from posturecam.alerts.policy import Response
from posturecam.alerts.text import answers
from posturecam.desktop.alerts.glow import WAYS as SCREEN_WAYS
from posturecam.desktop.alerts.glow import Glow
from posturecam.desktop.alerts.toast import Toast, ToastButton
from posturecam.desktop.widgets.actions import POSTPONE, SKIP
from posturecam.desktop.widgets.background import messenger
from posturecam.desktop.widgets.icons import APP_ICON
from posturecam.errors import in_a_line
from posturecam.i18n.translate import mark, tr
from posturecam.session.protocol.client import SessionClient
from posturecam.session.protocol.messages import AlertRaised, BreakAhead, BreakOffered, Happened, Snapshot
from posturecam.session.protocol.mode import Mode
from posturecam.session.protocol.sign import Sign
from posturecam.session.rules.breaks import BreakAnswer
from posturecam.system import less_motion

if TYPE_CHECKING:  # imported with the first alert: the tray icon does not wait for it
    from posturecam.alerts.notification import NotificationDelivery
    from posturecam.voice.mixer import Mixer
    from posturecam.voice.player import Player

_log = logging.getLogger(__name__)

TRIAL_SECONDS = 4.0
"""How long the glow and the dimming are shown on trial."""
_AT_THE_DESK = frozenset({Mode.STARTING, Mode.WATCHING, Mode.CAMERA_LOST})
_OFFER_STANDS = timedelta(minutes=5)
"""An unanswered suggestion disappears after this time, so as not to get in the way of work."""
_LET_END_SECONDS = 0.5
"""Seconds to let the loudspeaker play its buffered sound."""


NOT_BLURRED = mark(
    "The screen is dimmed, not blurred: blurring it needs KDE Plasma on X11, with its blur effect switched on."
)

AlertOrBreak = AlertRaised | BreakOffered | BreakAhead
Answer = Response | BreakAnswer


@dataclass(frozen=True, slots=True)
class Presented:
    """An alert or suggestion that is presented, and how: for the presenter that takes over."""

    what: AlertOrBreak
    elsewhere: bool
    """Whether a notification or the card shows it."""
    stood: timedelta
    """How long it has been shown."""
    last: datetime
    """Local time up to which that was counted."""


class AlertPresenter(QObject):
    """Presents what the engine publishes, and returns the user's answers."""

    def __init__(
        self,
        client: SessionClient,
        *,
        open_stretch: Callable[[str], None],
        open_why: Callable[[AlertRaised], None],
        notifications: NotificationDelivery | None = None,
        chime: Callable[[float], None] | None = None,
        in_sight: Callable[[], bool] = lambda: False,
        say: Callable[[str], object] = lambda _: None,
        parent: QObject | None = None,
    ) -> None:
        """Create it; nothing is shown yet.

        Args:
            client: Receives the answers; its settings choose how to alert.
            open_stretch: Shows the coach with the routine of this id.
            open_why: Shows why this alert was given.
            notifications: Shows notifications; None uses the system's.
            chime: Rings once at this loudness, 0 to 1, and returns at once; None uses the loudspeaker.
            in_sight: Whether the user is looking at a page that shows alerts and suggestions itself.
            say: Shows a problem that the user should know of.
            parent: The Qt object that owns it.
        """
        super().__init__(parent)
        self._client = client
        self._open_stretch, self._open_why = open_stretch, open_why
        self._notifications = notifications
        self._chime = chime or ring
        self._in_sight, self._say = in_sight, say
        self.glow = Glow(client, self)
        self.toast: Toast | None = None
        """The card that is shown, if one is."""
        self._stands: AlertOrBreak | None = None
        self._elsewhere = False
        """Whether the open alert or suggestion is shown in a notification or on the card."""
        self._stood = timedelta()
        """How long it has been shown, by the snapshots since."""
        self._last = datetime.min
        """Local time of the last of these; before the first, that of the alert or suggestion itself."""
        self._failure_logged = self._closed = False
        self._messenger = messenger()  # created here, in the GUI thread: the system's notifications answer in another

    @property
    def offered(self) -> BreakOffered | None:
        """The suggested break that was not answered yet."""
        return self._stands if isinstance(self._stands, BreakOffered) else None

    @property
    def shows(self) -> bool:
        """Whether a notification or the card shows it, so that no page needs to."""
        return self._elsewhere and self._stands is not None

    def take(self, snapshot: Snapshot) -> None:
        """Update the glow; withdraw what is no longer valid."""
        self.glow.take(snapshot)
        self.glow.spare(self._to_be_read())
        if self._elsewhere and self._in_sight():
            self._withdraw()
        stands = self._stands
        if stands is None or snapshot.comes_late_after(stands.at):
            return  # an earlier snapshot knows nothing about it
        self._stood += max(snapshot.at - self._last, timedelta())  # the clock may be set back meanwhile
        self._last = snapshot.at
        silent = snapshot.outlook.silent is not None
        if isinstance(stands, BreakOffered | BreakAhead):
            elsewhere = snapshot.mode not in _AT_THE_DESK or snapshot.sign is Sign.AWAY
            stretches = isinstance(stands, BreakAhead) or stands.offer.because.stretches
            unwanted = stretches and snapshot.no_stretching
            if elsewhere or silent or unwanted or self._stood >= _OFFER_STANDS:
                self._take_back()
        elif not stands.trial and (silent or not _same(snapshot, stands)):
            self._take_back()
        elif not stands.trial and snapshot.alert is not None and snapshot.alert.alert != stands.alert:
            self._reword(snapshot.alert)

    def put_off(self, given: BreakAnswer | None) -> None:
        """A suggested or announced break was answered elsewhere; pass the answer, if any, to the engine."""
        if isinstance(self._stands, BreakOffered | BreakAhead):
            if given is not None:
                self._client.answer_break(given)
            self._take_back()

    def stop_showing(self) -> None:
        """Clear alerts and suggestions from the screen, for something that comes first. An open alert can still be answered in the menu."""
        self._take_back()
        self.glow.rest()

    def happened(self, what: Happened) -> None:
        """Present an event, if it is an alert or a suggestion."""
        if isinstance(what, AlertRaised):
            self._present(what)
        elif isinstance(what, BreakOffered | BreakAhead):
            self._offer(what)

    @property
    def presented(self) -> Presented | None:
        """The alert or suggestion that is presented; None if there is none, or only a test."""
        what = self._stands
        if what is None or (isinstance(what, AlertRaised) and what.trial):
            return None
        return Presented(what, self._elsewhere, self._stood, self._last)

    def go_on_with(self, before: Presented) -> None:
        """Take over what another presenter showed, in the current language, without a sound: it was announced before."""
        self._replace(before.what)
        self._stood, self._last = before.stood, before.last
        if before.elsewhere:
            self._notify(before.what)

    def close(self) -> None:
        """Withdraw everything, and accept no more answers."""
        self._closed = True
        self._stands = None
        self._drop_card(still=True)
        self.glow.close()
        if self._notifications is not None:
            self._notifications.close()
            self._notifications = None

    # Presenting.

    def _present(self, raised: AlertRaised) -> None:
        ways = self._client.settings.desktop.alerts
        self._replace(raised)
        shown = [way for way in SCREEN_WAYS if way in ways]
        lacking = [self.glow.lacking(way) or "" for way in shown if self.glow.shown_for(way) is None]
        if "blur" in shown and self.glow.shown_for("blur") == "dim":
            self._say(NOT_BLURRED)
        if raised.trial and shown:
            self.glow.try_it(TRIAL_SECONDS)
        if "sound" in ways:
            self._chime(self._client.settings.voice.volume)
        if self._in_sight() and not raised.trial:
            self._withdraw()  # of an earlier one
            return
        if "notification" in ways:
            self._notify(raised)
        elif shown and len(lacking) == len(shown):  # otherwise a slouch would never be shown
            _log.warning("Alerts are shown as notifications: %s", " ".join(dict.fromkeys(lacking)))
            self._notify(raised)

    def _offer(self, offered: BreakOffered | BreakAhead) -> None:
        if isinstance(self._stands, AlertRaised) and not self._stands.trial:
            return  # the alert already offers a stretch
        self._replace(offered)
        if "notification" in self._client.settings.desktop.alerts and not self._in_sight():
            self._notify(offered)

    def _reword(self, raised: AlertRaised) -> None:
        """Offer other answers to the open alert, where it is shown and without a sound."""
        elsewhere, stood, last = self._elsewhere, self._stood, self._last
        self.go_on_with(Presented(raised, elsewhere, stood, last))

    def _replace(self, what: AlertOrBreak) -> None:
        self._drop_card(still=True)
        self._elsewhere = False
        self._stands = what
        self._stood, self._last = timedelta(), what.at

    def _notify(self, what: AlertOrBreak) -> None:
        from posturecam.alerts.notification import Notice, NotificationDelivery

        if self._notifications is None:
            self._notifications = NotificationDelivery(SimpleQueue(), icon=APP_ICON)

        def answered(answer: Answer | None) -> None:
            self._messenger.bring(partial(self._answered, what, answer))

        def failed(problem: Exception) -> None:
            self._messenger.bring(partial(self._show_card_instead, what, problem))

        buttons = tuple((title, partial(answered, answer)) for answer, title in _answers(what).items())
        clicked = partial(answered, None)
        self._elsewhere = True
        self._notifications.tell(
            Notice(tr(what.words.title), tr(what.words.body), buttons, clicked, failed, needs_buttons=True),
        )

    def _show_card_instead(self, what: AlertOrBreak, problem: Exception) -> None:
        if not self._failure_logged:
            _log.warning("Notifications cannot be used (%s); cards of our own are shown instead.", in_a_line(problem))
        self._failure_logged = True
        if what is self._stands and self._elsewhere:
            self._show_card(what)

    def _show_card(self, what: AlertOrBreak) -> None:
        kinds = {Response.STRETCH: "primary", BreakAnswer.DONE: "primary"}
        choices = [
            ToastButton(title, partial(self._answered, what, answer), kinds.get(answer, ""))
            for answer, title in _answers(what).items()
        ]
        sign: Sign | None = None
        if isinstance(what, AlertRaised):
            sign = Sign.SLOUCHING
            choices.append(ToastButton(tr("Why?"), partial(self._answered, what, None), "plain", closes=False))
        still = less_motion(self._client.settings.desktop)
        self.toast = Toast(tr(what.words.title), tr(what.words.body), choices, sign, still=still)
        self.toast.dismissed.connect(self._card_dismissed)
        self.toast.show_up()

    def _card_dismissed(self) -> None:
        """The user closed the card unanswered: from now on the page "Now" shows what is open, and the card deletes itself."""
        self.toast = None
        self._elsewhere = False

    # Answers.

    def _answered(self, what: AlertOrBreak, answer: Answer | None) -> None:
        """The user pressed a button; None: they clicked the notification itself, or asked why."""
        if self._closed:
            return
        if answer is None:
            if isinstance(what, AlertRaised):
                self._open_why(what)
            elif isinstance(what, BreakOffered) and what.offer.because.stretches:
                self._open_stretch(what.routine)
            return
        if isinstance(answer, BreakAnswer):
            self._client.answer_break(answer)
        elif isinstance(what, BreakOffered):
            self._open_stretch(what.routine)
        elif isinstance(what, AlertRaised) and not what.trial:
            self._client.answer(answer, what)
            if answer is Response.STRETCH:
                self._open_stretch(self._client.settings.breaks.routine)
        if what is self._stands:
            self._take_back()

    def _take_back(self) -> None:
        self._stands = None
        self._withdraw()

    def _withdraw(self) -> None:
        """Close the card or the notification; the alert may remain open elsewhere."""
        self._elsewhere = False
        self._drop_card()
        if self._notifications is not None:
            self._notifications.take_back()

    def _to_be_read(self) -> list[QRect]:
        """The areas that must stay readable: the card, and the active window if it is the app's."""
        active = QApplication.activeWindow()
        shown = [one for one in (self.toast, active) if one is not None and one.isVisible()]
        return [one.frameGeometry() for one in shown]

    def _drop_card(self, *, still: bool = False) -> None:
        card, self.toast = self.toast, None
        if card is not None:
            card.go(still=still)


def _same(snapshot: Snapshot, raised: AlertRaised) -> bool:
    return snapshot.alert is not None and snapshot.alert.at == raised.at


def _answers(what: AlertOrBreak) -> dict[Answer, str]:
    if isinstance(what, AlertRaised):
        return {answer: tr(title) for answer, title in answers(what.alert).items()}
    found: dict[Answer, str] = {}
    if isinstance(what, BreakOffered):
        stretches = what.offer.because.stretches
        found = {Response.STRETCH: tr("Stretch now")} if stretches else {BreakAnswer.DONE: tr("Done")}
    return {**found, BreakAnswer.POSTPONE: tr(POSTPONE), BreakAnswer.SKIP: tr(SKIP)}


def ring(volume: float, *, open_player: Callable[[Mixer], Player] | None = None) -> None:
    """Ring one soft chime, in a thread of its own, since opening a loudspeaker takes a while; a failure is only logged.

    Args:
        volume: 0 to 1; at 0 nothing is opened.
        open_player: Opens the player; None opens the loudspeaker.
    """
    if volume > 0:
        Thread(target=_ring, args=(volume, open_player), name="posturecam-chime", daemon=True).start()


def _ring(volume: float, open_player: Callable[[Mixer], Player] | None) -> None:
    from posturecam.coach.cues import ChimeKind
    from posturecam.voice.chimes import chime_sound
    from posturecam.voice.mixer import Mixer
    from posturecam.voice.player import Loudspeaker

    sound, mixer = chime_sound(ChimeKind.RELEASED), Mixer(volume)
    try:
        player = (open_player or Loudspeaker)(mixer)
    except Exception as problem:  # a driver may raise anything
        _log.warning("The chime of an alert could not be played: %s.", in_a_line(problem))
        return
    mixer.ring(sound)
    sleep(sound.seconds + _LET_END_SECONDS)
    player.close()
