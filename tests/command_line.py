"""What every message of the command line must be."""


def assert_one_line(text, *parts):
    assert text.startswith("posturecam: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
    for part in parts:
        assert part in text
