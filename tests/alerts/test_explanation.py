"""Why an alert was given: one figure where it is known, and a tip in any case."""

import pytest

from posturecam.alerts.explanation import explain, tip_for
from posturecam.posture.measures import Name


@pytest.mark.parametrize(
    ("cause", "change", "compared", "figure"),
    [
        (Name.NECK_HEIGHT, -9.2, True, "head 9 cm lower"),
        (Name.NECK_HEIGHT, -1.0, True, "head 1 cm lower"),
        (Name.NECK_HEIGHT, -0.4, True, None),
        (Name.NECK_HEIGHT, -9.2, False, None),  # lower than what?
        (Name.NECK_HEIGHT, None, True, None),
        (Name.BODY_YAW, -26.0, True, "turned 26° away"),
        (None, 9.0, True, None),
        (None, None, False, None),
    ],
)
def test_the_figure_says_how_far_it_was_where_that_is_known_and_worth_saying(cause, change, compared, figure):
    assert explain(cause, change, compared=compared).figure == figure


def test_without_a_known_cause_there_is_a_sentence_and_the_usual_tip():
    compared, alone = (explain(None, None, compared=compared) for compared in (True, False))
    assert (compared.sentence, alone.sentence) == ("You were past your slouch line.", "You were slouching.")
    assert compared.tip == alone.tip == tip_for(None) == "Slide back until the backrest supports your back."


def test_the_sentence_compares_only_where_it_was_compared():
    assert "than when you sit upright" in explain(Name.NECK_INCLINATION, 20.0, compared=True).sentence
    assert "than" not in explain(Name.NECK_INCLINATION, 60.0, compared=False).sentence
