"""A verdict that was kept gives the same verdict again, or says what has changed; damage is refused."""

import base64
import dataclasses
import hashlib
import json
import random
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from build_scripts.cases import load
from build_scripts.schema import strict_model
from decision_tree import browser, corpus, record, situation
from decision_tree.explain import as_json
from decision_tree.model import LANGUAGES, Rules
from decision_tree.record import RecordError
from decision_tree.verdict import Judge

RULES = corpus.load()
JUDGE = Judge(RULES)
SITUATIONS = {
    case.id: situation.read(case.situation, JUDGE.space) for case in load() if not case.as_of
}
ONE = next(iter(SITUATIONS.values()))
LICENCE = {
    "technology": "mlcc",
    "answers": {
        "mlcc-activity": "manufacture",
        "act": "licence",
        "guidance": "yes",
        "destination": "elsewhere",
        "published": "no",
        "basic-research": "no",
        "minimum-provision": "no",
        "stage": "not-concluded",
    },
}
STATE = {"lines": [LICENCE], "at": {"line": 0, "page": "verdict"}}


def ask(**request: Any) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(browser.handle(json.dumps(request)))
    return reply


def saved(what: str, state: dict[str, Any] = STATE, language: str = "en") -> str:
    reply = ask(save=what, state=state, language=language)
    return (
        str(reply.get("fragment")) if what == "link" else base64.b64decode(reply["base64"]).decode()
    )


def resealed(content: dict[str, Any]) -> str:
    """A record with other content, as a version of the site with other rules would have written it."""
    content.pop("sha256", None)
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return json.dumps({**content, "sha256": hashlib.sha256(plain.encode()).hexdigest()})


def of_other_rules(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text)
    content["verdict"]["rules"] = "0" * 64
    content["verdict"]["list_version"] = "2024-12-30"
    return content


@pytest.mark.parametrize("how", ["file", "link"])
def test_a_record_of_every_worked_case_gives_the_same_verdict(how: str) -> None:
    assert len(SITUATIONS) > 300
    for name, one in SITUATIONS.items():
        if how == "file":
            opened = record.read(JUDGE, record.write(JUDGE, one, "ja"))
        else:
            opened = record.read_fragment(JUDGE, record.fragment(JUDGE, one))
        again = situation.Situation(lines=opened.lines)

        assert not opened.dropped, name
        assert as_json(JUDGE, again) == as_json(JUDGE, one), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_same_verdict_and_says_that_nothing_has_changed(language: str) -> None:
    shown = ask(language=language, state=STATE, action={"do": "show"})
    same = {"ja": "結果も同じです", "en": "and so is the result"}[language]
    for request in ({"text": saved("json")}, {"link": saved("link")}):
        opened = ask(open=request, language=language)

        assert opened["view"] == "verdict"
        assert same in opened["html"]
        assert opened["state"]["lines"] == STATE["lines"]
        before, rest = opened["html"].split("<section", 1)
        rest = rest.partition("</section>")[2]
        assert (before + rest).split() == shown["html"].split()


def test_a_record_is_what_its_published_schema_says() -> None:
    model = strict_model(record.Record)
    for one in SITUATIONS.values():
        text = record.write(JUDGE, one, "en")

        read = model.model_validate_json(f'{{"content": {text}}}')
        assert isinstance(read.model_dump()["content"], dict | record.Record)


def test_a_record_says_the_same_each_time_it_is_written() -> None:
    assert record.write(JUDGE, ONE, "ja") == record.write(Judge(RULES), ONE, "ja")
    assert record.fragment(JUDGE, ONE) == record.fragment(Judge(RULES), ONE)


def test_a_link_is_short_enough_to_send() -> None:
    assert max(len(record.fragment(JUDGE, one)) for one in SITUATIONS.values()) < 1500


def test_a_file_that_was_cut_off_is_refused_with_the_place() -> None:
    text = record.write(JUDGE, ONE, "en").rstrip()
    for end in range(0, len(text), 97):
        with pytest.raises(RecordError) as refused:
            record.read(JUDGE, text[:end])
        assert "line" in refused.value.en.casefold() or end < 2


def test_a_file_that_was_changed_anywhere_is_refused() -> None:
    text = record.write(JUDGE, ONE, "en")
    dice = random.Random(8)
    changed = 0
    for _ in range(400):
        at = dice.randrange(len(text))
        other = text[:at] + dice.choice('aA9"}{:,]x') + text[at + 1 :]
        try:
            if json.loads(other) == json.loads(text):
                continue
        except ValueError:
            pass
        changed += 1
        with pytest.raises(RecordError):
            record.read(JUDGE, other)

    assert changed > 300


def test_a_link_that_was_cut_off_or_changed_anywhere_is_refused() -> None:
    fragment = record.fragment(JUDGE, ONE)
    broken = [fragment[:end] for end in range(len(fragment))]
    for at, sign in enumerate(fragment):
        broken += [fragment[:at] + other + fragment[at + 1 :] for other in "Ab9-." if other != sign]
    taken = 0
    for one in (*broken, fragment + "A", fragment + "。", "1.", "", "1", "x.y"):
        if one.rstrip("=") == fragment:
            continue
        try:
            opened = record.read_fragment(JUDGE, one)
        except RecordError:
            continue
        taken += 1
        assert opened == record.read_fragment(JUDGE, fragment)

    # Base64 and the packing each end in a few bits that nothing uses: to change those changes nothing.
    assert taken < 10


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a record saved on this site"),
        ("hello", "not a record saved on this site"),
        ("[]", "not a record saved on this site"),
        ('{"lines": []}', "not a record saved on this site"),
        ("[" * 100_000, "not a record saved on this site"),
        ("PK\x03\x04word", "looks like a Word file"),
        ("{" + " " * 300_000, "not a record saved on this site"),
        ('{"kind": "fefta-55-8-record", "format": 2}', 'format" is 2; this page reads 1'),
        ('{"kind": "fefta-55-8-record", "format": 1}', '"language" is missing'),
        ('{"kind": "a", "kind": "b"}', '"kind" stands twice'),
    ],
)
def test_what_is_no_record_is_refused_in_plain_words(text: str, told: str) -> None:
    with pytest.raises(RecordError) as refused:
        record.read(JUDGE, text)

    assert told in refused.value.en
    assert refused.value.ja


def edits() -> Iterator[tuple[str, Any, str]]:
    yield "situation", {"lines": []}, '"situation.lines" is empty'
    yield "situation", [], '"situation" should be an object'
    yield "situation", {"lines": [{"technology": 1, "answers": {}}]}, "technology"
    yield "language", "fr", "ja or en"
    yield "extra", 1, '"extra" is no part of a record'
    line = {**LICENCE, "technology": "mlc"}
    yield "situation", {"lines": [line]}, 'situation.lines[0].technology": there is no technology'
    line = {**LICENCE, "answers": {**LICENCE["answers"], "act": "gift"}}  # type: ignore[dict-item]
    yield "situation", {"lines": [line]}, "situation.lines[0].answers.act"
    line = {**LICENCE, "answers": {**LICENCE["answers"], "tadf-material-use": "x"}}  # type: ignore[dict-item]
    yield "situation", {"lines": [line]}, "situation.lines[0].answers.tadf-material-use"
    line = {**LICENCE, "answers": {**LICENCE["answers"], "guidance": "no"}}  # type: ignore[dict-item]
    yield "situation", {"lines": [line]}, '"verdict.outcome" is not what follows'


@pytest.mark.parametrize(("key", "value", "told"), list(edits()))
def test_a_record_edited_with_its_checksum_is_refused_with_the_place(
    key: str, value: Any, told: str
) -> None:
    text = resealed({**json.loads(saved("json")), key: value})
    with pytest.raises(RecordError) as refused:
        record.read(JUDGE, text)

    assert told in refused.value.en


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_in_the_language_of_the_page_and_changes_nothing(language: str) -> None:
    reply = ask(open={"text": saved("json")[:200]}, language=language)

    assert set(reply) == {"refused"}
    assert {"ja": "行目", "en": "Line"}[language] in reply["refused"]
    assert {"ja": "そのまま", "en": "as they were"}[language] in reply["refused"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_that_changed_without_another_result_are_told(language: str) -> None:
    content = of_other_rules(saved("json"))
    opened = ask(open={"text": resealed(content)}, language=language)

    assert {"ja": "結果は同じです", "en": "The result is the same"}[language] in opened["html"]
    assert "000000000000" in opened["html"]
    assert {"ja": "2024年12月30日", "en": "30 December 2024"}[language] in opened["html"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_older_record_with_another_result_shows_both(language: str) -> None:
    content = of_other_rules(saved("json"))
    content["verdict"]["outcome"] = "not-covered"
    content["verdict"]["because"] = ["technology"]
    content["verdict"]["lines"][0]["outcome"] = "not-covered"
    opened = ask(open={"text": resealed(content)}, language=language)
    then, now = (
        outcome.title.of(language)  # type: ignore[arg-type]
        for code in ("not-covered", "report")
        for outcome in RULES.outcomes
        if outcome.code == code
    )
    table = opened["html"].split("<table>")[1].split("</table>")[0]

    assert f"<td>{then}</td><td>{now}</td>" in table
    assert 'class="panel panel-report"' in opened["html"]
    assert {"ja": "結果も変わりました", "en": "so has the result"}[language] in opened["html"]


def test_answers_that_no_longer_exist_are_named_and_not_used() -> None:
    content = of_other_rules(saved("json"))
    answers = content["situation"]["lines"][0]["answers"]
    answers["colour"] = "blue"
    answers["act"] = "gift"
    opened = ask(open={"text": resealed(content)}, language="en")

    assert "colour: blue" in opened["html"]
    assert "Kind of transaction: gift" in opened["html"]
    line = opened["state"]["lines"][0]
    assert {"colour", "act"} & set(line["answers"]) == set()
    assert 'class="panel panel-ask"' in opened["html"]

    content = of_other_rules(saved("json"))
    content["situation"]["lines"][0]["technology"] = "floppy-disk"
    opened = ask(open={"text": resealed(content)}, language="en")

    assert "Listed technology: floppy-disk" in opened["html"]
    assert opened["state"]["lines"][0]["technology"] is None
    assert opened["state"]["lines"][0]["answers"]["act"] == "licence"


def test_a_link_of_other_rules_is_compared_as_well() -> None:
    packed = saved("link").removeprefix("1.")
    content = json.loads(
        zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    )
    content["then"] |= {"rules": "f" * 16, "outcome": "consult", "possible": ["consult"]}
    content["then"]["lines"][0]["outcome"] = "consult"
    again = (
        base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode())).decode().rstrip("=")
    )
    opened = ask(open={"link": f"1.{again}"}, language="en")

    assert "so has the result" in opened["html"]
    assert "Consult the division early" in opened["html"].split("<table>")[1]


def test_what_the_record_said_is_shown_only_while_its_answers_stand() -> None:
    opened = ask(open={"text": saved("json")}, language="en")
    changed = ask(
        language="en",
        state={**opened["state"], "at": {"line": 0, "page": "guidance"}},
        action={"do": "answer", "fields": {"guidance": "no"}},
    )
    result = ask(language="en", state=changed["state"], action={"do": "result"})

    assert "A saved record was opened" in opened["html"]
    assert result["view"] == "verdict"
    assert "A saved record was opened" not in result["html"]


def test_a_link_is_bound_to_the_answers_that_were_asked() -> None:
    more = {**LICENCE, "answers": {**LICENCE["answers"], "enables-production": "yes"}}  # type: ignore[dict-item]
    text = saved("json", {**STATE, "lines": [more]})

    assert "enables-production" not in json.loads(text)["situation"]["lines"][0]["answers"]


def test_a_program_that_changed_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = saved("json")
    newer: Rules = dataclasses.replace(RULES, engine_sha256="e" * 64)
    monkeypatch.setattr(browser, "_judge", lambda: Judge(newer))
    opened = ask(open={"text": text}, language="en")

    assert "The program has changed since" in opened["html"]


def test_a_request_for_another_kind_of_file_is_refused() -> None:
    with pytest.raises(ValueError, match="json, docx or link"):
        browser.handle(json.dumps({"save": "exe", "state": STATE, "language": "en"}))
