"""Cards as a person meets them in the browser."""

from typing import Any


def find_key(page: Any) -> str:
    return str(page.locator("main").get_attribute("data-key"))


def press(page: Any, key: str) -> None:
    """Press a key that leads to another card, and wait for it."""
    before = find_key(page)
    page.keyboard.press(key)
    page.wait_for_selector(f'main:not([data-key="{before}"])')
    settle(page)


def settle(page: Any) -> None:
    """Wait until a card stands and takes keys."""
    page.wait_for_selector("main:not([aria-busy])")
    page.wait_for_timeout(60)  # two frames, after which keys are taken again
