"""The picture that messages and timelines show of a link to the site: one a language, drawn by Typst."""

from __future__ import annotations

from pathlib import Path

from build_scripts.metadata import CARD, CARD_SIZE
from build_scripts.toolchain import ROOT, BuildError
from build_scripts.wording import TEMPLATES, Wording, load_words
from decision_tree.model import LANGUAGES, Rules

#: BIZ UDPGothic (OFL), a typeface for signs and documents with Japanese and Latin letters.
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "biz-udpgothic"


def draw_cards(rules: Rules, site: Path) -> None:
    """Draw the cards into `site`; the same words give the same bytes.

    Raises:
        BuildError: the typeface is not there.
    """
    import typst

    if not FONTS.is_dir():
        raise BuildError("node_modules has no @expo-google-fonts/biz-udpgothic: run `make setup`")
    list_date = max(version.date for version in rules.scheme.version)
    width, height = CARD_SIZE
    for language in LANGUAGES:
        words = load_words(language)["metadata"]
        day = Wording(language=language).day(list_date)
        typst.compile(
            TEMPLATES / "card.typ",
            output=site / CARD.format(language=language),
            format="png",
            ppi=72.0,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={
                "language": language,
                "width": str(width),
                "height": str(height),
                "site": words["site"],
                "scheme": words["scheme"],
                "question": words["question"],
                "list": words["list"].format(n=len(rules.technologies), date=day),
                "standing": words["standing"],
            },
        )
