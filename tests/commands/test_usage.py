"""What is wrong with a command line is said in the user's language, with the exit code of a wrong command line."""

import pytest


@pytest.fixture
def german(own_home):
    own_home.mkdir(parents=True)
    (own_home / "settings.toml").write_text('[desktop]\nlanguage = "de"\n')


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("analyze", "FILES fehlt"),
        ("analyze x --rat 3", "Es gibt keine Option --rat; meintest du --out, --rate, --rotate?"),
        ("--foo", "Es gibt keine Option --foo"),
        ("analyze x --rate", "--rate braucht einen Wert"),
        ("watch --json=3", "--json nimmt keinen Wert an"),
        ("analyze x --rate foo", "--rate muss eine Zahl von 0,1 bis 60 sein"),
        ("analyze x --rotate 45", "--rotate muss eines hiervon sein: 0, 90, 180, 270"),
        ("anlyze", "Es gibt keinen Befehl „anlyze“; meintest du analyze?"),
        ("ctl stats", "Es gibt keinen Befehl „stats“; meintest du status?"),
        ("ctl", "Nenne einen Befehl: status, pause, resume"),
        ("watch a b c", "Hier steht mehr, als dieser Befehl annimmt"),
        ("stretch full --minutes 3", "--minutes: das geht nur zusammen mit desk_break"),
        ("stretch list --minute", "Es gibt keine Option --minute"),
    ],
)
def test_it_is_said_in_german(run, typed, said):
    code, out, err = run(*typed.split())
    assert (code, out) == (2, "")
    assert f"posturecam: {said}" in err
    assert "Error" not in err


def test_in_english_typers_own_words_stay(run):
    code, _, err = run("analyze", "x", "--rat", "3")
    assert code == 2
    assert "Error: No such option: --rat" in err
