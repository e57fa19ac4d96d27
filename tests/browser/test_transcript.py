"""What a screen reader is told in a whole run is what was last read and found good."""

import difflib

import pytest
from playwright.sync_api import Browser

from decision_tree.model import LANGUAGES
from tests.browser.transcript import RENEW, STORED, address_of, transcript


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_is_told_the_run_as_stored(
    browser: Browser, address: str, language: str
) -> None:
    place = STORED / f"{language}.txt"
    stored = place.read_text("utf-8").splitlines()
    told = transcript(browser, address_of(address, language), language).splitlines()
    apart = list(difflib.unified_diff(stored, told, place.name, "now", lineterm="", n=2))

    assert not apart, "\n".join([*apart, "", f"If that is better: {RENEW}, and read it whole."])
    assert len(told) > 200
