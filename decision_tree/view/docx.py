"""A note as a Word document: the smallest set of parts of ECMA-376 (Office Open XML) that Word opens.

Headings, lists and tables are styles, so that the document can be read aloud and edited. Fonts are
named and not embedded. The same note gives the same bytes: no clock, no author.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html import escape

from decision_tree.model import Language
from decision_tree.view.note import Block, Note, Pairs, Paragraph

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"

_FONTS = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="游ゴシック"/>'
_LANG = {
    "ja": '<w:lang w:val="ja-JP" w:eastAsia="ja-JP"/>',
    "en": '<w:lang w:val="en-GB" w:eastAsia="ja-JP"/>',
}
_TAG = {"ja": "ja-JP", "en": "en-GB"}
# A4 with margins of 2 cm, in twentieths of a point.
_PAGE = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>'
    '<w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" '
    'w:footer="567" w:gutter="0"/></w:sectPr>'
)
_LABEL, _VALUE = 2900, 6738


def note_as_docx(note: Note, language: Language, page_pattern: str) -> bytes:
    """The bytes of the document. `page_pattern` has {page} and {pages}, in that order."""
    body = "".join(_body(note))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("officeDocument", "word/document.xml"),
            ("metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(note, language),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"),
            ("numbering", "numbering.xml"),
            ("header", "header1.xml"),
            ("footer", "footer1.xml"),
        ),
        "word/document.xml": (
            f'{_HEAD}<w:document {_W} xmlns:r="{_R}"><w:body>{body}{_PAGE}</w:body></w:document>'
        ),
        "word/styles.xml": _styles(language),
        "word/numbering.xml": _numbering(note),
        "word/header1.xml": f"{_HEAD}<w:hdr {_W}>{_paragraph(note.running, 'Header')}</w:hdr>",
        "word/footer1.xml": _footer(page_pattern),
    }
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode("utf-8"))
    return archive.getvalue()


def _body(note: Note) -> Iterator[str]:
    yield _paragraph(note.title, "Title")
    yield _paragraph(note.subject, "Subtitle")
    for text in note.lead:
        yield _paragraph(text)
    lists = 0
    for section in note.sections:
        yield _paragraph(section.title, "Heading1")
        for block in section.blocks:
            if not isinstance(block, Paragraph | Pairs) and block.numbered:
                lists += 1
            yield from _block(block, lists)


def _block(block: Block, lists: int) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _paragraph(block.text, bold=block.strong)
    elif isinstance(block, Pairs):
        yield _table(block)
    else:
        style = "ListNumber" if block.numbered else "ListBullet"
        # Each numbered list begins with 1 again: it has a number format of its own.
        number = 1 + lists if block.numbered else 1
        for item in block.items:
            yield _paragraph(item, style, number=number)


def _paragraph(
    text: str, style: str | None = None, *, bold: bool = False, number: int | None = None
) -> str:
    about = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        about += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p><w:pPr>{about}</w:pPr>{_run(text, look)}</w:p>"


def _run(text: str, look: str = "") -> str:
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(_allowed(text))}</w:t></w:r>'


def _allowed(text: str) -> str:
    """The text without the characters that XML 1.0 has no place for."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe")
    )


def _table(pairs: Pairs) -> str:
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    rows = "".join(
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(name, _LABEL, bold=True)}{_cell(value, _VALUE)}</w:tr>"
        for name, value in pairs.rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{_LABEL + _VALUE}" w:type="dxa"/>'
        f'<w:tblBorders>{edge}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:firstColumn="1" w:firstRow="0" w:lastRow="0" w:lastColumn="0" w:noHBand="1" '
        f'w:noVBand="1"/></w:tblPr><w:tblGrid><w:gridCol w:w="{_LABEL}"/><w:gridCol w:w="{_VALUE}"/>'
        f"</w:tblGrid>{rows}</w:tbl>{_paragraph('')}"
    )


def _cell(text: str, width: int, *, bold: bool = False) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(text, bold=bold)}</w:tc>'


def _styles(language: Language) -> str:
    heading = '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>'
    return (
        f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{_FONTS}"
        f'<w:sz w:val="20"/><w:szCs w:val="20"/>{_LANG[language]}</w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="280" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "<w:qFormat/></w:style>"
        f'<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/>{heading}'
        '<w:rPr><w:b/><w:sz w:val="34"/><w:szCs w:val="34"/></w:rPr></w:style>'
        f'<w:style w:type="paragraph" w:styleId="Subtitle"><w:name w:val="Subtitle"/>{heading}'
        '<w:rPr><w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr></w:style>'
        f'<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>{heading}'
        '<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/></w:pPr>'
        '<w:rPr><w:b/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/>'
        '<w:basedOn w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="ListNumber"><w:name w:val="List Number"/>'
        '<w:basedOn w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/>'
        '<w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="15"/><w:szCs w:val="15"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/>'
        '<w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="right"/></w:pPr>'
        '<w:rPr><w:sz w:val="15"/><w:szCs w:val="15"/></w:rPr></w:style>'
        "</w:styles>"
    )


def _numbering(note: Note) -> str:
    blocks = [block for section in note.sections for block in section.blocks]
    lists = sum(not isinstance(block, Paragraph | Pairs) and block.numbered for block in blocks)

    def level(kind: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
            '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr></w:lvl>'
        )

    formats = f'<w:abstractNum w:abstractNumId="0">{level("bullet", "•")}</w:abstractNum>'
    numbers = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    for index in range(1, lists + 1):
        formats += (
            f'<w:abstractNum w:abstractNumId="{index}">{level("decimal", "%1.")}</w:abstractNum>'
        )
        numbers += f'<w:num w:numId="{index + 1}"><w:abstractNumId w:val="{index}"/></w:num>'
    return f"{_HEAD}<w:numbering {_W}>{formats}{numbers}</w:numbering>"


def _footer(pattern: str) -> str:
    before, rest = pattern.split("{page}")
    between, after = rest.split("{pages}")
    fields = _run(before) + _field("PAGE") + _run(between) + _field("NUMPAGES") + _run(after)
    return (
        f'{_HEAD}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{fields}</w:p></w:ftr>'
    )


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr="{name}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _core(note: Note, language: Language) -> str:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(note.title)}</dc:title><dc:subject>{escape(note.subject)}</dc:subject>"
        f"<dc:language>{_TAG[language]}</dc:language></cp:coreProperties>"
    )


def _relations(*goals: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Target="{target}" '
        f'Type="{_PACKAGE + "/relationships" if "/" in kind else _R}/{kind}"/>'
        for number, (kind, target) in enumerate(goals, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _content_types() -> str:
    kinds = {
        "word/document.xml": f"{_WORD}.document.main+xml",
        "word/styles.xml": f"{_WORD}.styles+xml",
        "word/numbering.xml": f"{_WORD}.numbering+xml",
        "word/header1.xml": f"{_WORD}.header+xml",
        "word/footer1.xml": f"{_WORD}.footer+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items()
        )
        + "</Types>"
    )
