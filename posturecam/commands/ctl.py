"""`posturecam ctl`: control the app that runs, from outside."""

from __future__ import annotations

import json

from posturecam.errors import NotRunning


def control(request: str, *, as_json: bool) -> None:
    """Send a request to the app that runs, and print what it answers.

    Raises:
        NotRunning: if none runs, or it refuses.
    """
    try:
        from posturecam.desktop.shell.single_instance import ask
    except ImportError as missing:
        raise NotRunning(
            f"The desktop app is not installed ({missing.name}); run: pip install 'posturecam[desktop]'"
        ) from missing
    answer = ask(request)
    if answer is None:
        raise NotRunning("The desktop app does not run; start it with: posturecam")
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
    if not answer.get("ok"):
        raise NotRunning(str(answer.get("error", "The app could not do that")))
    if not as_json:
        print(answer.get("said", "Done"))
