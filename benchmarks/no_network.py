"""Does a session contact anybody? Traces all its sockets with strace, for longer than MediaPipe waits before it reports.

MediaPipe's library reports its usage to Google about a minute after a landmarker is created
(google-ai-edge/mediapipe#6291), so the session watches a clip and then stays alive. Exits with 1 if anything but this
computer was contacted or a DNS server was queried, even one on this computer; with 2 if the check cannot be made.
`--bare` traces MediaPipe alone, which fails: this proves that the check can detect it.
"""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import program

ROOT = Path(__file__).parents[1]
CLEAN, TALKED, IMPOSSIBLE = 0, 1, 2

_CALLS = "socket,connect,sendto,sendmsg,sendmmsg"
_DNS_PORTS = frozenset({53, 853, 5353, 5355})
"""DNS, DNS over TLS, multicast DNS, LLMNR."""
_KERNEL = frozenset({"AF_NETLINK"})
"""Families whose only peer is this computer's own kernel."""
_RESOLVERS = ("systemd/resolve", "mDNSResponder", "avahi-daemon", "nscd")
"""Parts of the paths of local sockets behind which a service resolves names over the network."""

_SOCKET = re.compile(r"\bsocket\((AF_\w+)")
_ADDRESS = re.compile(r"\b(?P<call>connect|sendto|sendmsg|sendmmsg)\(.*")
_FAMILY = re.compile(r"\{sa_family=(?P<family>AF_\w+)(?P<rest>[^}]*)\}?")
_HOST = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_PATH = re.compile(r'sun_path=(@?"[^"]*")')


@dataclass(frozen=True, slots=True)
class Address:
    """The target of a system call."""

    family: str
    host: str
    port: int | None = None

    def __str__(self) -> str:
        return f"{self.family} {self.host}" + ("" if self.port is None else f" port {self.port}")

    @property
    def trouble(self) -> str | None:
        """Why this is more than the program talking to its own computer, or None."""
        if self.family == "AF_UNIX":
            return "asks a resolver for a name" if any(part in self.host for part in _RESOLVERS) else None
        if self.family in _KERNEL:
            return None
        if self.port in _DNS_PORTS:
            return "asks a DNS server"
        return None if _is_loopback(self.host) else "leaves this computer"


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def addresses(trace: Iterable[str]) -> Counter[Address]:
    """Every address named in an strace trace, with counts."""
    found: Counter[Address] = Counter()
    for line in trace:
        call = _ADDRESS.search(line)
        if call is None:
            continue
        for match in _FAMILY.finditer(call[0]):
            if match["family"] != "AF_UNSPEC":  # AF_UNSPEC only undoes a connect
                found[_address(match["family"], match["rest"])] += 1
    return found


def _address(family: str, rest: str) -> Address:
    host, port, path = _HOST.search(rest), _PORT.search(rest), _PATH.search(rest)
    if host is not None:
        return Address(family, host[1] or host[2], int(port[1]) if port else None)
    return Address(family, path[1] if path else rest.strip(", "))


def sockets(trace: Iterable[str]) -> Counter[str]:
    """How many sockets of each family were created."""
    return Counter(match[1] for line in trace if (match := _SOCKET.search(line)))


def session(video: Path, model: str, seconds: float, bare: bool) -> None:
    """The traced program: watch the clip to its end, then stay alive, as a session of a whole day would."""
    until = time.monotonic() + seconds
    with contextlib.ExitStack() as alive:  # the landmarker, which must live to report
        seen = (_watch_bare if bare else _watch)(alive, video, model)
        if not seen:
            raise SystemExit("nobody was found in the clip, so this shows nothing")
        time.sleep(max(0.0, until - time.monotonic()))


def _watch(alive: contextlib.ExitStack, video: Path, model: str) -> int:
    from posturecam.config.settings import EstimatorSettings
    from posturecam.posture.loop import watch
    from posturecam.vision.estimator import PoseEstimator
    from posturecam.vision.sources.video import VideoSource

    source = alive.enter_context(VideoSource(video))
    estimator = alive.enter_context(PoseEstimator(EstimatorSettings.model_validate({"model": model})))
    return sum(tick.pose is not None for tick in watch(source, estimator))


def _watch_bare(alive: contextlib.ExitStack, video: Path, model: str) -> int:
    from bare import BareMediaPipe, decode

    landmarker = alive.enter_context(BareMediaPipe(model))
    return sum(landmarker(image, t) for image, t in decode(video))


def trace(arguments: argparse.Namespace) -> list[str]:
    """Run this file again as a session under strace, and return the lines of the trace.

    Raises:
        RuntimeError: if the session cannot be traced or fails.
    """
    child = [sys.executable, __file__, "--session", "--video", str(arguments.video), "--model", arguments.model]
    child += ["--seconds", str(arguments.seconds)] + ["--bare"] * arguments.bare
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "trace"
        command = ["strace", "--follow-forks", "--trace", _CALLS, "--string-limit", "200", "--output", str(log), *child]
        done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip()[-2000:] or f"strace ended with {done.returncode}")
        return log.read_text(errors="replace").splitlines()


def _environment() -> dict[str, str]:
    """This process's environment, without a proxy: the result must be the program's doing, not the machine's."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}


def report(lines: list[str]) -> int:
    """Print whom the session contacted; returns the exit code."""
    found, made = addresses(lines), sockets(lines)
    print("Sockets made: " + (", ".join(f"{count} {family}" for family, count in sorted(made.items())) or "none"))
    print("Addresses:" if found else "Addresses: none")
    for address, count in sorted(found.items(), key=lambda item: str(item[0])):
        print(f"  {count:4} × {address}: {address.trouble or 'this computer'}")
    bad = sum(count for address, count in found.items() if address.trouble)
    print(f"FAIL: {bad} calls for others than this computer" if bad else "PASS: nobody but this computer was addressed")
    return TALKED if bad else CLEAN


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--video", type=program.existing_file, default=ROOT / "sample_videos" / "desk_front.mp4")
    parser.add_argument("--model", default="lite", choices=("lite", "full", "heavy"))
    parser.add_argument(
        "--seconds", type=program.above_zero, default=75.0, help="how long the session lives (default %(default)s)"
    )
    parser.add_argument("--bare", action="store_true", help="trace MediaPipe alone, which does report")
    parser.add_argument("--session", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    if arguments.session:
        session(arguments.video, arguments.model, arguments.seconds, arguments.bare)
        return CLEAN
    if sys.platform != "linux" or shutil.which("strace") is None:
        print("This check needs Linux and strace (Debian, Ubuntu: apt install strace)", file=sys.stderr)
        return IMPOSSIBLE
    what = "MediaPipe alone" if arguments.bare else "posturecam"
    print(f"Tracing {what} ({arguments.model}) on {arguments.video.name} for {arguments.seconds:g} s …", flush=True)
    try:
        lines = trace(arguments)
    except RuntimeError as error:
        print(f"The session could not be traced: {error}", file=sys.stderr)
        return IMPOSSIBLE
    return report(lines)


if __name__ == "__main__":
    program.run(main)
