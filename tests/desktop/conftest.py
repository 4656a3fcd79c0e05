"""What one test of a window sets for all windows ends with it."""

import pytest


@pytest.fixture(autouse=True)
def own_look(request):
    """The look, which a test may change for the whole application, is again what it was."""
    yield
    if "qapp" in request.fixturenames:
        application = request.getfixturevalue("qapp")
        application.setStyleSheet("")
