"""The recorded measurement: the page of proofs shows its figures and no others, and misses stand out."""

import json
import re
from pathlib import Path

import pytest

from build_scripts import measured
from build_scripts.measured import Measured, Target
from build_scripts.pages import Writer
from build_scripts.toolchain import BuildError
from build_scripts.wording import load_table
from decision_tree import corpus
from decision_tree.model import LANGUAGES, Language

_CELL = re.compile(r'<span class="digits" data-figure="([^"]+)">([^<]*)</span>')
_NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")


@pytest.fixture(autouse=True)
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measured:
    """A record whose figures are all different: a run with a real one would be another every time."""
    found = Measured(
        date="2026-02-03",
        machine={"cores": 3, "system": "Linux", "load": 0.7},
        versions={"chromium": "99.1", "pyodide": "88.2", "python": "3.11"},
        build="0" * 16,
        runs={"loopback": 5, "usual": 4, "train": 3},
        figures={name: 1000 + 1.25 * n for n, name in enumerate(measured.names())},
    )
    path = tmp_path / "record.json"
    measured.write(found, path)
    monkeypatch.setattr(measured, "RECORD", path)
    return found


@pytest.fixture(params=LANGUAGES)
def page(request: pytest.FixtureRequest, made_up: Measured) -> str:  # noqa: ARG001 (it must be there)
    """The page of proofs as it goes to MkDocs."""
    language: Language = request.param
    return Writer(corpus.load(), language).render("trust.md", "trust.md")


def changed(folder: Path, **changes: object) -> Path:
    """The record with other values for some of its keys; None takes a key away."""
    raw = json.loads(measured.RECORD.read_text("utf-8")) | changes
    path = folder / "measured.json"
    kept = {name: value for name, value in raw.items() if value is not None}
    path.write_text(json.dumps(kept), "utf-8")
    return path


def test_the_page_shows_every_figure_of_the_record_as_it_was_measured(
    page: str, made_up: Measured
) -> None:
    shown = [(name, _NUMBER.findall(text)) for name, text in _CELL.findall(page)]
    figures = made_up.figures

    assert {name for name, _ in shown} == set(figures)
    for name, numbers in shown:
        assert [f"{figures[name]:,}"] == numbers, name


def test_no_mark_up_of_the_tables_is_shown_as_text(page: str) -> None:
    assert page.count("<table") > 1
    assert not re.search(r"&lt;/?[a-z]+&gt;", page)


def test_the_page_says_when_and_on_what_it_was_measured(page: str) -> None:
    assert "2026年2月3日" in page or "3 February 2026" in page
    for said in ("99.1", "88.2", "0.7"):
        assert said in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_recorded_run_the_page_says_nothing_of_speed(language: Language) -> None:
    measured.RECORD.unlink()
    page = Writer(corpus.load(), language).render("trust.md", "trust.md")

    assert "data-figure" not in page
    assert "#speed" not in page


def test_what_is_written_is_what_is_read(made_up: Measured) -> None:
    assert made_up == measured.read(measured.RECORD)


def test_each_target_that_is_missed_is_marked(page: str, made_up: Measured) -> None:
    missed = [target for target in made_up.targets() if target.state == "missed"]

    assert 0 < len(missed) < len(list(made_up.targets()))
    assert page.count("<strong>✗ ") == len(missed)
    for target in missed:
        row = next(row for row in page.splitlines() if f'data-figure="{target.figure}"' in row)
        assert "<strong>✗ " in row


@pytest.mark.parametrize(
    ("better", "value", "state"),
    [("more", 4, "aim"), ("more", 3, "must"), ("more", 1, "missed"),
     ("less", 4, "missed"), ("less", 2, "must"), ("less", 1, "aim")],
)  # fmt: skip
def test_a_figure_reaches_its_aim_what_must_be_or_neither(
    better: measured.Better, value: float, state: str
) -> None:
    must, aim = (2, 4) if better == "more" else (3, 1)
    words = {"ja": "", "en": ""}
    target = Target(
        figure="", what=words, unit="times", value=value, better=better, must=must, aim=aim
    )

    assert state == target.state


@pytest.mark.parametrize("key", ["date", "machine", "versions", "build", "runs", "figures"])
def test_a_record_without_one_of_its_keys_stops_the_build(tmp_path: Path, key: str) -> None:
    with pytest.raises(BuildError, match=rf"measured\.json: key '{key}' is missing"):
        measured.read(changed(tmp_path, **{key: None}))


def test_a_record_without_one_of_its_figures_stops_the_build(
    tmp_path: Path, made_up: Measured
) -> None:
    figures = dict(made_up.figures)
    del figures["first/train/site"]
    with pytest.raises(BuildError, match="figure 'first/train/site' is missing"):
        measured.read(changed(tmp_path, figures=figures))


def test_a_figure_that_no_table_shows_stops_the_build(tmp_path: Path, made_up: Measured) -> None:
    figures = {**made_up.figures, "first/moon/site": 1}
    with pytest.raises(BuildError, match="figure 'first/moon/site' is in no table"):
        measured.read(changed(tmp_path, figures=figures))


def test_the_targets_are_those_that_were_set_before_anything_was_measured() -> None:
    wanted = {one["figure"]: one.get("must") for one in load_table("speed")["target"]}

    assert wanted["first/loopback/ratio"] == 2.3
    assert wanted["next/loopback/ratio"] == 10
    assert wanted["bytes/br/ratio"] == 0.75
    assert wanted["question/wasm"] == 0
