"""How long it takes to say a text."""

import pytest

from posturecam.coach.judging.speaking_time import speaking_seconds
from posturecam.config.settings import VoiceSettings
from posturecam.voice.speaking_time import speaking_time


def test_it_depends_on_the_language_and_its_letters():
    german = "Lass den Kopf langsam zur Seite sinken und halt ihn da."
    assert speaking_seconds(german, "de") == pytest.approx(len(german) / 14 + 0.3)
    chinese = "坐直，双手放在腿上。"
    assert speaking_seconds(chinese, "zh") == pytest.approx(8 / 4.5 + 2 / 14 + 0.3)
    assert (
        speaking_seconds("Sit tall.", "en") < speaking_seconds("Sit tall.", "fr") == speaking_seconds("Sit tall.", "de")
    )
    assert speaking_seconds("", "de") == 0


def test_a_slower_voice_takes_longer():
    usual, slow = speaking_seconds("Sit tall", "en", 160), speaking_seconds("Sit tall", "en", 80)
    assert slow - 0.3 == pytest.approx(2 * (usual - 0.3))
    assert speaking_time(VoiceSettings(words_a_minute=80))("Sit tall") == slow


def test_where_the_system_may_speak_english_after_all_the_longer_one_counts():
    spoken = speaking_time(VoiceSettings(), "zh", {"Sit tall and breathe": "坐直"}.get)
    assert spoken("Sit tall and breathe") == speaking_seconds("Sit tall and breathe")
