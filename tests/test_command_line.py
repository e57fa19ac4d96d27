"""The command line works from a bare checkout: one verdict or one line on stderr, never both."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from build_scripts import cases

ROOT = Path(__file__).parents[1]
#: No site packages, no environment, no user folder: the standard library and the checkout alone.
START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('decision_tree', run_name='__main__', alter_sys=True)"
)


def command(
    *arguments: str, stdin: str | bytes = "", checkout: Path = ROOT, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", START, str(checkout), *arguments],
        input=stdin.encode("utf-8") if isinstance(stdin, str) else stdin,
        capture_output=True,
        check=False,
        cwd="/",
        env=variables,
    )


def evaluate(situation: object, *arguments: str) -> dict[str, Any]:
    done = command("evaluate", *arguments, "-", stdin=json.dumps(situation))

    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return dict(json.loads(done.stdout))


def refusal(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line on stderr of a command that was refused."""
    message = done.stderr.decode("utf-8")

    assert done.returncode == 2
    assert done.stdout == b""
    assert message.count("\n") == 1
    assert message.endswith("\n")
    assert "Traceback" not in message
    return message


def line(technology: str, **answers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): answer for name, answer in answers.items()}
    return {"lines": [{"technology": technology, "answers": named}]}


USUAL = {
    "act": "production-transfer",
    "destination": "elsewhere",
    "published": "no",
    "basic-research": "no",
    "minimum-provision": "no",
    "stage": "not-concluded",
}
ELECTROLYTE = {
    "sulfide-solid-electrolyte-activity": "manufacture",
    "sulfide-solid-electrolyte-use": "lithium-ion-battery",
}
EVERYTHING = ("act", "enables-production", "guidance", *list(USUAL)[1:])


# ---- the six lines of issue 2 ----


def test_a_state_that_is_not_known_is_exactly_what_is_missing() -> None:
    verdict = evaluate(
        line(
            "sulfide-solid-electrolyte",
            **USUAL,
            **ELECTROLYTE,
            sulfide_solid_electrolyte_state="unknown",
            sulfide_solid_electrolyte_conductivity="0.3 mS/cm",
        )
    )

    assert verdict["outcome"] == "ask"
    assert verdict["missing"] == ["sulfide-solid-electrolyte-state"]


def test_a_conductivity_above_both_limits_needs_no_state() -> None:
    verdict = evaluate(
        line(
            "sulfide-solid-electrolyte",
            **USUAL,
            **ELECTROLYTE,
            sulfide_solid_electrolyte_state="unknown",
            sulfide_solid_electrolyte_conductivity="2 mS/cm",
        )
    )

    assert verdict["outcome"] == "report"
    assert verdict["missing"] == []


def test_a_wide_ultrasound_endoscope_needs_no_direction_of_view() -> None:
    verdict = evaluate(
        line(
            "flexible-endoscope",
            **USUAL,
            flexible_endoscope_activity="design",
            flexible_endoscope_part="insertion-part",
            flexible_endoscope_diameter="12 mm",
            flexible_endoscope_ultrasound="yes",
            flexible_endoscope_field_of_view="130°",
            flexible_endoscope_view_direction="unknown",
        )
    )

    assert verdict["outcome"] == "report"


def test_with_everything_unknown_it_asks() -> None:
    verdict = evaluate(line("unknown", **dict.fromkeys(EVERYTHING, "unknown")))

    assert verdict["outcome"] == "ask"
    assert verdict["missing"] == ["technology", *EVERYTHING]


def test_goods_only_is_outside_whatever_the_technology() -> None:
    verdict = evaluate(line("unknown", act="goods-only"))

    assert verdict["outcome"] == "not-covered"
    assert verdict["because"] == ["transaction"]


def test_a_destination_in_group_a_is_a_consultation() -> None:
    verdict = evaluate(line("mlcc", **{**USUAL, "destination": "group-a"}, mlcc_activity="design"))

    assert verdict["outcome"] == "consult"
    assert verdict["missing"] == []


# ---- evaluate ----


def test_the_checkout_alone_is_enough(tmp_path: Path) -> None:
    """A copy of the package with its data and nothing else, without the view, started by -m."""
    shutil.copytree(
        ROOT / "decision_tree",
        tmp_path / "decision_tree",
        ignore=shutil.ignore_patterns("__pycache__", "view", "browser.py"),
    )
    done = subprocess.run(
        [sys.executable, "-S", "-s", "-B", "-m", "decision_tree", "evaluate", "-"],
        input=json.dumps(line("none")).encode(),
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={},
    )

    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["outcome"] == "not-covered"


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    lines = [each for case in cases.load()[::10] for each in case.situation["lines"]]
    file = tmp_path / "状況.json"
    file.write_text(json.dumps({"lines": lines}, ensure_ascii=False), "utf-8")
    first = command("evaluate", str(file))
    again = command("evaluate", "-", stdin=file.read_bytes(), PYTHONHASHSEED="1", LC_ALL="C")
    marked = command("evaluate", "-", stdin=b"\xef\xbb\xbf" + file.read_bytes(), TZ="Asia/Tokyo")

    assert first.returncode == 0
    assert b"\r" not in first.stdout
    assert first.stdout == again.stdout == marked.stdout


def test_the_order_of_keys_does_not_matter() -> None:
    case = next(case for case in cases.load() if case.id == "lines-endoscope-and-sensor")
    lines = case.situation["lines"]
    backwards = [
        {"answers": dict(reversed(each["answers"].items())), "technology": each["technology"]}
        for each in lines
    ]

    assert evaluate({"lines": lines}) == evaluate({"lines": backwards})


@pytest.mark.parametrize(
    ("day", "outcome", "version"),
    [
        ("2024-12-30", "consult", "2024-12-30"),
        ("2024-12-31", "consult", "2024-12-30"),
        ("2025-06-01", "consult", "2024-12-30"),
        ("2025-11-13", "consult", "2024-12-30"),
        ("2025-11-14", "report", "2025-11-14"),
        ("2025-11-15", "report", "2025-11-14"),
        ("2026-11-23", "report", "2025-11-14"),
    ],
)
def test_an_entry_is_judged_by_the_list_of_the_day(day: str, outcome: str, version: str) -> None:
    verdict = evaluate(line("quantum-dot", **USUAL, quantum_dot_activity="design"), "--as-of", day)

    assert outcome == verdict["outcome"]
    assert version == verdict["list_version"]


@pytest.mark.parametrize(
    "day", ["2024-12-30", "2024-12-31", "2025-11-13", "2025-11-14", "2025-11-15"]
)
def test_an_entry_of_the_first_list_needs_a_report_on_every_day_of_the_scheme(day: str) -> None:
    verdict = evaluate(line("mlcc", **USUAL, mlcc_activity="design"), "--as-of", day)
    row = ",".join(["mlcc", "design", *USUAL.values()])
    head = ",".join(["technology", "mlcc-activity", *(name.replace("_", "-") for name in USUAL)])
    table = command("batch", "--as-of", day, stdin=f"{head}\n{row}\n")

    assert verdict["outcome"] == "report"
    assert table.returncode == 0
    assert b"report" in table.stdout.splitlines()[1].split(b",")


@pytest.mark.parametrize("day", ["2024-12-29", "1999-01-01", "2025-02-30", "yesterday", ""])
def test_a_day_before_the_scheme_or_none_at_all_is_refused(day: str) -> None:
    refusal(command("evaluate", "--as-of", day, "-", stdin=json.dumps(line("none"))))
    refusal(command("batch", "--as-of", day, stdin="technology\nnone\n"))


BAD_INPUT = {
    "empty": ("", "line 1"),
    "not JSON": ("{", "line 1"),
    "not JSON, second line": ('{"lines":\n [x]}', "line 2"),
    "no lines": ("{}", "lines"),
    "unknown technology": (json.dumps(line("mlc")), "lines[0].technology"),
    "unknown fact": (json.dumps(line("mlcc", color="red")), "lines[0].answers.color"),
    "unknown option": (json.dumps(line("mlcc", act="gift")), "lines[0].answers.act"),
    "bad second line": (
        json.dumps({"lines": [{"technology": "none"}, {"technology": "x"}]}),
        "lines[1].technology",
    ),
    "key twice": ('{"lines": [{"technology": "none", "technology": "mlcc"}]}', "technology"),
    "a fact of another entry": (
        json.dumps(line("mlcc", quantum_dot_activity="design")),
        "quantum-dot-activity",
    ),
    "number without unit": (
        json.dumps(line("photoresist", photoresist_wavelength="248")),
        "photoresist-wavelength",
    ),
    "half a character as a fact": (
        '{"lines": [{"answers": {"\\ud800": "x"}}]}',
        "lines[0].answers",
    ),
    "a number of 5000 digits": ('{"lines": [{"technology": ' + "1" * 5000 + "}]}", "line"),
    "a line break in an answer": (json.dumps(line("mlcc", act="a\nb")), "lines[0].answers.act"),
}


@pytest.mark.parametrize("name", ["evaluate", "next"])
@pytest.mark.parametrize(("text", "place"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_line_that_names_the_place(name: str, text: str, place: str) -> None:
    assert place in refusal(command(name, "-", stdin=text))


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert "UTF-8" in refusal(command("evaluate", "-", stdin="状況".encode("cp932")))


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["judge"], ["evaluate"], ["evaluate", "/no/such/file.json"], ["evaluate", "/"]),
        *(["evaluate", "--as-of"], ["facts", "--lang", "fr"], ["batch", "/no/such/file.csv"]),
        *(["next", "a", "b"], ["facts", "more"], ["batch", "a", "b", "c"]),
    ],
    ids=" ".join,
)
def test_a_wrong_command_is_one_line_too(arguments: list[str]) -> None:
    refusal(command(*arguments))


# ---- facts ----


@pytest.mark.parametrize("language", ["ja", "en"])
def test_facts_lists_every_fact_with_its_options_or_unit(language: str) -> None:
    done = command("facts", "--lang", language)
    facts = json.loads(done.stdout)

    assert done.returncode == 0
    assert done.stderr == b""
    assert facts[0]["id"] == "technology"
    assert [option["id"] for option in facts[0]["options"]][-2:] == ["none", "unknown"]
    assert len(facts[0]["options"]) == 21
    assert len({fact["id"] for fact in facts}) == len(facts)
    for fact in facts:
        assert {"id", "kind", "options", "unit", "question"} <= set(fact)
        assert fact["question"]
        if fact["kind"] == "choice":
            assert fact["unit"] is None
            assert fact["options"][-1]["id"] == "unknown"
            assert all(option["label"] for option in fact["options"])
        else:
            assert fact["kind"] == "quantity"
            assert fact["unit"]


def test_facts_have_the_same_ids_in_both_languages_and_speak_japanese_by_default() -> None:
    ja, en, default = (
        json.loads(command("facts", *arguments).stdout)
        for arguments in (("--lang", "ja"), ("--lang", "en"), ())
    )

    assert ja == default
    assert [fact["id"] for fact in ja] == [fact["id"] for fact in en]
    for one, other in zip(ja, en, strict=True):
        assert [o["id"] for o in one["options"]] == [o["id"] for o in other["options"]]
        assert one["question"] != other["question"]


def test_no_value_for_interpretation_only_is_offered() -> None:
    facts = json.loads(command("facts").stdout)
    offered = {option["id"] for fact in facts for option in fact["options"]}

    assert not {"outside-the-scheme", "beam-as-light"} & offered


# ---- next ----


def test_next_asks_for_the_technology_first_and_ends_in_the_verdict() -> None:
    answers: dict[str, str] = {}
    technology = None
    asked = []
    for _ in range(20):
        raw: dict[str, Any] = {"lines": [{"technology": technology, "answers": answers}]}
        reply = json.loads(command("next", "-", "--lang", "en", stdin=json.dumps(raw)).stdout)
        if "verdict" in reply:
            break
        fact = reply["next"]
        asked.append(fact["id"])
        if fact["id"] == "technology":
            technology = "flexible-endoscope"
        else:
            answers[fact["id"]] = (
                "unknown" if fact["kind"] == "quantity" else fact["options"][0]["id"]
            )

    assert asked[:3] == ["technology", "flexible-endoscope-activity", "flexible-endoscope-part"]
    assert len(set(asked)) == len(asked)
    assert reply["verdict"]["outcome"] == "ask"
    assert reply["verdict"] == evaluate(raw)


def test_next_names_the_line_that_it_asks_about() -> None:
    raw = {"lines": [{"technology": "none"}, {"technology": "mlcc"}]}
    reply = json.loads(command("next", "-", stdin=json.dumps(raw)).stdout)

    assert reply["line"] == 1
    assert reply["next"]["id"] == "mlcc-activity"


# ---- ask ----


def test_ask_goes_through_the_questionnaire_on_piped_answers() -> None:
    done = command("ask", "--lang", "en", stdin="1\n1\n1\n1\n1\n1\n1\n1\n")
    told = done.stdout.decode("utf-8")

    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    assert "[report]" in told
    assert "商務情報政策局" in told or "IT Industry Division" in told


def test_ask_that_ends_before_the_result_is_no_verdict() -> None:
    done = command("ask", stdin="1\n1\n")

    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"[report]" not in done.stdout


def test_a_reader_that_goes_away_is_no_crash() -> None:
    running = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "-c", START, str(ROOT), "facts"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
    )
    assert running.stdout is not None
    assert running.stderr is not None
    # Before all has been written, which is more than a pipe holds.
    running.stdout.close()
    message = running.stderr.read()
    running.stderr.close()
    running.wait()

    assert b"Traceback" not in message


# ---- batch ----


def test_batch_reads_and_writes_files(tmp_path: Path) -> None:
    given, written = tmp_path / "in.csv", tmp_path / "out.csv"
    given.write_text("technology,note\nnone,one\nmlc,two\n", "utf-8")
    done = command("batch", str(given), str(written))
    piped = command("batch", stdin=given.read_bytes())

    assert done.returncode == 0
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    assert written.read_bytes() == piped.stdout
    assert written.read_bytes().startswith(b"\xef\xbb\xbf")


def test_batch_writes_the_same_bytes_again() -> None:
    table = "technology,mlcc-activity,act\nmlcc,design,licence\nunknown,,goods-only\n"
    one = command("batch", stdin=table, PYTHONHASHSEED="1")
    other = command("batch", stdin=table, PYTHONHASHSEED="2")

    assert one.returncode == 0
    assert one.stdout == other.stdout


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"colour\nred\n",
        b"act\nlicence\n",
        b"technology,technology\n",
        b"technology,outcome\n",
        b"\x81",
    ],
    ids=["empty", "unknown column", "no technology", "twice", "a column of the answer", "no text"],
)
def test_a_table_that_cannot_be_read_at_all_is_refused(data: bytes) -> None:
    refusal(command("batch", stdin=data))


def test_a_file_that_cannot_be_written_is_refused() -> None:
    refusal(command("batch", os.devnull, "/no/such/folder/out.csv"))
    done = command("batch", "-", "/no/such/folder/out.csv", stdin="technology\nnone\n")

    assert "/no/such/folder/out.csv" in refusal(done)
