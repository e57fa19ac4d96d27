"""HTML that is put aside comes out as Markdown alone would have left it."""

from __future__ import annotations

import pytest
from markdown import Markdown

from build_scripts.raw_html import RawHtml

EXTENSIONS = ["attr_list", "md_in_html", "tables", "toc"]


@pytest.mark.parametrize(
    "text",
    [
        "# A\n\n<div>\n<div>one</div>\n\n*two*\n</div>\n\nthree\n",
        "<p>one</p>\n<p>two</p>\n\n<ul>\n<li>*three*</li>\n</ul>\n",
        "<p>one</p>\n*two*\n\n<dl>\n<dt>three</dt>\n</dl>",
        "one\n<div>two</div>\nthree\n",
        "<p>one</p> two\n\n<p>three",
        '<div markdown="1">\n\n*one*\n\n</div>\n',
        '<section class="a">\n<p>1 &amp; 2</p>\n</section>\n<noscript><p>3</p></noscript>\n<p>4</p>\n',
        "    <p>code</p>\n\n- one\n\n    <p>two</p>\n",
    ],
    ids=[
        "within each other",
        "one after the other",
        "text beside it",
        "within a paragraph",
        "never closed",
        "Markdown within",
        "beside what stays",
        "indented",
    ],
)
def test_html_put_aside_is_what_markdown_makes_of_it(text: str) -> None:
    plain = Markdown(extensions=EXTENSIONS).convert(text)

    assert plain == Markdown(extensions=[*EXTENSIONS, RawHtml()]).convert(text)
