"""The lint finds each kind of fault, at its file and line, all in one run."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from build_scripts import check
from build_scripts.lint.toml_lines import line_map
from build_scripts.pages import DOCS
from decision_tree.corpus import FOLDER

ENTRY = "14-sulfide-solid-electrolyte.toml"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A change of one place in the data, and what the lint must say about it there."""

    file: str = ENTRY
    old: str
    new: str
    says: str
    #: Where the message points, if not at the changed line itself.
    at: str | None = None


FAULTS = {
    "a missing language": Fault(
        old='name.en = "Sulfide solid electrolyte"\n',
        new="",
        says="name.en is missing; every text needs ja and en",
        at='name.ja = "硫化物固体電解質"',
    ),
    "an empty text": Fault(
        old='name.en = "Sulfide solid electrolyte"',
        new='name.en = " "',
        says="name.en is empty; every text needs ja and en",
    ),
    "a misspelt field": Fault(
        old='summary.ja = "', new='sumary.ja = "', says="did you mean summary?"
    ),
    "a number as text": Fault(
        old="number = 14", new='number = "14"', says="number: input should be a valid integer"
    ),
    "a date as text": Fault(
        old="listed = 2025-11-14",
        new='listed = "2025-11-14"',
        says="listed: write 2025-11-14 without quotation marks",
    ),
    "an implausible date": Fault(
        old="listed = 2025-11-14", new="listed = 2025-11-15", says="is no version of the list"
    ),
    "an id in capitals": Fault(
        old='id = "glass"\n', new='id = "Glass"\n', says="use lower-case words joined by hyphens"
    ),
    "an id twice": Fault(
        old='id = "crystalline"\n', new='id = "glass"\n', says="id 'glass' is taken by"
    ),
    "an entry's number twice": Fault(
        old="number = 14",
        new="number = 15",
        says="number 15 is taken by 14-sulfide-solid-electrolyte.toml:2",
        at="number = 15",
    ),
    "a fact of another name": Fault(
        old='id = "sulfide-solid-electrolyte-use"',
        new='id = "electrolyte-use"',
        says="must begin with sulfide-solid-electrolyte-",
    ),
    "a division that is none": Fault(
        old='id = "battery-industry"',
        new='id = "batery-industry"',
        says="division 'batery-industry' does not exist; did you mean battery-industry?",
    ),
    "a shared list that is none": Fault(
        old='options_from = "design-or-manufacture"',
        new='options_from = "design"',
        says="options_from 'design' does not exist",
    ),
    "a test of a fact that is none": Fault(
        old='fact = "sulfide-solid-electrolyte-use", one_of',
        new='fact = "sulfide-solid-electrolyte-usage", one_of',
        says="did you mean sulfide-solid-electrolyte-use?",
    ),
    "an answer that is none": Fault(
        old='one_of = ["lithium-ion-battery"]',
        new='one_of = ["lithium-battery"]',
        says="did you mean lithium-ion-battery?",
    ),
    "a number for a choice": Fault(
        old='one_of = ["lithium-ion-battery"]',
        new='at_least = "1 mS/cm"',
        says="is a choice: test it with one_of, not at_least",
    ),
    "a limit without unit": Fault(
        old='at_least = "0.1 mS/cm"', new='at_least = "0.1"', says="is no quantity in mS/cm"
    ),
    "two comparisons": Fault(
        old='at_least = "0.1 mS/cm"',
        new='at_least = "0.1 mS/cm", at_most = "3 mS/cm"',
        says="a test of a fact has exactly one comparison",
    ),
    "a node that is two things": Fault(
        old='any = [\n    { ja = "当該',
        new='fact = "sulfide-solid-electrolyte-use", one_of = ["other"], any = [\n    { ja = "当該',
        says="it has any and fact",
    ),
    "a value that an option cannot be": Fault(
        old='may_be = ["glass", "crystalline"]',
        new='may_be = ["glass", "cristalline"]',
        says="did you mean crystalline?",
    ),
    "unsettled without a reason": Fault(
        old='reason.ja = "状態が混ざったものをどの境目で見るかは、公表資料に書かれていません。"\n'
        'reason.en = "The published material does not say which limit applies to a mixture of '
        'states."\n',
        new="",
        says="mixed: may_be without reason",
        at='[[fact.options]]\nid = "mixed"',
    ),
    "a quotation that was retyped": Fault(
        old='ja = "リチウムイオン電池の材料として使用される", en',
        new='ja = "リチウムイオン電池の材料に使用される", en',
        says="is not on line 79 of S0; copy it exactly",
    ),
    "a rendering in other words": Fault(
        old='en = "used as a material of lithium-ion batteries", fact',
        new='en = "used in lithium-ion batteries", fact',
        says="is not in definition.en; use its words",
    ),
    "a number that differs in English": Fault(
        old='of at least 0.1 millisiemens per centimetre at room temperature" }',
        new='of at least 1.0 millisiemens per centimetre at room temperature" }',
        says="numbers differ: ja ['0.1', '1'], en ['1', '1.0']",
    ),
    "too few everyday words": Fault(
        old='words.en = ["all-solid-state battery", ',
        new='words.en = ["LPS", "LPS"] #',
        says="words.en has 2 words; write at least 8",
    ),
    "a word twice": Fault(
        old='words.en = ["all-solid-state battery", ',
        new='words.en = ["LPS", ',
        says="words.en has 'LPS' twice",
    ),
    "a unit that is none": Fault(
        old='unit = "mS/cm"', new='unit = "mS"', says="unit must be one of nm"
    ),
    "options nowhere": Fault(
        old='options_from = "design-or-manufacture"\n',
        new="",
        says="a choice has either options or options_from",
        at='[[fact]]\nid = "sulfide-solid-electrolyte-activity"',
    ),
    "a fact that nothing tests": Fault(
        file="08-photoresist.toml",
        old='fact = "photoresist-use", one_of = ["semiconductor"]',
        new='fact = "photoresist-exposure", one_of = ["light"]',
        says="fact photoresist-use is tested by no criterion",
        at='[[fact]]\nid = "photoresist-use"',
    ),
    "an erratum that is not printed": Fault(
        file="12-titanium-sponge.toml",
        old='printed = "破碎"',
        new='printed = "破砕"',
        says="is not in the definition",
    ),
    "a secondary source that settles an option": Fault(
        file="transaction.toml",
        old='may_be = ["outside-the-scheme", "elsewhere"]',
        new='may_be = ["outside-the-scheme"]',
        says="group-a: LI is secondary and settles nothing",
    ),
    "a secondary source that settles an answer": Fault(
        file="transaction.toml",
        old='fact = "published", one_of = ["outside-the-scheme"]',
        new='fact = "published", one_of = ["no"]',
        says="a secondary source settles nothing",
    ),
    "a document that is none": Fault(
        file="transaction.toml",
        old='document = "ETCO"',
        new='document = "ETC"',
        says="document 'ETC' does not exist; did you mean ETCO?",
    ),
    "a gate with two sides": Fault(
        file="transaction.toml",
        old='title.en = "Destination"\nexcluded_when = {',
        new='title.en = "Destination"\n'
        'covered_when = { ja = "など", en = "and", fact = "act", one_of = ["other"] }\n'
        "excluded_when = {",
        says="destination: write covered_when or excluded_when, and not both",
        at='[[gate]]\nground = "destination"',
    ),
    "a recorded source that changed": Fault(
        file="sources.toml",
        old='sha256 = "64db',
        new='sha256 = "74db',
        says="has another SHA-256",
    ),
    "an outcome without words": Fault(
        file="outcomes.toml",
        old='code = "late"',
        new='code = "latest"',
        says="outcome.code: input should be 'late'",
    ),
    "a stage without outcome": Fault(
        file="stages.toml",
        old='outcome = "reported"\n',
        new="",
        says="stage 'concluded-reported' has no outcome",
        at='[[options]]\nid = "concluded-reported"',
    ),
    "a list that counts wrongly": Fault(
        file="scheme.toml", old="entries = 10", new="entries = 11", says="but 10 are listed"
    ),
    "a file that is no TOML": Fault(
        file="divisions.toml", old="line = 66", new="line = = 66", says="no TOML"
    ),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder to spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def test_the_data_and_the_prose_have_no_problem() -> None:
    assert [str(problem) for problem in check.check()] == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_at_its_file_and_line(data: Path, fault: Fault) -> None:
    path = data / fault.file
    text = path.read_text("utf-8")
    assert fault.old in text, "the fault can no longer be planted"
    spoilt = text.replace(fault.old, fault.new, 1)
    path.write_text(spoilt, "utf-8")
    line = spoilt.count("\n", 0, spoilt.index(fault.at or _changed(fault))) + 1

    found = check.check(data)

    told = [problem for problem in found if fault.says in problem.message]
    assert told, [str(problem) for problem in found]
    # A number twice is told at the later of the two.
    places = {(problem.file, problem.line) for problem in told}
    assert (fault.file, line) in places or "is taken by" in fault.says


def test_all_problems_come_in_one_run(data: Path) -> None:
    for name in (ENTRY, "08-photoresist.toml"):
        text = (data / name).read_text("utf-8")
        (data / name).write_text(text.replace("words.en = [", "words.english = [", 1), "utf-8")

    found = [
        problem for problem in check.check(data) if problem.file == ENTRY or "08" in problem.file
    ]

    assert {ENTRY, "08-photoresist.toml"} == {problem.file for problem in found}
    assert len([problem for problem in found if problem.file == ENTRY]) >= 2


def test_a_problem_reads_like_a_sentence_of_an_editor(data: Path) -> None:
    text = (data / ENTRY).read_text("utf-8")
    line = text[: text.index("name.en")].count("\n") + 1
    spoilt = text.replace('name.en = "Sulfide solid electrolyte"', 'name.en = ""', 1)
    (data / ENTRY).write_text(spoilt, "utf-8")

    assert [
        f"{ENTRY}:{line}: sulfide-solid-electrolyte: name.en is empty; every text needs ja and en"
    ] == [str(problem) for problem in check.check(data)]


def test_without_the_sources_the_lint_compares_with_the_record_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCES", str(tmp_path))

    assert check.check() == []
    notes = check.notes()
    assert notes
    assert all("is not at hand" in note and "recorded in sources.lock" in note for note in notes)


def test_a_page_in_one_language_only_is_told(tmp_path: Path) -> None:
    docs = Path(shutil.copytree(DOCS, tmp_path / "docs"))
    (docs / "en" / "about.md").unlink()

    told = [str(problem) for problem in check.check(docs_folder=docs)]

    assert len(told) == 1
    assert told[0].startswith("docs/ja/about.md:1: about.md: docs/en/about.md is missing")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{{ cite(23) }}", "", "sources and badges"),
        ("{ #inform }", "{ #informed }", "headings differ"),
        ("description: ", "descriptor: ", "the head has no description"),
        ("description: ", "description: a: ", "YAML misreads"),
        ("# How the scheme works", "", "0 headings of the first rank"),
    ],
)
def test_prose_that_differs_between_the_languages_is_told(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    docs = Path(shutil.copytree(DOCS, tmp_path / "docs"))
    page = docs / "en" / "scheme.md"
    text = page.read_text("utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), "utf-8")

    found = [problem for problem in check.check(docs_folder=docs) if says in problem.message]

    assert found
    assert all(problem.file == "docs/en/scheme.md" for problem in found)


def test_every_rule_says_what_it_is() -> None:
    assert check.RULES
    for rule in check.RULES:
        assert rule.__doc__, rule.__name__


def test_every_key_of_the_data_has_its_line() -> None:
    for path in sorted(FOLDER.glob("*.toml")):
        lines = path.read_text("utf-8").split("\n")
        for place, line in line_map("\n".join(lines)).items():
            names = [part for part in place if isinstance(part, str)]
            if isinstance(place[-1], str):
                assert names[-1] in "".join(lines[line - 1 : line + 2]), (path.name, place, line)


def _changed(fault: Fault) -> str:
    return fault.new or fault.old
