"""The static API: it fits its schema, its tables agree with its JSON, and it repeats."""

import csv
import io
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from build_scripts.api import MADE_BY_VISITORS, SCHEMAS, write_api
from build_scripts.schema import adapter
from decision_tree import corpus
from decision_tree.model import Rules


@pytest.fixture(scope="module")
def rules() -> Rules:
    return corpus.load()


@pytest.fixture(scope="module")
def api(rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("api")
    write_api(rules, target)
    return target


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def table(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_file_is_what_its_schema_says(api: Path, rules: Rules, name: str) -> None:
    paths = [api / f"{name}.json"]
    if name == "technology":
        paths = sorted((api / "technologies").glob("*.json"))
        assert [path.stem for path in paths] == sorted(t.id for t in rules.technologies)
    kind = adapter(SCHEMAS[name])

    schema = read(api / "schema" / f"{name}.json")

    assert schema["$schema"].startswith("https://json-schema.org/")
    for path in paths:
        content = kind.validate_json(path.read_text("utf-8"))
        assert read(path) == kind.dump_python(content, mode="json")
        assert set(schema["properties"]) == set(read(path))


def test_only_the_schema_is_published_of_what_visitors_make(api: Path) -> None:
    for name, kind in MADE_BY_VISITORS.items():
        schema = read(api / "schema" / f"{name}.json")

        assert set(schema["properties"]) == {field.name for field in fields(kind)}
        assert not (api / f"{name}.json").exists()


def test_the_entries_come_back_as_the_rules_have_them(api: Path, rules: Rules) -> None:
    content = adapter(SCHEMAS["technologies"]).validate_json(
        (api / "technologies.json").read_bytes()
    )

    assert rules.technologies == content.technologies


def test_every_file_says_where_it_comes_from_and_what_it_is_not(api: Path) -> None:
    paths = [path for path in sorted(api.rglob("*.json")) if path.parent.name != "schema"]
    assert paths
    for path in paths:
        notice = read(path)["notice"]
        assert "法的な助言ではありません" in notice["about"]["ja"]
        assert "edited by us" in notice["credit"]["en"]
        assert notice["list_date"] == "2025-11-14"


def test_the_rules_name_their_versions(api: Path, rules: Rules) -> None:
    content = read(api / "rules.json")

    assert rules.engine_sha256 == content["engine_sha256"]
    assert rules.rules_sha256 == content["rules_sha256"]
    assert content["begins"] == "2024-12-30"


def test_the_tables_agree_with_the_json(api: Path) -> None:
    technologies, rows = (
        read(api / "technologies.json")["technologies"],
        table(api / "technologies.csv"),
    )

    assert [t["id"] for t in technologies] == [row["id"] for row in rows]
    for entry, row in zip(technologies, rows, strict=True):
        assert "\n".join(p["ja"] for p in entry["definition"]) == row["definition_ja"]
        assert entry["division"]["basis"] == row["division_basis"]
    facts, rows = read(api / "facts.json")["facts"], table(api / "facts.csv")
    assert [item["fact"]["id"] for item in facts] == [row["id"] for row in rows]
    divisions, rows = read(api / "divisions.json")["divisions"], table(api / "divisions.csv")
    assert [item["id"] for item in divisions] == [row["id"] for row in rows]
    numbers = sorted(int(number) for row in rows for number in row["technologies"].split())
    assert list(range(1, 20)) == numbers


def test_what_a_secondary_source_says_is_kept_apart(api: Path) -> None:
    changes = read(api / "changes.json")

    assert [version["entries"] for version in changes["versions"]] == [10, 19]
    assert [evidence["entries"] for evidence in changes["evidence"]] == [15]
    assert [row["status"] for row in table(api / "changes.csv")] == [
        "confirmed",
        "confirmed",
        "secondary",
    ]


def test_tables_open_in_excel_and_all_files_end_with_a_line(api: Path) -> None:
    for path in sorted(api.rglob("*.csv")):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path
    for path in sorted(api.rglob("*.*")):
        assert path.read_bytes().endswith(b"\n"), path


def test_a_second_run_writes_the_same_bytes(rules: Rules, api: Path, tmp_path: Path) -> None:
    write_api(rules, tmp_path)
    files = sorted(path.relative_to(api) for path in api.rglob("*.*"))

    assert files == sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    for path in files:
        assert (api / path).read_bytes() == (tmp_path / path).read_bytes()
