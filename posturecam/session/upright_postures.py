"""The baselines of a session: loading, learning, suggesting and saving them, and whether they fit the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from posturecam.config.settings import Settings
from posturecam.errors import CalibrationRefused, ModelError, SettingsError
from posturecam.history.baselines import Baselines, BaselineSlot, read_baselines, save_baseline, slot_of
from posturecam.i18n.translate import mark
from posturecam.posture.baseline import Baseline
from posturecam.posture.caution import caution_about
from posturecam.posture.learned.weights import load_learned
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import BaselineOutdated
from posturecam.posture.view import View
from posturecam.session.protocol.messages import Calibrated, Complaint, UprightOffered
from posturecam.session.publisher import Publisher
from posturecam.session.upright_offer import UprightOffer
from posturecam.vision.frame import Source

NEVER_CALIBRATED = mark("I have not learned how you sit upright yet")


class UprightPostures:
    """The baselines of the open camera at the current desk."""

    def __init__(self, load: Callable[[], Baselines], publisher: Publisher, now: Callable[[], datetime]) -> None:
        """Create it without baselines.

        Args:
            load: Loads the saved baselines; called whenever a camera is opened.
            publisher: Publishes what is learned, suggested and refused.
            now: Local time with its offset.
        """
        self._load, self._publisher, self._now = load, publisher, now
        self._source: Source | None = None
        self._keys: tuple[str, ...] = ()
        """Keys of the camera that is open, or was last."""
        self._saved: tuple[Baseline, ...] = ()
        """All baselines in the file when it was last read."""
        self._unsaved: dict[BaselineSlot, Baseline] = {}
        """Baselines that could not be saved, by camera, view and desk: in use until the end of this run, and saved as soon as possible."""
        self._offer = UprightOffer()
        self._place = ""
        self._outdated: str | None = None
        """Why there is nothing that the picture can be compared with, if it was learned once."""
        self.all: dict[View, Baseline] = {}
        """Baselines by the view they were learned from."""

    def open(self, source: Source) -> None:
        """Load the baselines of this camera."""
        self._source, self._offer, self._keys = source, UprightOffer(), source.info.keys
        self._keep_unsaved()
        kept = self._load()
        self._unsaved |= {slot_of(one): one for one in kept.unsaved}
        self._saved = kept.kept
        kept = replace(kept, kept=(*kept.kept, *self._unsaved.values()))
        if kept.complaint:
            self._publisher.complain(kept.complaint)
        self.all = kept.of(*source.info.keys, place=self._place)
        outdated = kept.outdated(*source.info.keys)
        self._outdated = None
        if outdated is not None and outdated.outdated is not None and not self.all:
            self._outdated = outdated.outdated.text

    def close(self) -> None:
        """The camera was released, perhaps for good; its baselines stay in use."""
        self._source = None
        self._keep_unsaved()

    def move(self, place: str) -> None:
        """The computer is at another desk."""
        self._place = place
        self._reload()

    def keep_here(self) -> None:
        """Save the baselines in use as those of this desk."""
        for baseline in self.all.values():
            if baseline.place:
                save_baseline(replace(baseline, place=self._place))
        self._reload()

    def _reload(self) -> None:
        if self._source is not None:
            self.open(self._source)

    def take_newer(self, settings: Settings) -> bool:
        """Use what another program has learned for this camera since the file was last read; returns whether there is anything.

        What was learned without naming a desk, as in a terminal, counts for the desk where the computer is now.
        """
        with self._publisher.taking_changes("baselines"):
            read = read_baselines()
            self._publisher.complain_of("baselines", read.complaint)
            return self._take(read.kept, settings)
        return False

    def _take(self, saved: tuple[Baseline, ...], settings: Settings) -> bool:
        new, self._saved = [one for one in saved if one not in self._saved], saved
        fitting = [one for one in new if one.camera in self._keys and one.place in ("", self._place)]
        taken = [
            one
            for one in {one.view: one for one in fitting if not one.outdated}.values()
            if one.view not in self.all or self.all[one.view].made != one.made  # else it was learned here
        ]
        for one in taken:
            self.learn(one, settings, save=one.place != self._place)
        return bool(taken)

    def follow(self, tick: Tick, baseline: Baseline | None, settings: Settings) -> Mapping[str, object]:
        """Process one check and the baseline used for it; returns the snapshot fields about the baseline."""
        self._say_whether_it_fits(tick)
        if self._offer.follow(tick, baseline, settings):
            self._publisher.tell(UprightOffered(self._now()))
        elsewhere = baseline is not None and bool(self._place and baseline.place) and baseline.place != self._place
        pose = tick.pose
        return {
            "baseline": baseline if baseline is None or pose is None else baseline.seen_in(pose.width, pose.height),
            "uncalibrated": self._outdated or (None if self.all else NEVER_CALIBRATED),
            "upright_offered": self._offer.stands,
            "elsewhere": elsewhere,
        }

    def _say_whether_it_fits(self, tick: Tick) -> None:
        """Ask for a calibration while the picture has another shape; keep the baseline, which fits again once the old shape is back."""
        for event in tick.events:
            if isinstance(event, BaselineOutdated) and event.view in self.all:
                self._outdated = event.reason.text
        if tick.reading.compared and tick.reading.deviation.value is not None:
            self._outdated = None

    def learn(self, baseline: Baseline, settings: Settings, *, save: bool = True) -> None:
        """Use a new baseline from now on, and save it unless it is saved already."""
        baseline = replace(baseline, place=self._place)
        self.all[baseline.view], self._outdated, self._offer = baseline, None, UprightOffer()
        self._unsaved.pop(slot_of(baseline), None)
        if save:
            self._keep(baseline)
        self._publisher.tell(Calibrated(self._now(), baseline, _caution(baseline, settings)))

    def _keep(self, baseline: Baseline) -> None:
        """Save a baseline, or remember that it is not saved yet."""
        try:
            save_baseline(baseline)
        except SettingsError as problem:
            self._unsaved[slot_of(baseline)] = baseline
            self._publisher.complain(problem.text)
        else:
            self._unsaved.pop(slot_of(baseline), None)

    def _keep_unsaved(self) -> None:
        for one in [*self._unsaved.values()]:
            self._keep(one)

    def learn_offered(self, settings: Settings) -> None:
        """Learn the suggested upright posture; does nothing if there is none. If it cannot be used, the page that suggested it must say so."""
        if self._source is None or not self._offer.stands:
            return
        try:
            made = self._now().isoformat(timespec="seconds")
            self.learn(self._offer.learn(self._source.info, made, settings), settings)
        except CalibrationRefused as refusal:
            self._publisher.tell(Complaint(self._now(), refusal.text))


def _caution(baseline: Baseline, settings: Settings) -> str | None:
    try:
        return caution_about(baseline, settings, load_learned)
    except ModelError:  # reported as soon as watching begins; the baseline is still good for geometry
        return None
