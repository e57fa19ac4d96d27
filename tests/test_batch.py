"""A table of transfers gets a verdict a row; a row that cannot be read says why, and the rest goes on."""

import csv
import io
from typing import Any

import pytest

from build_scripts import cases
from decision_tree import batch, corpus, situation
from decision_tree.batch import ADDED, BatchError, judge_table
from decision_tree.space import Space
from decision_tree.verdict import Judge

RULES = corpus.load()
JUDGE = Judge(RULES, space=Space(RULES))
SINGLE = [case for case in cases.load() if len(case.situation["lines"]) == 1 and not case.as_of]


def judged(text: str) -> list[dict[str, str]]:
    heading, *rows = judge_table(JUDGE, text)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def as_csv(rows: list[dict[str, str]], dialect: str = "excel") -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, dialect=dialect)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def row_of(case: cases.Case) -> dict[str, str]:
    line: dict[str, Any] = case.situation["lines"][0]
    return {"note": case.title.ja, "technology": line.get("technology") or "", **line["answers"]}


def test_every_worked_case_has_its_verdict_in_its_row() -> None:
    rows = judged(as_csv([row_of(case) for case in SINGLE]))

    assert len(SINGLE) == len(rows) > 100
    for case, row in zip(SINGLE, rows, strict=True):
        verdict = JUDGE.judge(situation.read(case.situation, JUDGE.space))

        assert row["error"] == ""
        assert case.expect == row["outcome"]
        assert " ".join(verdict.possible) == row["possible"]
        assert " ".join(verdict.because) == row["because"]
        assert " ".join(verdict.missing) == row["missing"]
        assert case.title.ja == row["note"]
        assert (row["division"] == "") == (row["technology"] in ("", "none", "unknown"))


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ("mlc,,", "technology"),
        ("mlcc,gift,", "act"),
        ("mlcc,licence,約248nm", "photoresist-wavelength"),
        ("photoresist,licence,248", "photoresist-wavelength"),
        ("mlcc,licence,,more", "4 cells"),
    ],
    ids=["technology", "option", "fact of another entry", "quantity", "cells"],
)
def test_a_bad_row_says_why_and_the_rest_goes_on(cells: str, place: str) -> None:
    text = f"technology,act,photoresist-wavelength\nnone,,\n{cells}\nmlcc,goods-only,\n"
    first, bad, last = judged(text)

    assert first["outcome"] == last["outcome"] == "not-covered"
    assert place in bad["error"]
    assert "line 3" in bad["error"]
    assert {""} == {bad[name] for name in ADDED if name != "error"}


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp932"),
    ],
    ids=["UTF-8", "UTF-8 with a mark", "Shift_JIS"],
)
def test_excel_s_ways_of_writing_text_are_read(encode: Any) -> None:
    text = (
        "technology,photoresist-wavelength,flexible-endoscope-diameter,note\r\n"
        "photoresist,二四八ナノメートル以下,,社内番号①\r\n"
        "flexible-endoscope,,１６±０．２㎜,胃カメラ\r\n"
    )
    one, other = judged(batch.decode(encode(text)))

    assert one["error"] == other["error"] == ""
    assert one["note"] == "社内番号①"
    assert one["photoresist-wavelength"] == "二四八ナノメートル以下"
    assert "flexible-endoscope-diameter" in other["missing"].split()


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BatchError, match="Shift_JIS"):
        batch.decode(b"technology\n\x81\xff\xfe")


def test_quoted_line_breaks_commas_and_quotes_are_carried_through() -> None:
    note = 'two\nlines, a comma and a "quote"'
    (row,) = judged(as_csv([{"note": note, "technology": "none"}]))

    assert row["note"] == note
    assert row["outcome"] == "not-covered"


def test_the_line_of_a_bad_row_counts_the_breaks_before_it() -> None:
    (_, bad) = judged('technology,note\nnone,"a\nb"\nmlc,x\n')

    assert "line 4" in bad["error"]


def test_empty_rows_are_passed_over_and_short_ones_filled_up() -> None:
    rows = judged("technology,act,note\n\n,,\nnone\n  ,  ,  \nmlcc, goods-only \n")

    assert [row["outcome"] for row in rows] == ["not-covered", "not-covered"]
    assert [row["note"] for row in rows] == ["", ""]


def test_an_unclosed_quote_is_an_error_of_its_row() -> None:
    first, last = judged('technology,note\nnone,a\nnone,"b\n')

    assert first["outcome"] == "not-covered"
    assert last["outcome"] == ""
    assert "line 3" in last["error"]


def test_an_empty_cell_is_an_unanswered_fact() -> None:
    one, other = judged("technology,act,stage\nmlcc,,\nmlcc,unknown,unknown\n")

    assert one["missing"] == other["missing"]
    assert one["outcome"] == other["outcome"] == "ask"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "empty"),
        ("act\nlicence\n", "technology"),
        ("technology,akt\n", "akt"),
        ("technology,act,act\n", "act"),
        ("technology,outcome\n", "outcome"),
        ('technology,"ac\n', "line"),
        ("technology;act\nmlcc;licence\n", "technology;act"),
    ],
    ids=["nothing", "no technology", "a slip", "twice", "reserved", "broken", "semicolons"],
)
def test_an_unusable_heading_is_refused(text: str, place: str) -> None:
    with pytest.raises(BatchError, match=place):
        list(judge_table(JUDGE, text))


def test_a_second_run_over_the_answered_table_is_refused_and_not_misread() -> None:
    answered = list(judge_table(JUDGE, "technology\nnone\n"))
    text = io.StringIO(newline="")
    csv.writer(text).writerows(answered)

    with pytest.raises(BatchError, match="outcome"):
        list(judge_table(JUDGE, text.getvalue()))
