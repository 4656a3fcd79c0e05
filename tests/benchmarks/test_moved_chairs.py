"""The shipped estimator, without a face, on rendered people who rolled their chairs since the calibration."""

import pytest
from scripts_of_work import Chair, Shot
from stills import UPRIGHT, data_path, load
from working_hours import Recording

from posturecam.config.settings import Settings
from posturecam.posture.learned.features import figure, from_kept, is_complete, joined, kept
from posturecam.posture.learned.model import Angle
from posturecam.posture.learned.weights import load_model

SETTINGS = Settings()
IN_FRONT = ("front, eye level", "front, low", "oblique")


@pytest.fixture(scope="module")
def share_slouching():
    """The share of people the estimate takes for slouching, in a chair that makes them larger by a factor; with and without their place in the picture."""
    stills, model = load(data_path("tune")), load_model()
    families = stills.families()
    recording = Recording(stills, "lite", SETTINGS)

    def pose(index, chair):
        found = recording.pose(Shot(index, chair, 0))
        return found if found is not None and is_complete(found) else None

    people = []
    for group in stills.groups():
        if families[group[0]] in IN_FRONT:
            upright = [pose(index, Chair()) for index in group if stills.posture[index] == UPRIGHT]
            before = joined([figure(one) for one in upright if one is not None])
            people.append((group, model.upright(from_kept(kept(before)))))

    def share(posture, larger):
        over = []
        for group, upright in people:
            for index in group:
                if stills.posture[index] == posture and (seen := pose(index, Chair(larger))) is not None:
                    both = [changes[Angle.SLOUCH].value for changes in model.changes(seen, upright)]
                    if None not in both:
                        over.append([change > SETTINGS.learned.neck_change for change in both])
        return [sum(one) / len(over) for one in zip(*over, strict=True)]

    return share


@pytest.mark.parametrize("larger", [0.75, 1.25])
def test_upright_people_who_rolled_their_chair_are_not_taken_for_slouching(share_slouching, larger):
    assert max(share_slouching(UPRIGHT, larger)) < 0.1


@pytest.mark.parametrize("larger", [0.75, 1.0, 1.25])
def test_deep_slouches_are_still_seen_after_the_chair_was_rolled(share_slouching, larger):
    assert min(share_slouching("slouch_deep", larger)) > 0.9
