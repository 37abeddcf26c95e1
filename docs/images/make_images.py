"""Takes the documentation's pictures again, from the bundled example and the code as it is.

    python docs/images/make_images.py [--comparison PAGE]

PAGE is what `decompose compare services --html PAGE` wrote; without it that picture stays as it is. Needs a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "churn"
VIEWS = {
    "review": "#view=map&sel=g:inference",
    "review-open": "#view=map&open=g:inference",
    "matrix": "#view=matrix",
    "assets": "#view=assets",
}


def main() -> None:
    """Take every picture anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparison", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as running:
        page = Path(name, "review.html")
        for words in (["propose", str(EXAMPLE)], ["review", str(EXAMPLE), "--html", str(page)]):
            subprocess.run([sys.executable, "-m", "decompose", *words], cwd=name, check=True)
        binary = shutil.which("chromium") or shutil.which("google-chrome")
        browser = running.chromium.launch(executable_path=binary, args=["--no-sandbox", "--disable-gpu"])
        for image, fragment in VIEWS.items():
            take(browser, page.as_uri() + fragment, image)
        if given.comparison:
            take(browser, given.comparison.resolve().as_uri(), "comparison", height=1000)
        browser.close()


def take(browser: Browser, address: str, image: str, *, height: int = 820) -> None:
    """Write `IMAGE.png` of a page, the height in pixels."""
    page = browser.new_page(viewport={"width": 1320, "height": height})
    page.goto(address)
    page.wait_for_timeout(600)
    page.screenshot(path=HERE / f"{image}.png")
    page.close()


if __name__ == "__main__":
    main()
