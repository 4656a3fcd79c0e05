"""The options of an analysis, and its summary."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from posturecam.config.settings import Settings
from posturecam.i18n.message import Message
from posturecam.i18n.words import IN_PERCENT
from posturecam.posture.assess import vote_of
from posturecam.posture.baseline import Baseline
from posturecam.posture.loop import Tick
from posturecam.posture.monitor import Event, Phase
from posturecam.posture.reading import Reading
from posturecam.posture.reasons import Reason, Why
from posturecam.posture.records.serialize import JsonRecord, event_record
from posturecam.vision.orientation import TURNS, usual_turn
from posturecam.vision.sources.files import name_of

Progress = Callable[[float], None]
"""Receives the finished share, 0 to 1; an exception it raises ends the work."""


@dataclass(frozen=True, slots=True)
class AnalyzeOptions:
    """What to produce for a file.

    Raises:
        ValueError: if a number is invalid.
    """

    rate: float = 5.0
    """Samples per second of the file as it plays; more if a time-lapse would otherwise be all gaps."""
    upright_seconds: float | None = None
    """The first seconds of the file as it plays that show the upright posture, for calibration."""
    baselines: tuple[Baseline, ...] = ()
    """Baselines learned before, of any camera; those with the file's key that still fit are used."""
    video: bool = True
    """Write an annotated video, or annotated pictures."""
    plot: bool = True
    time_scale: float = 1.0
    """Seconds that each second of a video stands for."""
    rotate: int = 0
    """Clockwise degrees by which the pictures are rotated first: 0, 90, 180 or 270."""

    def __post_init__(self) -> None:
        positive = {"rate": self.rate, "time_scale": self.time_scale}
        if self.upright_seconds is not None:
            positive["upright_seconds"] = self.upright_seconds
        for name, value in positive.items():
            if value is None or not 0 < value < math.inf:
                raise ValueError(f"{name} must be positive and finite, got {value}")
        if self.rotate not in TURNS:
            raise ValueError(f"rotate must be 0, 90, 180 or 270, got {self.rotate}")


@dataclass(frozen=True, slots=True)
class UnknownShare:
    """One reason for which the deviation was unknown, and its share."""

    reason: Reason
    """The first reason of its kind; later texts may differ in their figures."""
    seconds: float
    samples: int
    in_phase: float = 0.0
    """Of these seconds, those of the phase `unknown`; in the others somebody was away, or the phase before went on."""


@dataclass(frozen=True, slots=True)
class JudgedPicture:
    """What was seen in one picture."""

    file: str
    """Its name, fit to be shown."""
    reading: Reading


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of one file."""

    file: Path
    folder: Path
    """Where the results are."""
    seconds: float
    """From the first sample to the last; 0 for pictures, which have no time."""
    samples: int
    shares: Mapping[Phase, float]
    """Share of the time that each phase took, 0 to 1; empty for pictures. A pause too long to be judged is unknown."""
    events: tuple[Event, ...]
    unknown: tuple[UnknownShare, ...]
    """Why the deviation was unknown, the longest first."""
    truncated: str | None
    """What part of the file could not be read, or None."""
    outputs: tuple[Path, ...]
    warnings: tuple[str, ...] = ()
    """Problems that affected the analysis, although the results are valid."""
    turn: int | None = None
    """Clockwise degrees by which most of the pictures must be rotated to show somebody upright
    (`AnalyzeOptions.rotate`), or None."""
    pictures: tuple[JudgedPicture, ...] = ()
    """Each picture by itself; empty for a video or a recording of more than one."""

    @property
    def main_reason(self) -> Reason | None:
        """Why most of the phase `unknown` was unknown, or most pictures; None if nothing was, or if pauses were the main cause."""
        if not self.shares:
            return self.unknown[0].reason if self.unknown else None
        pauses = self.shares[Phase.UNKNOWN] * self.seconds - sum(one.in_phase for one in self.unknown)
        main = max(self.unknown, key=lambda one: one.in_phase, default=None)
        return main.reason if main is not None and main.in_phase > max(pauses, 0.0) else None

    @property
    def unknown_mostly(self) -> str | None:
        """The main reason in words, completing "unknown, because …", or None."""
        return None if self.main_reason is None else self.main_reason.text


def summary_record(summary: Summary) -> JsonRecord:
    """A summary as plain data for JSON."""
    return {
        "file": str(summary.file),
        "folder": str(summary.folder),
        "seconds": round(summary.seconds, 3),
        "samples": summary.samples,
        "shares": {phase.value: round(share, 4) for phase, share in summary.shares.items()},
        "events": [event_record(event) for event in summary.events],
        "unknown": [
            {
                "code": unknown.reason.code.value,
                "text": unknown.reason.text,
                "seconds": round(unknown.seconds, 3),
                "samples": unknown.samples,
            }
            for unknown in summary.unknown
        ],
        "turn": summary.turn,
        "truncated": summary.truncated,
        "warnings": list(summary.warnings),
        "outputs": [str(path) for path in summary.outputs],
    }


WORTH_A_REASON = 0.05
"""Share of unknown time from which its reason is given."""


class Tally:
    """Counts the figures of a summary, sample by sample; a sample stands for the time since the previous one."""

    def __init__(self, settings: Settings, rotate: int = 0) -> None:
        """Start empty; the pictures were already turned by `rotate` degrees clockwise."""
        self.events: list[Event] = []
        self.seconds = 0.0
        self._warnings: dict[str, None] = {}
        self._settings, self._rotate = settings, rotate
        self._longest_gap = settings.monitor.longest_gap
        self._turns = list[int | None]()
        self._t: float | None = None
        self._samples = 0
        self._in_gaps = 0.0
        self._pictures = list[JudgedPicture]()
        self._last: Reading | None = None
        self._by_phase = dict.fromkeys(Phase, 0.0)
        self._reasons: dict[Why, Reason] = {}
        self._unknown_seconds, self._unknown_samples = defaultdict[Why, float](float), Counter[Why]()
        self._in_phase = defaultdict[Why, float](float)

    def add(self, tick: Tick) -> None:
        """Count one sample."""
        elapsed = 0.0 if self._t is None else max(tick.frame.t - self._t, 0.0)
        self._t = tick.frame.t
        self._samples += 1
        self._last = tick.reading
        self.seconds += elapsed
        self.events += tick.events
        if tick.pose is not None:
            self._turns.append(vote_of(tick.pose, self._settings))
        if elapsed > self._longest_gap:
            self._in_gaps += elapsed
        self._by_phase[tick.state.phase if elapsed <= self._longest_gap else Phase.UNKNOWN] += elapsed
        reason = tick.reading.deviation.reason
        if reason is not None:
            self._reasons.setdefault(reason.code, reason)
            self._unknown_seconds[reason.code] += elapsed
            if tick.state.phase is Phase.UNKNOWN and elapsed <= self._longest_gap:
                self._in_phase[reason.code] += elapsed
            self._unknown_samples[reason.code] += 1

    def add_picture(self, file: str, tick: Tick) -> None:
        """Count a picture that was judged by itself."""
        self.add(tick)
        self._pictures.append(JudgedPicture(file, tick.reading))

    def warn(self, text: str) -> None:
        """Add a warning to the summary, once."""
        self._warnings[text] = None

    def summary(self, file: Path, folder: Path, truncated: str | None, outputs: tuple[Path, ...]) -> Summary:
        """The summary of a file and its results."""
        unknown = [
            UnknownShare(reason, self._unknown_seconds[code], self._unknown_samples[code], self._in_phase[code])
            for code, reason in self._reasons.items()
        ]
        turn = usual_turn(self._turns)
        pictures = tuple(self._pictures)
        if self._samples == 1 and self._last is not None:  # a single picture in a video's format, such as GIF
            pictures = (JudgedPicture(name_of(file), self._last),)
        if self._in_gaps > WORTH_A_REASON * self.seconds:
            self.warn(
                Message(
                    "{file}: for {share} of the time, the pictures are more than {seconds:g} s apart "
                    "(monitor.longest_gap), so the posture in between is unknown",
                    file=name_of(file),
                    share=Message(IN_PERCENT, number=math.floor(100 * self._in_gaps / self.seconds)),
                    seconds=self._longest_gap,
                )
            )
        return Summary(
            file=file,
            folder=folder,
            seconds=self.seconds,
            samples=self._samples,
            shares={phase: spent / self.seconds for phase, spent in self._by_phase.items()} if self.seconds else {},
            events=tuple(self.events),
            unknown=tuple(sorted(unknown, key=lambda one: (-one.seconds, -one.samples))),
            truncated=truncated,
            outputs=outputs,
            warnings=tuple(self._warnings),
            turn=None if turn is None else (turn + self._rotate) % 360,
            pictures=pictures,
        )
