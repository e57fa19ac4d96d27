"""The questionnaire in a terminal: the same journey as the page, as plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from decision_tree.journey import (
    NONE_OF_THEM,
    TECHNOLOGY,
    UNKNOWN_ANSWER,
    CheckAnswers,
    Journey,
    Question,
    VerdictPage,
    day_in_words,
)
from decision_tree.model import Fact, Language, Text
from decision_tree.space import NONE, UNKNOWN

_WORDS = {
    "choose": Text(ja="番号を入力してください", en="Enter a number"),
    "write": Text(
        ja="値と単位を入力してください（? = わからない）",
        en="Enter a value with its unit (? = I don't know)",
    ),
    "back": Text(ja="b = 戻る、q = やめる", en="b = back, q = quit"),
    "again": Text(ja="その番号はありません。", en="There is no such number."),
    "answers": Text(ja="回答", en="Your answers"),
    "missing": Text(ja="分かっていない事実", en="Missing facts"),
    "division": Text(ja="担当課室", en="Division"),
    "reading": Text(
        ja="（当サイトの読み方です。経済産業省に確認してください）",
        en=" (our reading: confirm with METI)",
    ),
    "list": Text(ja="対象技術の一覧の日付", en="List as of"),
    "note": Text(
        ja="これは自己確認で、経済産業省の判断ではありません。",
        en="This is a self-check and not a ruling of METI.",
    ),
}


def run(journey: Journey, ask: Callable[[str], str], tell: Callable[[str], None]) -> None:
    """Asks until the verdict is told. `ask` may raise EOFError, which ends the run."""
    state = journey.start()
    history: list[dict[str, Any]] = []
    model = journey.show(state)
    while isinstance(model, Question):
        answer = _asked(journey, model, ask, tell)
        if answer == "q":
            return
        if answer == "b":
            if history:
                state = history.pop()
                model = journey.show(state)
            continue
        after, model = journey.act(state, {"do": "answer", "fields": answer})
        if isinstance(model, Question) and model.errors:
            for message in model.errors.values():
                tell(f"! {message}")
            model = journey.show(state)
        else:
            history.append(state)
            state = after
    if isinstance(model, CheckAnswers):
        state, model = journey.act(state, {"do": "result"})
    assert isinstance(model, VerdictPage)
    _tell_verdict(journey, model, tell)


def _asked(
    journey: Journey, question: Question, ask: Callable[[str], str], tell: Callable[[str], None]
) -> dict[str, str] | str:
    language = journey.language
    tell("")
    if len(question.facts) > 1:
        tell(f"== {question.heading.of(language)}")
    fields: dict[str, str] = {}
    for fact in question.facts:
        tell(f"-- {fact.question.of(language)}")
        for text in (fact.why, fact.hint, fact.plain):
            if text:
                tell(f"   {text.of(language)}")
        if fact.kind == "choice":
            reply = _choice(journey, question, fact, ask, tell)
        else:
            reply = _quantity(language, fact, ask)
        if isinstance(reply, str):
            return reply
        fields |= reply
    return fields


def _options(journey: Journey, question: Question, fact: Fact) -> list[tuple[str, str]]:
    language = journey.language
    unknown = (UNKNOWN, UNKNOWN_ANSWER.of(language))
    if question.page == TECHNOLOGY:
        entries = [(entry.id, entry.name.of(language)) for entry in journey.rules.technologies]
        return [*entries, (NONE, NONE_OF_THEM.of(language)), unknown]
    listed = day_in_words(question.listed, language)
    labels = [(o.id, o.label.of(language).replace("{listed}", listed)) for o in fact.options]
    return [*labels, unknown]


def _choice(
    journey: Journey,
    question: Question,
    fact: Fact,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
) -> dict[str, str] | str:
    options = _options(journey, question, fact)
    language = journey.language
    for number, (_, label) in enumerate(options, 1):
        tell(f"   {number:2} {label}")
    while True:
        reply = ask(f"{_WORDS['choose'].of(language)} ({_WORDS['back'].of(language)}): ").strip()
        if reply in ("b", "q"):
            return reply
        if reply.isdecimal() and 1 <= int(reply) <= len(options):
            return {fact.id: options[int(reply) - 1][0]}
        tell(f"! {_WORDS['again'].of(language)}")


def _quantity(language: Language, fact: Fact, ask: Callable[[str], str]) -> dict[str, str] | str:
    reply = ask(f"{_WORDS['write'].of(language)} ({_WORDS['back'].of(language)}): ").strip()
    if reply in ("b", "q"):
        return reply
    if reply in ("?", "？"):
        return {f"{fact.id}.{UNKNOWN}": UNKNOWN}
    return {fact.id: reply}


def _tell_verdict(journey: Journey, page: VerdictPage, tell: Callable[[str], None]) -> None:
    language = journey.language
    verdict = page.verdict
    outcome = next(o for o in journey.rules.outcomes if o.code == verdict["outcome"])
    tell("")
    tell(f"== {outcome.title.of(language)} [{outcome.code}]")
    tell(outcome.meaning.of(language))
    for ground in journey.rules.grounds:
        if ground.id in verdict["because"]:
            tell(f"- {ground.text.of(language)}")
    if verdict["missing"]:
        tell(f"{_WORDS['missing'].of(language)}:")
        for name in verdict["missing"]:
            tell(f"- {journey.label(name).of(language)}")
    for number, step in enumerate(outcome.step, 1):
        source = f" ({step.source.document} L{step.source.line})" if step.source else ""
        tell(f"{number}. {step.text.of(language)}{source}")
    for line in verdict["lines"]:
        if line["division"]:
            name = line["division"]["name"][language]
            reading = (
                _WORDS["reading"].of(language) if line["division"]["basis"] == "reading" else ""
            )
            tell(f"{_WORDS['division'].of(language)}: {name}{reading}")
    tell(f"{_WORDS['answers'].of(language)}:")
    for row in page.rows:
        tell(f"- {row.label.of(language)}: {row.answer}")
    tell(f"{_WORDS['list'].of(language)}: {verdict['list_version']}. {_WORDS['note'].of(language)}")
