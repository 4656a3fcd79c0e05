"""The history page: how the days were spent, alerts, and stretches; exporting, and deleting everything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtCore import QDir, QLocale, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from posturecam import __version__
from posturecam.config.settings import GoalSettings
from posturecam.desktop.pages.history.cards import DayCard, DaysCard, ListCard, StretchesCard
from posturecam.desktop.pages.history.event_lists import AlertsSeen
from posturecam.desktop.pages.history.exporting import ExportLine, HistoryTasks
from posturecam.desktop.pages.history.goal_card import GoalCard, LastWeekCard
from posturecam.desktop.pages.history.queries import PageData, PeriodLength, read, read_day, with_ending
from posturecam.desktop.pages.history.view_model import figures, spoken_span
from posturecam.desktop.pictures.charts import Tile
from posturecam.desktop.pictures.ring import encoded
from posturecam.desktop.widgets.background import Background
from posturecam.desktop.widgets.confirm import announce, ask_on, confirm
from posturecam.desktop.widgets.layouts import FlowLayout, FollowingArea, SideBySide
from posturecam.desktop.widgets.numbers import spoken_date
from posturecam.desktop.widgets.parts import Chip, ChipGroup, LineLabel, begun_large, button, card, in_the_middle, text
from posturecam.desktop.widgets.theme import GAP, MARGIN, fit_text, scaled
from posturecam.errors import OutputError, PosturecamError
from posturecam.history.export import files_of
from posturecam.history.models import KeptEvent
from posturecam.history.progress.report import write_report
from posturecam.history.records import SittingRecords
from posturecam.history.removal import delete_everything
from posturecam.history.stretch_export import writing
from posturecam.i18n.message import Message
from posturecam.i18n.translate import joined, mark, tr
from posturecam.i18n.words import THINGS
from posturecam.session.protocol.messages import (
    AlertRaised,
    Happened,
    ModeChanged,
    SettingsChanged,
    Snapshot,
    StretchEnded,
)

_READ_AGAIN = 60.0
"""Seconds between two reads while the page is open: the history is saved every minute."""
_WIDEST = 940
_ROOM_FOR_TILES = 560
"""Width of the page from which its four figures fit in one row, device-independent pixels."""
_ROOM_FOR_TWO_TILES = 280
"""The same for two of them."""
_SPANS = {PeriodLength.DAY: mark("Day"), PeriodLength.WEEK: mark("Week"), PeriodLength.MONTH: mark("Month")}
_KINDS = {
    mark("Everything in one file (*.json)"): (".json", False),
    mark("Tables for spreadsheets: 1.5, with commas (*.csv)"): (".csv", False),
    mark("Tables for spreadsheets: 1,5, with semicolons (*.csv)"): (".csv", True),
}
"""The export formats: the suffix, and whether numbers have decimal commas."""


class HistoryPage(QWidget):
    """A day, a week or a month of the history on this computer."""

    def __init__(
        self,
        open_why: Callable[[KeptEvent], None],
        *,
        now: Callable[[], float] = time.time,
        goal: Callable[[], GoalSettings] = GoalSettings,
        native_dialogs: bool = True,
    ) -> None:
        """Create the page; nothing is read before it is shown.

        Args:
            open_why: Shows the evidence of an alert.
            now: The wall clock, seconds since 1970; replaced in tests.
            goal: The user's current goal.
            native_dialogs: Whether the system's own dialog asks for a file.
        """
        super().__init__()
        self._now, self._native, self._goal = now, native_dialogs, goal
        self._span = PeriodLength.DAY
        self._anchor: date | None = None
        self._shown: date | None = None
        self._seen: PageData | None = None
        self._reading, self._tasks = Background(self), HistoryTasks(self)
        self._tasks.ended.connect(self._task_ended)
        self._read_at: float | None = None
        self._unreadable = False
        """Whether the last read failed, which is said until one succeeds."""
        self._told: Sequence[str] = ()
        """What is said, in English."""
        self._to_tell: Sequence[str] = ()
        """What is said, in English, once the history has been read."""
        self._unseen = False
        """Whether what is said came while the page was hidden, as at the end of a long export."""
        self._deletable = False
        self.alerts = AlertsSeen(open_why)
        self.days, self.day, self.stretches = DaysCard(), DayCard(), StretchesCard()
        self.goal, self.last_week = GoalCard(self._ask_picture, self._ask_report), LastWeekCard()
        self.days.chosen.connect(self._choose_day)
        self._build()

    # Building it.

    def _build(self) -> None:
        inside = QWidget()
        inside.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(inside)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(GAP)
        column.addLayout(self._make_head())
        self.said = text("")
        self.said.hide()
        column.addWidget(self.said)
        self.exporting = ExportLine()
        self.exporting.ended.connect(self._exported)
        column.addWidget(self.exporting)
        self.empty = self._make_empty()
        column.addWidget(self.empty)
        self.full = QWidget()
        full = QVBoxLayout(self.full)
        full.setContentsMargins(0, 0, 0, 0)
        full.setSpacing(GAP)
        full.addWidget(self.goal)
        full.addWidget(self.last_week)
        full.addLayout(self._make_switch())
        full.addLayout(self._make_tiles())
        for part in (self.days, self.day, ListCard(tr("Reminders"), self.alerts), self.stretches):
            full.addWidget(part)
        column.addWidget(self.full)
        column.addStretch()
        for either in (self.empty, self.full):  # which one, the first read tells
            either.hide()
        holder = QWidget()
        holder.setLayout(in_the_middle(inside))
        area = FollowingArea(self)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _make_head(self) -> SideBySide:
        heading = LineLabel(tr("History"), "title")
        self.export_button = button(tr("Export…"), self._ask_file, said=tr("Export the history to a file"))
        self.delete_button = button(tr("Delete everything…"), self._ask_delete, said=tr("Delete the whole history"))
        buttons = FlowLayout(8)
        for one in (self.export_button, self.delete_button):
            buttons.addWidget(one)
        head = SideBySide(GAP)
        head.add_part(heading, stretch=1)
        head.add_part(buttons)
        return head

    def _make_empty(self) -> QFrame:
        frame, inside = card()
        inside.setContentsMargins(2 * MARGIN, 2 * MARGIN, 2 * MARGIN, 2 * MARGIN)
        inside.addWidget(text(tr("Nothing here yet"), "heading"))
        words = tr(
            "Once posturecam has watched you for a minute, your day appears here. It is kept on this computer only."
        )
        inside.addWidget(text(words, "quiet"))
        return frame

    def _make_switch(self) -> SideBySide:
        spans = FlowLayout(6)
        self._group = ChipGroup(self)
        self.spans: dict[PeriodLength, Chip] = {}
        for span, words in _SPANS.items():
            chip = Chip(tr(words), ticked=False)
            chip.setChecked(span is self._span)
            chip.clicked.connect(lambda _, span=span: self.show_span(span))
            self._group.add(chip)
            self.spans[span] = chip
            spans.addWidget(chip)
        line = FlowLayout(8)
        self.heading = LineLabel("", "heading")
        self.before = button("‹", lambda: self._turn(-1), said=tr("Earlier"))
        self.after = button("›", lambda: self._turn(1), said=tr("Later"))
        line.addWidget(self.heading)
        line.addWidget(self.before)
        line.addWidget(self.after)
        switch = SideBySide(GAP)
        switch.add_part(spans, stretch=1)
        switch.add_part(line)
        return switch

    def _make_tiles(self) -> QGridLayout:
        self._grid = QGridLayout()
        self._grid.setSpacing(GAP)
        self.tiles = [Tile() for _ in range(4)]
        fit_text(self, self._place_tiles)
        return self._grid

    def _place_tiles(self) -> None:
        """All in one row, in two rows of two if they would be too narrow for their words, or below each other."""
        wide = self.width()
        columns = 4 if wide >= scaled(_ROOM_FOR_TILES) else 2 if wide >= scaled(_ROOM_FOR_TWO_TILES) else 1
        for number, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, number // columns, number % columns)
            self._grid.setColumnStretch(number, 1 if number < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange what stands side by side for this width."""
        super().resizeEvent(event)
        self._place_tiles()

    # What is shown.

    def showEvent(self, event: QShowEvent) -> None:
        """Read the history when the page is shown, and no longer say what was said at the last visit."""
        super().showEvent(event)
        if not (self._unseen or event.spontaneous()):  # a minimized window comes back as it was
            self._say()
        self._unseen = False
        self.refresh()

    def take(self, snapshot: Snapshot) -> None:
        """Read again once a minute: today's figures grow, and so may a whole new day."""
        self._read_if_due()

    def happened(self, what: Happened) -> None:
        """Read what happened, unless that was read within the last minute."""
        if isinstance(what, AlertRaised | StretchEnded | ModeChanged | SettingsChanged):
            self._read_if_due()

    def _read_if_due(self) -> None:
        if self.isVisible() and (self._read_at is None or abs(self._now() - self._read_at) >= _READ_AGAIN):
            self.refresh()

    def show_span(self, span: PeriodLength) -> None:
        """Show today, this week or this month."""
        self._span, self._anchor, self._shown = span, None, None
        self.spans[span].setChecked(True)
        self.refresh()

    def _turn(self, steps: int) -> None:
        if self._seen is not None:
            today = self._seen.today
            first, last = self._span.around(min(self._anchor or today, today))  # which may still have to be read
            wanted = (last if steps > 0 else first) + timedelta(days=steps)
            if (self._seen.begun or wanted) <= wanted <= today:  # the buttons still fit what was read last
                first, last = self._span.around(wanted)
                # The current period follows the clock instead of keeping a date: left open, the page moves on to the next.
                self._anchor = None if first <= today <= last else wanted
                self._shown = None
                self.refresh()

    def _choose_day(self, number: int) -> None:
        """Show another day of the period minute by minute."""
        if self._seen is None:
            return
        before, chosen = self._seen, self._seen.period.days[number].date
        self._shown = chosen
        if self._reading.is_busy:  # with another period perhaps
            self.refresh()
            return

        def show(seen: PageData) -> None:
            self.days.show_seen(seen, self._span)
            self.day.show_seen(seen, self._span)

        self._load(lambda: read_day(self._now, before, chosen), show)

    def refresh(self) -> None:
        """Read the history in the background and show it; report problems."""
        self._read_at = self._now()
        asked = self._now, self._span, self._anchor, self._shown, self._goal()
        self._load(lambda: read(*asked), self._fill)

    def _load(self, reading: Callable[[], PageData | None], show: Callable[[PageData], None]) -> None:
        """Show the result of a read, problems, or that there is nothing yet."""

        def done(seen: PageData | None) -> None:
            told, notes = self._to_tell, seen.notes if seen else ()
            self._to_tell = ()
            if told or notes or self._unreadable:  # else what was said stays, such as where a file is
                self._say(*(told or notes), quietly=not told)
            self._unreadable = False
            self._seen = None if seen is None or seen.begun is None else seen
            self._show_parts(empty=self._seen is None)
            if self._seen is not None:
                show(self._seen)

        def failed(problem: PosturecamError) -> None:
            self._seen = None
            self._say(*self._to_tell, problem.text, quietly=self._unreadable and not self._to_tell)
            self._to_tell = ()
            self._unreadable = True
            self._show_parts(empty=False)

        self._reading.ask(reading, done, failed)

    def _show_parts(self, *, empty: bool) -> None:
        self.empty.setVisible(empty)
        self.full.setVisible(self._seen is not None)
        self._deletable = not empty
        self._enable()

    def _enable(self) -> None:
        """Disable the buttons during an export, so that there is only one at a time and nothing is deleted meanwhile."""
        free = not self.exporting.is_running
        self.export_button.setEnabled(free and self._seen is not None)
        self.delete_button.setEnabled(free and self._deletable)

    def _say(self, *told: str, quietly: bool = False) -> None:
        """Show these texts, given in English; none hides the line."""
        self._told, words = told, "\n".join(begun_large(tr(one)) for one in told)
        self.said.setText(words)
        self.said.setVisible(bool(words))
        self._unseen = bool(words) and not self.isVisible()
        if words and not quietly:
            announce(self, words)

    def _fill(self, seen: PageData) -> None:
        period, dated = seen.period, self._span is not PeriodLength.DAY
        self.heading.setText(spoken_span(period.first, period.last, seen.today))
        self.after.setEnabled(period.last < seen.today)
        self.before.setEnabled(seen.begun is not None and period.first > seen.begun)
        for tile, figure in zip(self.tiles, figures(period), strict=True):
            tile.show_figure(*figure)
        self.goal.show_progress(seen.progress)
        self.last_week.show_progress(seen.progress, seen.begun)
        self.days.setVisible(dated)
        self.day.setVisible(not dated or period.times.total > 0)  # else the days say that there is nothing
        for part in (self.days, self.day, self.stretches):
            part.show_seen(seen, self._span)
        self.alerts.show_alerts(seen.alerts, dated=dated)

    # Export and delete.

    def _save_dialog(self, title: str, name: str, kinds: str, suffix: str) -> QFileDialog:
        dialog = QFileDialog(self, title, str(Path(QDir.homePath(), name)), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog, not self._native)
        dialog.setDefaultSuffix(suffix)
        return dialog

    def _ask_file(self) -> None:
        kinds = {tr(words): kind for words, kind in _KINDS.items()}
        if QLocale().decimalPoint() == ",":  # the format that the user's spreadsheet most likely reads comes first
            kinds = dict(sorted(kinds.items(), key=lambda one: one[1] == (".csv", False)))
        dialog = self._save_dialog(tr("Export the history"), "posturecam-history", ";;".join(kinds), "json")
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kinds.get(kind, (".json", False))[0][1:]))

        def export(name: str) -> None:
            ending, comma = kinds.get(dialog.selectedNameFilter(), (".json", False))
            file = with_ending(Path(name), ending)
            self._write_to(lambda: self.export_to(file, decimal_comma=comma), files_of(file), Path(name))

        dialog.fileSelected.connect(export)
        ask_on(self, dialog)

    def _ask_save(self, title: str, name: str, kind: str, save: Callable[[Path], None], *others: str) -> None:
        """Ask where to save a file of this kind, given as "Words (*.suffix)"; it gets that suffix unless it has it, or one of the others."""
        ending = Path(name).suffix
        dialog = self._save_dialog(title, name, kind, ending[1:])

        def chosen(wanted: str) -> None:  # Qt takes the ".11" of "Posture 28.11" for a suffix
            known = Path(wanted).suffix.lower() in (ending, *others)
            file = Path(wanted if known else wanted + ending)
            self._write_to(lambda: save(file), (file,), Path(wanted))

        dialog.fileSelected.connect(chosen)
        ask_on(self, dialog)

    def _write_to(self, write: Callable[[], None], files: Iterable[Path], asked: Path) -> None:
        """Write files; ask before replacing one that the dialog did not ask about, since it knew only one name, and that without the suffix."""
        replaced = [str(file) for file in files if file != asked and file.exists()]
        if not replaced:
            write()
        elif len(replaced) == 1:
            words = tr("{file} already exists.").format(file=replaced[0])
            confirm(self, tr("Replace this file?"), words, tr("Replace"), write)
        else:
            words = tr("{files} already exist.").format(files=joined(THINGS, replaced))
            confirm(self, tr("Replace these files?"), words, tr("Replace"), write)

    def _ask_picture(self) -> None:
        self._ask_save(
            tr("Save a picture"), "posturecam.png", tr("Picture (*.png)"), self.save_picture, ".jpg", ".jpeg"
        )

    def _ask_report(self) -> None:
        self._ask_save(tr("Save a report"), "posture-report.html", tr("Web page (*.html)"), self.save_report, ".htm")

    def save_picture(self, file: Path) -> None:
        """Save a picture of today and this week, and report the result."""
        picture = self.goal.picture()
        if picture is None:
            return
        try:
            with writing(file) as to:
                to.write(encoded(picture, file.suffix))
        except OutputError as problem:
            self._say(problem.text)
        else:
            self._say(Message("Saved as {file}", file=file))

    def save_report(self, file: Path) -> None:
        """Save a report of the last four weeks, and report the result."""

        def save() -> list[str]:
            with SittingRecords(now=self._now) as records:
                last = records.current_date
                complaints = write_report(file, records, last - timedelta(days=27), last, __version__)
            return [Message("Saved as {file}. Open it in a browser to read or print it.", file=file), *complaints]

        self._tasks.begin(save)

    def _task_ended(self, told: Sequence[str], changed: bool) -> None:
        if changed:
            self._anchor = self._shown = None
            self._to_tell = told
            self.refresh()
        else:
            self._say(*told)

    def export_to(self, file: Path, *, decimal_comma: bool = False) -> None:
        """Export everything to a file in the background, in the format of its suffix, and report the result."""
        self._say()
        self.exporting.begin(file, decimal_comma=decimal_comma)
        self._enable()

    def _exported(self, told: Sequence[str]) -> None:
        self._say(*told)
        self._enable()

    def go_on_from(self, before: HistoryPage) -> None:
        """Show the period that this page in another language showed and what it said, and go on with what it does."""
        self._span, self._anchor, self._shown = before._span, before._anchor, before._shown
        self.spans[self._span].setChecked(True)
        self.exporting.take_over(before.exporting)
        self._tasks, before._tasks = before._tasks, HistoryTasks(before)
        self._tasks.setParent(self)
        self._tasks.ended.disconnect(before._task_ended)
        self._tasks.ended.connect(self._task_ended)
        self._to_tell = before._to_tell
        if (before.isVisible() or before._unseen) and not before._unreadable:
            self._say(*before._told, quietly=True)
        self._enable()

    def close_down(self) -> None:
        """Stop an export, and finish the rest, because the page is closing."""
        self.exporting.close_down()
        self._tasks.finish()

    def _ask_delete(self) -> None:
        words = tr(
            "How you sat, minute by minute; every reminder with its skeleton and your answer; every "
            "stretch session with its depths; and older copies of the file. Your settings and your "
            "calibration are kept. This cannot be undone."
        )
        if self._seen is not None and self._seen.begun is not None:
            words = tr("Everything since {date} will be deleted: {what}").format(
                date=spoken_date(self._seen.begun, self._seen.today), what=words[:1].lower() + words[1:]
            )
        confirm(self, tr("Delete the whole history?"), words, tr("Delete everything"), self._delete)

    def _delete(self) -> None:
        def delete() -> tuple[str]:
            delete_everything()
            return (mark("The history was deleted."),)

        self._tasks.begin(delete, changes=True)
