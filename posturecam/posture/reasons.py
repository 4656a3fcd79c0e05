"""Why something is unknown: a code, its parameters, and one table of their texts. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from posturecam.i18n.message import Message
from posturecam.i18n.words import mark
from posturecam.posture.view import View


class Why(StrEnum):
    """Why something is unknown, as a code for programs; `Reason.text` is the same for people."""

    NO_PERSON = "no_person"
    NO_PICTURE = "no_picture"
    NOT_SEEN = "not_seen"
    WRONG_VIEW = "wrong_view"
    VIEW_UNKNOWN = "view_unknown"
    HEAD_TURNED = "head_turned"
    CLIPPED = "clipped"
    COINCIDENT = "coincident"
    IMPLAUSIBLE = "implausible"
    TURNED = "turned"
    NO_BASELINE = "no_baseline"
    OTHER_VIEW = "other_view"
    TILTED = "tilted"
    CAMERA_MOVED = "camera_moved"
    UNLIKE = "unlike"
    ARMS_RAISED = "arms_raised"


TEXTS: Mapping[tuple[Why, str], str] = {
    (Why.NO_PERSON, ""): mark("I see nobody"),
    (Why.NO_PERSON, "coach"): mark("I cannot see you, step into view"),
    (Why.NO_PERSON, "far"): mark("Come closer, I cannot see you"),
    (Why.NO_PERSON, "cut_off"): mark("Move back, I cannot see you"),
    (Why.NO_PICTURE, ""): "{problem}",
    (Why.NOT_SEEN, ""): mark("I cannot see {what}"),
    (Why.NOT_SEEN, "head_and_shoulders"): mark("I cannot see your head and shoulders"),
    (Why.NOT_SEEN, "shoulders"): mark("I cannot see both of your shoulders"),
    (Why.NOT_SEEN, "face_not_looked"): mark("face detection was off"),
    (Why.NOT_SEEN, "face_too_small"): mark("your face is too small in the picture"),
    (Why.NOT_SEEN, "face_not_found"): mark("I cannot see your face: it is turned away, bent down or hidden"),
    (Why.NOT_SEEN, "face_implausible"): mark("I cannot read your face reliably"),
    (Why.NOT_SEEN, "face_learned"): mark("I cannot see your face, which your calibration relies on"),
    (Why.NOT_SEEN, "face_from_front"): mark("I cannot see your face from the front"),
    (Why.NOT_SEEN, "cut_off"): mark("Move back, I cannot see {what}"),
    (Why.NOT_SEEN, "enough"): mark("I cannot see enough of you"),
    (Why.NOT_SEEN, "too_long"): mark("I have not seen you for too long"),
    (Why.NOT_SEEN, "not_kept"): mark("it was not saved"),
    (Why.NOT_SEEN, "nowhere"): mark("a landmark has no position"),
    (Why.WRONG_VIEW, "side"): mark("the camera looks from the side"),
    (Why.WRONG_VIEW, "front"): mark("the camera sees you from the front, where forward angles do not show"),
    (Why.WRONG_VIEW, "nearly_front"): mark("the camera sees you too much from the front to measure a forward angle"),
    (Why.WRONG_VIEW, "off_profile"): mark(
        "the camera is too far from a side view: hips behind a desk would be a guess"
    ),
    (Why.WRONG_VIEW, "oblique_head"): mark("from an oblique view a turned head looks like a tilted one"),
    (Why.WRONG_VIEW, "oblique_level"): mark("from an oblique view leaning forward looks like leaning sideways"),
    (Why.WRONG_VIEW, "oblique_lean"): mark("from an oblique view a sideways lean cannot be told from a forward one"),
    (Why.WRONG_VIEW, "not_exact"): mark("only an exact side view allows an estimate"),
    (Why.WRONG_VIEW, "beyond_fit"): mark("it is only known for neck inclinations of {low:.0f} to {high:.0f}°"),
    (Why.VIEW_UNKNOWN, ""): mark("I cannot tell the camera angle yet"),
    (Why.VIEW_UNKNOWN, "no_depth"): mark("these landmarks were recorded without depth"),
    (Why.HEAD_TURNED, ""): mark("your head is turned by about {angle:.0f}°"),
    (Why.CLIPPED, ""): mark("{what} is cut off by the edge of the picture"),
    (Why.CLIPPED, "shoulders"): mark("your shoulders are outside the picture"),
    (Why.COINCIDENT, ""): mark("{what} are at the same point in the picture"),
    (Why.COINCIDENT, "ends"): mark("the ends of {what} are at the same point in the picture"),
    (Why.COINCIDENT, "pair"): mark("{what} and {other} are at the same point in the picture"),
    (Why.COINCIDENT, "ears"): mark("your ears are at the same point in the picture"),
    (Why.COINCIDENT, "eye_and_ear"): mark("your eye and ear are at the same point in the picture"),
    (Why.COINCIDENT, "hip_and_shoulder"): mark("your hip and shoulder are at the same point in the picture"),
    (Why.COINCIDENT, "hips_and_shoulders"): mark("your hips and shoulders are at the same point in the picture"),
    (Why.COINCIDENT, "both_sides"): mark("{what} and the other one are at the same point in the picture"),
    (Why.IMPLAUSIBLE, ""): mark("{what} seems to be below {other}"),
    (Why.IMPLAUSIBLE, "value"): mark(
        "your {measure} reads {value}, which is impossible: I am not seeing you correctly"
    ),
    (Why.IMPLAUSIBLE, "body"): mark("I cannot make out your body clearly: more light may help"),
    (Why.TURNED, "upside_down"): mark("the picture seems to be upside down"),
    (Why.TURNED, "aside"): mark("the picture seems turned by 90°"),
    (Why.NO_BASELINE, ""): mark("from {view} I can only compare: calibrate your upright posture first"),
    (Why.NO_BASELINE, "face"): mark("your upright posture was learned without your face: calibrate again"),
    (Why.NO_BASELINE, "hips"): mark("I did not see your hips in the start pose"),
    (Why.NO_BASELINE, "shoulders"): mark("I did not see both your shoulders in the start pose"),
    (Why.NO_BASELINE, "start_pose"): mark("there is no start pose yet"),
    (Why.OTHER_VIEW, ""): mark("I see you from {view}, but you calibrated from {then}"),
    (Why.TILTED, ""): mark("your whole body leans to one side, or the camera was turned"),
    (Why.CAMERA_MOVED, "picture"): mark("the picture is {now} now and was {then} when you calibrated"),
    (Why.CAMERA_MOVED, "shoulders"): mark(
        "your shoulders are in a different place in the picture: the camera or the chair was moved"
    ),
    (Why.ARMS_RAISED, ""): mark("your arms are raised, and your shoulders with them"),
    (Why.UNLIKE, ""): mark("your pose is unlike anything my estimate was trained on"),
}
"""The text of each reason, completing "unknown, because …", by code and case, with named parameters."""

SAID = "said"
"""The case of a reason of which only the text is known, as saved by posturecam 0.1."""

Parameter = float | str | View


@dataclass(frozen=True, slots=True, init=False)
class Reason:
    """Why a value is unknown: `Reason(Why.HEAD_TURNED, angle=40)`, `Reason(Why.WRONG_VIEW, "side")`.

        >>> Reason(Why.HEAD_TURNED, angle=40.3).text
        'your head is turned by about 40°'

    Raises:
        ValueError: if `TEXTS` has no such case of the code, which is a bug in the program.
    """

    code: Why
    case: str
    """Selects one of several texts of a code; empty for the default."""
    parameters: tuple[tuple[str, Parameter], ...]

    def __init__(self, code: Why, case: str = "", /, **parameters: Parameter) -> None:
        if (code, case) not in TEXTS and case != SAID:
            raise ValueError(f"{code} has no text for the case {case!r}; it needs one in TEXTS")
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "case", case)
        given = ((name, value if isinstance(value, str) else float(value)) for name, value in parameters.items())
        object.__setattr__(self, "parameters", tuple(given))

    @property
    def text(self) -> Message:
        """The English text, completing "unknown, because …"; `posturecam.i18n.translate.tr` translates it."""
        return Message(TEXTS.get((self.code, self.case), "{text}"), **dict(self.parameters))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Serialized to files by `kept_reason`; with `context="texts"`, to code and text."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else reason_of(value),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda reason, info: reason_record(reason) if info.context == "texts" else kept_reason(reason),
                info_arg=True,
            ),
        )


KeptReason = dict[str, float | str]
"""A reason as saved in files: `{"code": "camera_moved", "case": "picture", "now": "640×480", "then": "1280×720"}`."""
_VIEWS = ("view", "then")
"""Parameters that may hold a view."""


def reason_record(reason: Reason) -> dict[str, str]:
    """The reason for programs and people: its code and its English text."""
    return {"code": reason.code.value, "text": str(reason.text)}


def kept_reason(reason: Reason) -> KeptReason:
    """The reason as plain, language-neutral data."""
    case = {"case": reason.case} if reason.case else {}
    parameters = {name: value.value if isinstance(value, View) else value for name, value in reason.parameters}
    return {"code": reason.code.value, **case, **parameters}


_FORMER_CODES = ("head_bent", "too_near", "too_far", "uncertain", "contradictory")
"""Codes used by earlier versions; each meant that too little was known to judge."""

_FORMER_TEXTS = (
    (Why.CAMERA_MOVED, "picture", r"the picture is (?P<now>\S+) now and was (?P<then>\S+) when you calibrated"),
    (
        Why.CAMERA_MOVED,
        "shoulders",
        r"your shoulders are elsewhere in the picture: the camera or the chair was moved",
    ),
)
"""English texts that 0.1.0 saved in the history, each with the code and the case that it has now."""


def reason_of(saved: object) -> Reason:
    """Read a saved reason, also in the format of posturecam 0.1: `{"code": "not_seen", "text": "I cannot see your left hip"}`.

    Raises:
        ValueError: if it is not a reason, or one unknown to this version.
    """
    if not isinstance(saved, Mapping):
        raise ValueError(f"a reason has a code, got {saved!r}")
    try:
        return _read(saved)
    except (TypeError, OverflowError) as problem:  # a list in place of a text, or a number of hundreds of digits
        raise ValueError(f"a reason is made of texts and numbers, got {saved!r}") from problem


def _read(saved: Mapping[Any, Any]) -> Reason:
    parameters = {name: value for name, value in saved.items() if name not in ("code", "case")}
    if saved.get("code") in _FORMER_CODES:
        return Reason(Why.NOT_SEEN, "enough")
    code, case = Why(str(saved.get("code"))), saved.get("case", SAID if "text" in parameters else "")
    if case == SAID:
        for former, now, text in _FORMER_TEXTS:
            found = re.fullmatch(text, str(parameters.get("text"))) if former is code else None
            if found:
                return Reason(code, now, **found.groupdict())
    for name in _VIEWS:
        if parameters.get(name) in tuple(View):
            parameters[name] = View(parameters[name])
    reason = Reason(code, case, **parameters)
    if not all(isinstance(value, str) or math.isfinite(value) for _, value in reason.parameters):
        raise ValueError(f"the reason {code} has an infinite number")
    try:
        _ = reason.text
    except (KeyError, ValueError) as lacking:
        raise ValueError(f"the reason {code} lacks {lacking}") from lacking
    return reason
