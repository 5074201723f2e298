"""Pictures of the reports for docs/images: `make screenshots`.

Needs a Chromium on the path and the reports of the committed results. Nothing is loaded from a network.
"""

import shutil
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs/images"
REPORT: Final = ROOT / "results/reference/qa/pocket/report.html"
INDEX: Final = ROOT / "results/reference/index.html"
SIZES: Final = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Write one picture per view and width."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("No Chromium is installed; on Debian: apt-get install chromium")
    missing = [str(path) for path in (REPORT, INDEX) if not path.is_file()]
    if missing:
        sys.exit(f"{', '.join(missing)}: not there; run `make report results=results/reference` first")
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name, size in SIZES.items():
            _pictures(chromium.new_page(viewport=size), name)
        chromium.close()


def _pictures(page: Any, name: str) -> None:
    page.goto(REPORT.as_uri())
    page.wait_for_selector("#rows .row")
    _shot(page, f"report-{name}")
    if page.locator("#pictures").count():
        page.evaluate("document.getElementById('pictures').scrollIntoView()")
        _shot(page, f"pictures-{name}")
    page.evaluate("document.getElementById('examples').scrollIntoView()")
    _shot(page, f"examples-{name}")
    page.select_option("#sort", "spread")
    page.select_option("#order", "down")
    page.locator("#rows .row").first.click()
    page.wait_for_selector("dialog[open]")
    _shot(page, f"example-{name}")
    page.goto(INDEX.as_uri())
    _shot(page, f"index-{name}")


def _shot(page: Any, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")
    print(IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
