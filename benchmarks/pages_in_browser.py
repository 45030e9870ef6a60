"""Our HTML files as a reader sees them: in Chromium at phone and desktop width, dark and light, on screen and on paper.

    python -m benchmarks.pages_in_browser FILE... --pictures FOLDER

Each file is opened from the disk. Told are what axe-core finds, every request that left the page, and whether it is wider than
the screen. Exit 1 where there is a serious finding or such a request.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PHONE: Final = (390, 844)
DESKTOP: Final = (1280, 900)
SIZES: Final = {"phone": PHONE, "desktop": DESKTOP}
SERIOUS: Final = frozenset({"serious", "critical"})
TALLEST: Final = 4000
"""No picture is taller: it is there to be looked at."""
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    # A page that asks for something gets nothing, and the request is on record all the same.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One of axe-core's: ``impact`` is minor, moderate, serious or critical; ``where`` are selectors."""

    rule: str
    impact: str
    help: str
    where: tuple[str, ...]

    @property
    def is_serious(self) -> bool:
        return self.impact in SERIOUS


@dataclass(frozen=True, slots=True)
class Seen:
    """A page at one width. ``left``: what it asked for that isn't a file of ``folder``; ``errors``: what the console says."""

    name: str
    findings: tuple[Finding, ...]
    left: tuple[str, ...]
    errors: tuple[str, ...]
    overflow: int
    """By so many pixels the page is wider than the screen."""
    picture: bytes = field(repr=False, default=b"")

    @property
    def serious(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_serious)

    @property
    def is_good(self) -> bool:
        return not self.serious and not self.left and self.overflow <= 0


def why_not() -> str | None:
    """Why no page can be looked at here; None where it can."""
    if not chromium():
        return "no chromium: apt-get install chromium chromium-driver"
    if not shutil.which("chromedriver"):
        return "no chromedriver for chromium: apt-get install chromium-driver"
    try:
        axe_source()
        import selenium.webdriver  # noqa: F401
    except ImportError as error:
        return f"no {error.name}, which drives chromium: it is in requirements-dev.lock"
    return None


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@cache
def axe_source() -> str:
    folder = resources.files("selenium_axe_python")
    return (folder / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def browser() -> Iterator[Chrome]:
    """A Chromium of its own, with an empty profile and no network."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        options = ChromeOptions()
        options.binary_location = chromium() or ""
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
        try:
            driver.set_script_timeout(120)
            yield driver
        finally:
            driver.quit()


def looked_at(
    driver: Chrome,
    file: Path,
    size: tuple[int, int] = DESKTOP,
    *,
    dark: bool = False,
    paper: bool = False,
    folder: Path | None = None,
    picture: bool = False,
    tallest: int = TALLEST,
    axe: bool = True,
) -> Seen:
    """The file opened at a size. ``folder``: it may ask for the files in there (else for those beside it)."""
    width, height = size
    _command(
        driver,
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE},
    )
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    _command(driver, "Emulation.setEmulatedMedia", {"media": "print" if paper else "screen", "features": features})
    _requests(driver)
    driver.get(file.resolve().as_uri())
    overflow = driver.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    home = (folder or file.parent).resolve().as_uri().rstrip("/") + "/"
    errors = tuple(line["message"] for line in driver.get_log("browser") if line["level"] == "SEVERE")
    left = tuple(url for url in _requests(driver) if not url.startswith((home, "data:")))
    return Seen(
        name=f"{file.name} at {width} px{', dark' if dark else ''}{', on paper' if paper else ''}",
        findings=tuple(_findings(driver)) if axe else (),
        left=left,
        errors=errors,
        overflow=overflow,
        picture=_picture(driver, width, tallest) if picture else b"",
    )


def _command(driver: Chrome, name: str, values: dict[str, Any]) -> Any:
    return driver.execute_cdp_cmd(name, values)


def _requests(driver: Chrome) -> list[str]:
    """The addresses asked for since this was called last, those that a policy stopped among them."""
    messages = [json.loads(line["message"])["message"] for line in driver.get_log("performance")]
    return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]


def _findings(driver: Chrome) -> Iterator[Finding]:
    driver.execute_script(axe_source())
    told = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        # Without a look at the style sheets themselves, which a page from the disk may not read: colours are taken as drawn.
        "axe.run(document, {resultTypes: ['violations'], preload: false})"
        ".then(done, error => done({error: String(error)}));"
    )
    if "error" in told:
        raise RuntimeError(f"axe-core failed: {told['error']}")
    for each in told["violations"]:
        where = tuple(str(node["target"][0]) for node in each["nodes"])
        yield Finding(each["id"], str(each["impact"]), each["help"], where)


def _picture(driver: Chrome, width: int, tallest: int) -> bytes:
    tall = driver.execute_script("return document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(tall, tallest), "scale": 1}
    taken = _command(driver, "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return base64.b64decode(taken["data"])


def look_at_all(
    driver: Chrome, file: Path, folder: Path | None = None, *, tallest: int = TALLEST
) -> Iterator[tuple[str, Seen]]:
    """At both widths, light and dark: the name of each picture, and what was seen."""
    for name, size in SIZES.items():
        for dark in (False, True):
            seen = looked_at(driver, file, size, dark=dark, folder=folder, picture=True, tallest=tallest)
            yield f"{file.stem}-{name}{'-dark' if dark else ''}.png", seen


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--pictures", type=Path, help="a folder for the screenshots")
    parser.add_argument("--folder", type=Path, help="the site that the files are of: they may ask for what is in it")
    called = parser.parse_args(arguments)
    if (reason := why_not()) is not None:
        raise SystemExit(reason)
    is_good = True
    with browser() as driver:
        for name, seen in (each for file in called.files for each in look_at_all(driver, file, called.folder)):
            is_good &= seen.is_good
            _tell(seen)
            if called.pictures:
                called.pictures.mkdir(parents=True, exist_ok=True)
                (called.pictures / name).write_bytes(seen.picture)
    return 0 if is_good else 1


def _tell(seen: Seen) -> None:
    print(f"{seen.name}: {len(seen.findings)} findings, {len(seen.left)} requests left, overflow {seen.overflow} px")
    for finding in seen.findings:
        print(f"  {finding.impact} {finding.rule}: {finding.help}: {', '.join(finding.where[:3])}")
    for line in (*seen.left, *seen.errors):
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
