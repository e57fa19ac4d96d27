"""Every quotation is the source's own words, and both languages say the same, by machine."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from build_scripts import check
from build_scripts.coverage import occurrences
from build_scripts.lint import agreement, fidelity, prose, quotes
from build_scripts.lint.corpus import Corpus, Problem, nodes, recorded
from build_scripts.lint.shape import read
from build_scripts.pages import DOCS
from build_scripts.record import Record, read_record, record_of, write_record
from decision_tree.corpus import FOLDER

MODES = ("the sources", "the record")


def corpus_of(folder: Path, mode: str = "the record", **changed: Any) -> Corpus:
    """The data of a folder, compared with the sources at hand or with the record alone."""
    files, _ = read(folder)
    assert len(files) == len(list(folder.glob("*.toml"))), "a file has lost its shape"
    record = read_record()
    # Texts that have the SHA-256 of their line are the source, wherever this test runs.
    texts = {name: dict(one.text) for name, one in record.items()}
    sources = {
        name: [texts[name].get(number, "") for number in range(1, len(one.lines) + 1)]
        for name, one in record.items()
    }
    given: dict[str, Any] = {
        "files": files,
        "rules": None,
        "docs": DOCS,
        "sources": sources if mode == "the sources" else {},
        "record": record,
    }
    return Corpus(**{**given, **changed})


def all_quotes(corpus: Corpus) -> list[quotes.Quote]:
    return [*quotes.quotes_of_data(corpus), *prose.quotes_of_pages()]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def test_every_kind_of_quotation_is_compared() -> None:
    found = all_quotes(corpus_of(FOLDER))

    primary = [quote for quote in found if quote.document == "S0"]
    assert {quote.path[0] for quote in primary} == {
        "definition",
        "criteria",
        "erratum",
        "gate",
        "division",
        "quote",
    }
    # 19 entries with at least a definition and a criterion each.
    assert len(primary) > 19 * 2


def test_every_recorded_text_has_the_hash_of_its_line_and_covers_every_quotation() -> None:
    records = read_record()

    assert set(records) == {"S0", "S4"}
    for record in records.values():
        assert record.misread_lines() == []
    for quote in all_quotes(corpus_of(FOLDER)):
        if quote.document in records:
            assert quote.line in records[quote.document].text


def test_the_record_is_that_of_the_real_files() -> None:
    files, _ = read(FOLDER)
    at_hand = recorded(files)
    records = read_record()

    # Where the files are not at hand, the hashes of sources.toml still bind the record.
    documents = {raw["id"]: raw for raw in files["sources.toml"].raw["document"]}
    for name, record in records.items():
        assert record.sha256 == documents[name]["sha256"]
        if name in at_hand:
            assert record_of(name, at_hand[name], record.text) == record


@pytest.mark.parametrize("mode", MODES)
def test_the_quotations_have_no_problem(mode: str) -> None:
    corpus = corpus_of(FOLDER, mode)

    assert list(quotes.quotes_are_exact(corpus)) == []
    assert list(prose.page_quotes_are_exact(corpus)) == []


@pytest.mark.parametrize("mode", MODES)
def test_one_changed_character_in_any_quotation_is_told_with_its_place(mode: str) -> None:
    corpus = corpus_of(FOLDER, mode)
    tried = 0
    for quote in all_quotes(corpus):
        if quote.document not in corpus.record:
            continue
        for at in {0, len(quote.text) // 2, len(quote.text) - 1}:
            spoilt = quote.text[:at] + "〓" + quote.text[at + 1 :]
            (told,) = quotes.compared(corpus, replace(quote, text=spoilt))
            tried += 1

            assert told.file == quote.file.name
            assert told.line == quote.file.problem(quote.path, "").line
            assert f"line {quote.line} of {quote.document}" in told.message
    assert tried > 300


def test_a_changed_character_is_told_by_the_whole_lint_in_both_modes(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = data / "05-barium-titanate-powder.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('ja = "合成に係る技術"', 'ja = "合成にかかる技術"', 1), "utf-8")
    at_hand = not any("is not at hand" in note for note in check.notes())
    modes = [str(tmp_path / "nowhere"), *([""] if at_hand else [])]
    for folder in modes:
        monkeypatch.setenv("SOURCES", folder)

        told = [str(problem) for problem in check.check(data)]

        assert any(
            line.startswith("05-barium-titanate-powder.toml:") and "is not on line 68 of S0" in line
            for line in told
        )


@pytest.mark.parametrize("number", [1, 64, 79, 84, 131])
def test_one_changed_character_in_a_source_file_names_its_line(number: int) -> None:
    record = read_record()["S0"]
    lines = [record.text.get(n, f"{n}") for n in range(1, len(record.lines) + 1)]
    whole = record_of("S0", lines, record.text)
    changed = [line + "。" if n == number else line for n, line in enumerate(lines, 1)]

    assert whole.changed_lines(lines) == []
    assert whole.changed_lines(changed) == [number]

    corpus = corpus_of(FOLDER, record={"S0": whole}, sources={"S0": changed})
    told = [p.message for p in fidelity.the_record_is_that_of_the_sources(corpus)]
    assert any(f"S0 line {number} at hand is not the line recorded" in message for message in told)


def test_a_line_added_to_or_taken_from_a_source_is_told() -> None:
    whole = record_of("S0", ["a", "b", "c"], [])

    assert whole.changed_lines(["a", "b"]) == [3]
    assert whole.changed_lines(["a", "b", "c", "d"]) == [4]


def test_a_text_of_the_record_that_was_edited_is_told() -> None:
    record = read_record()["S0"]
    edited = Record(
        document="S0",
        sha256=record.sha256,
        lines=record.lines,
        text={**record.text, 64: record.text[64].replace("積層", "積僧")},
    )
    corpus = corpus_of(FOLDER, record={**read_record(), "S0": edited})

    told = [p.message for p in fidelity.the_record_is_that_of_the_sources(corpus)]

    assert told == ["S0 line 64: the recorded text has not the SHA-256 of its line"]


@pytest.mark.parametrize("mode", MODES)
def test_a_quotation_of_a_line_that_was_not_recorded_asks_for_a_record(mode: str) -> None:
    record = read_record()["S0"]
    fewer = Record(
        document="S0",
        sha256=record.sha256,
        lines=record.lines,
        text={n: text for n, text in record.text.items() if n != 68},
    )

    told = list(quotes.quotes_are_exact(corpus_of(FOLDER, mode, record={"S0": fewer})))

    assert told
    assert all("S0 line 68 is not recorded" in problem.message for problem in told)


def test_the_record_is_written_as_it_is_read(tmp_path: Path) -> None:
    records = read_record()
    write_record(records.values(), tmp_path / "again.toml")

    assert read_record(tmp_path / "again.toml") == records
    assert (tmp_path / "again.toml").read_bytes() == (
        Path(check.__file__).parent / "sources.lock.toml"
    ).read_bytes()


def test_a_number_is_not_found_within_a_longer_number() -> None:
    line = "〇.一ミリジーメンス以上、一ミリジーメンス以上"

    assert occurrences("一ミリジーメンス以上", line) == [13]
    assert occurrences("〇.一ミリジーメンス以上", line) == [0]


# ---- both languages ----

COMPARISONS = {
    "at least": re.compile(r"\bat least\b"),
    "at most": re.compile(r"\bat most\b"),
    "more than": re.compile(r"\bmore than\b|\bexceeding\b"),
    "less than": re.compile(r"\bless than\b"),
    "or less": re.compile(r"\bor less\b"),
}


def compared_phrases() -> Iterator[tuple[str, str, str]]:
    """File, English phrase and its comparison, of every text that compares."""
    files, _ = read(FOLDER)
    for name, file in sorted(files.items()):
        if name[0] not in "01":
            continue
        texts = [passage["en"] for passage in file.raw["definition"]]
        texts += [node["en"] for _, node in nodes(file.raw["criteria"], ("criteria",))]
        for text in dict.fromkeys(texts):
            for word, pattern in COMPARISONS.items():
                if pattern.search(text):
                    yield name, text, word


PHRASES = list(compared_phrases())


def test_every_limit_of_the_law_is_among_the_phrases_tried() -> None:
    # 3 (grade), 8 (248 nm), 14 (0.1 and 1 mS/cm), 19 (16 mm, pixels, 120 and 100 degrees).
    assert {name[:2] for name, _, _ in PHRASES} == {"03", "08", "14", "19"}
    assert {word for _, _, word in PHRASES} >= {"at least", "at most", "more than", "or less"}


@pytest.mark.parametrize(("name", "text", "word"), PHRASES, ids=lambda value: str(value)[:40])
def test_another_comparison_in_an_english_phrase_is_told_at_its_line(
    tmp_path: Path, name: str, text: str, word: str
) -> None:
    whole = (FOLDER / name).read_text("utf-8")
    for other in COMPARISONS:
        if other == word or {word, other} == {"at most", "or less"}:
            continue
        swapped = COMPARISONS[word].sub(other, text)
        spoilt = whole.replace(f'en = "{text}"', f'en = "{swapped}"', 1)
        assert spoilt != whole
        (tmp_path / name).write_text(spoilt, "utf-8")
        line = spoilt[: spoilt.index(f'en = "{swapped}"')].count("\n") + 1

        told = list(agreement.words_of_limits_agree(corpus_of(tmp_path)))

        assert (name, line) in {(problem.file, problem.line) for problem in told}, other


def spoilt_text(folder: Path, name: str, old: str, new: str) -> list[Problem]:
    """What the rules of agreement say of one file with one place changed."""
    whole = (FOLDER / name).read_text("utf-8")
    assert old in whole, "the fault can no longer be planted"
    (folder / name).write_text(whole.replace(old, new, 1), "utf-8")
    corpus = corpus_of(folder)
    return [problem for rule in agreement.RULES for problem in rule(corpus)]


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("14-sulfide-solid-electrolyte.toml", "0.1 millisiemens", "0.2 millisiemens", "numbers"),
        ("14-sulfide-solid-electrolyte.toml", "siemens per centi", "siemens per mi", "mS/cm"),
        ("19-flexible-endoscope.toml", "is not 0 degrees", "is 0 degrees", "negation"),
        ("19-flexible-endoscope.toml", "any of the following", "all of the following", "any of"),
        ("19-flexible-endoscope.toml", "16 millimetres", "16 nanometres", "mm"),
        ("10-electron-microscope.toml", "s or transmission", "s and transmission", "又は"),
        ("06-carbon-fibre.toml", "fibre and for firing", "fibre or for firing", "及び"),
        ("11-magnetoresistive-sensor.toml", "limited to those", "among them those", "limitation"),
        ("19-flexible-endoscope.toml", 'at_most = "16 mm"', 'at_least = "16 mm"', "以下"),
        ("19-flexible-endoscope.toml", 'at_most = "16 mm"', 'at_most = "17 mm"', "numbers"),
        ("08-photoresist.toml", 'at_most = "248 nm"', 'below = "248 nm"', "以下"),
        ("14-sulfide-solid-electrolyte.toml", 'at_least = "1 mS', 'above = "1 mS', "以上"),
        ("transaction.toml", 'en = "without direct', 'en = "with direct', "negation"),
    ],
)
def test_a_phrase_that_says_something_else_in_english_or_in_its_test_is_told(
    tmp_path: Path, name: str, old: str, new: str, says: str
) -> None:
    told = spoilt_text(tmp_path, name, old, new)

    assert any(problem.file == name and says in problem.message for problem in told)


def test_both_languages_agree_today() -> None:
    corpus = corpus_of(FOLDER)

    assert [str(problem) for rule in agreement.RULES for problem in rule(corpus)] == []
