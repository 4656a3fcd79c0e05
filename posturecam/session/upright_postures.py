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
from posturecam.session.upright_offer import ReplacedUpright, UprightOffer
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
        self._field_of_view: float | None = None
        """Of the camera, degrees; None for recorded landmarks, whose faces were measured before."""
        self._keys: tuple[str, ...] = ()
        """Keys of the camera that is open, or was last."""
        self._saved: tuple[Baseline, ...] = ()
        """All baselines in the file when it was last read."""
        self._unsaved: dict[BaselineSlot, Baseline] = {}
        """Baselines that could not be saved, by camera, view and desk: in use until the end of this run, and saved as soon as possible."""
        self._offer = UprightOffer()
        self._replaced: ReplacedUpright | None = None
        """What the last accepted suggestion replaced, or what has taken its place since."""
        self._place = ""
        self._outdated: str | None = None
        """Why there is nothing that the picture can be compared with, if it was learned once."""
        self.all: dict[View, Baseline] = {}
        """Baselines by the view they were learned from."""

    def open(self, source: Source, settings: Settings) -> None:
        """Load the baselines of this camera, as with its field of view of now."""
        self._source, self._keys = source, source.info.keys
        self._field_of_view = None if source.info.recorded else settings.camera.field_of_view
        self._reload()

    def _reload(self) -> None:
        if self._source is None:
            return
        self._offer = UprightOffer()
        self._keep_unsaved()
        kept = self._load()
        self._unsaved |= {slot_of(one): one for one in kept.unsaved}
        self._saved = kept.kept
        kept = replace(kept, kept=(*kept.kept, *self._unsaved.values()))
        if kept.complaint:
            self._publisher.complain(kept.complaint)
        self.all = {view: self._as_seen_now(one) for view, one in kept.of(*self._keys, place=self._place).items()}
        outdated = kept.outdated(*self._keys)
        self._outdated = None
        if outdated is not None and outdated.outdated is not None and not self.all:
            self._outdated = outdated.outdated.text

    def _as_seen_now(self, baseline: Baseline) -> Baseline:
        """The baseline as it would be if it had been learned with the field of view of now."""
        return baseline if self._field_of_view is None else baseline.with_lens(self._field_of_view)

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
        baseline = self._fitting(tick, baseline)
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

    def _fitting(self, tick: Tick, baseline: Baseline | None) -> Baseline | None:
        """The baseline for this check: the one in use, or the one that it replaced once the camera is back there; that is in use from then on."""
        replaced = self._replaced
        if baseline is None or replaced is None or slot_of(replaced.baseline) != slot_of(baseline):
            return baseline
        if not replaced.fits_again(tick):
            return baseline
        back = self._as_seen_now(replaced.baseline)
        self._replaced, self._offer = ReplacedUpright(baseline), UprightOffer()
        self.all[back.view] = back
        self._keep(back)
        return back

    def learn(self, baseline: Baseline, settings: Settings, *, save: bool = True) -> None:
        """Use a new baseline from now on, and save it unless it is saved already."""
        baseline = replace(self._as_seen_now(baseline), place=self._place)
        self.all[baseline.view], self._outdated, self._offer = baseline, None, UprightOffer()
        self._replaced = None
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
            offered = self._offer.learn(self._source.info, made, settings)
            before = self.all.get(offered.view)
            self.learn(offered, settings)
            self._replaced = None if before is None else ReplacedUpright(before)
        except CalibrationRefused as refusal:
            self._publisher.tell(Complaint(self._now(), refusal.text))


def _caution(baseline: Baseline, settings: Settings) -> str | None:
    try:
        return caution_about(baseline, settings, load_learned)
    except ModelError:  # reported as soon as watching begins; the baseline is still good for geometry
        return None
