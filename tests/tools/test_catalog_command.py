"""The command line of the catalogs of texts."""

import pytest

from tools import texts as catalogs


def test_the_command_for_the_catalogs_has_a_help_page(capsys):
    with pytest.raises(SystemExit) as ended:
        catalogs.main(["--help"])

    assert ended.value.code == 0
    assert "{update,check,compile}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["translate"]])
def test_another_command_for_the_catalogs_is_a_wrong_command_line(arguments):
    with pytest.raises(SystemExit) as ended:
        catalogs.main(arguments)

    assert ended.value.code == 2
