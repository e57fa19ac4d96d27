"""The command line. Bad input is one line on standard error that names the place, and exit status 2."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from decision_tree import batch, corpus, explain, journey, situation, terminal, verify
from decision_tree.model import Language, Option
from decision_tree.space import NONE, UNKNOWN
from decision_tree.verdict import DateError, Judge


class InputError(ValueError):
    """Input that cannot be used; the message says where and what."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError(message)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", newline="\n")
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except (InputError, situation.SituationError, DateError, batch.BatchError) as error:
        print(f"decision_tree: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except corpus.CorpusError as error:
        print(f"decision_tree: data: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m decision_tree", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    facts = commands.add_parser("facts", help="every fact with id, kind, options and unit, as JSON")
    facts.add_argument("--lang", choices=("ja", "en"), default="ja")
    facts.set_defaults(run=_facts)

    evaluate = commands.add_parser("evaluate", help="a JSON situation to a JSON verdict")
    evaluate.add_argument("--as-of", metavar="DATE", type=_day, help="judge as known on YYYY-MM-DD")
    evaluate.add_argument("file", metavar="FILE", help="a JSON file, or - for standard input")
    evaluate.set_defaults(run=_evaluate)

    following = commands.add_parser("next", help="the next question, or the verdict, as JSON")
    following.add_argument("--lang", choices=("ja", "en"), default="ja")
    following.add_argument("file", metavar="FILE", help="a JSON file, or - for standard input")
    following.set_defaults(run=_next)

    rows = commands.add_parser("batch", help="a CSV table, one row a transfer, with the verdicts")
    rows.add_argument("--as-of", metavar="DATE", type=_day, help="judge as known on YYYY-MM-DD")
    rows.add_argument("input", metavar="IN.csv", nargs="?", default="-")
    rows.add_argument("output", metavar="OUT.csv", nargs="?", default="-")
    rows.set_defaults(run=_batch)

    proofs = commands.add_parser("verify", help="the proofs over the whole answer space")
    proofs.add_argument("--full", action="store_true", help="without shortcuts; takes minutes")
    proofs.add_argument("--processes", type=int, default=2, metavar="N", help="default 2")
    proofs.set_defaults(run=_verify)

    ask = commands.add_parser("ask", help="the questionnaire in this terminal")
    ask.add_argument("--lang", choices=("ja", "en"), default="ja")
    ask.set_defaults(run=_ask)
    return parser


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InputError(f"--as-of: {text!r} is not a day: write YYYY-MM-DD")
    return day


def _facts(options: argparse.Namespace) -> int:
    _print(facts_as_json(Judge(corpus.load()), options.lang))
    return 0


def facts_as_json(judge: Judge, language: Language) -> list[dict[str, Any]]:
    """Every fact as plain values: `technology` first, then each entry's own, then the transaction's."""
    rules = judge.rules
    technology = rules.scheme.technology_question
    listed = [
        {"id": entry.id, "label": entry.name.of(language), "number": entry.number}
        for entry in rules.technologies
    ]
    others = [
        {"id": NONE, "label": journey.NONE_OF_THEM.of(language)},
        {"id": UNKNOWN, "label": journey.UNKNOWN_ANSWER.of(language)},
    ]
    first = {
        "id": technology.id,
        "technology": None,
        "kind": "choice",
        "options": [*listed, *others],
        "unit": None,
        "question": technology.question.of(language),
    }
    return [first, *(fact_as_json(judge, name, language) for name in judge.space.fact_ids)]


def fact_as_json(judge: Judge, name: str, language: Language) -> dict[str, Any]:
    """One fact as plain values: id, owner, kind, options or unit with regions, and the question."""
    axis = judge.space.axis(name)
    owner = judge.space.owner.get(name)
    options = [_option(option, language) for option in axis.fact.options]
    described: dict[str, Any] = {
        "id": name,
        "technology": owner.id if owner else None,
        "kind": axis.fact.kind,
        "options": options,
        "unit": axis.fact.unit,
        "question": axis.fact.question.of(language),
    }
    if axis.fact.kind == "quantity":
        described["regions"] = [
            {"range": cell.id, "unsettled": not cell.settled} for cell in axis.cells
        ]
    else:
        unknown = journey.UNKNOWN_ANSWER.of(language)
        options.append({"id": UNKNOWN, "label": unknown, "unsettled": False})
    return described


def _option(option: Option, language: Language) -> dict[str, Any]:
    return {
        "id": option.id,
        "label": option.label.of(language),
        "unsettled": len(option.may_be) > 1,
    }


def _evaluate(options: argparse.Namespace) -> int:
    judge = Judge(corpus.load(), options.as_of)
    read = situation.parse(_text(options.file), judge.space)
    _print(explain.as_json(judge, read))
    return 0


def _next(options: argparse.Namespace) -> int:
    judge = Judge(corpus.load())
    read = situation.parse(_text(options.file), judge.space)
    for index, line in enumerate(read.lines):
        name = journey.next_fact(judge, line)
        if name is not None:
            facts = {fact["id"]: fact for fact in facts_as_json(judge, options.lang)}
            _print({"line": index, "next": facts[name]})
            return 0
    _print({"verdict": explain.as_json(judge, read)})
    return 0


def _batch(options: argparse.Namespace) -> int:
    judge = Judge(corpus.load(), options.as_of)
    data = sys.stdin.buffer.read() if options.input == "-" else _bytes(options.input)
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\r\n")
    failed = 0
    for number, row in enumerate(batch.judge_table(judge, batch.decode(data))):
        rows.writerow(row)
        failed += bool(number and row[-1])
    # The mark lets Excel see that the file is UTF-8.
    text = "\ufeff" + written.getvalue()
    if options.output == "-":
        sys.stdout.write(text)
    else:
        try:
            Path(options.output).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise InputError(f"{options.output}: {error.strerror}") from error
    if failed:
        print(f"decision_tree: {failed} rows without a verdict: see 'error'", file=sys.stderr)
    return 0


def _verify(options: argparse.Namespace) -> int:
    tally = verify.verify(corpus.load(), full=options.full, processes=options.processes)
    print(verify.report(tally))
    proven = all(tally.visited[name] for name in verify.PROPERTIES)
    return 0 if proven and not tally.violations.total() else 1


def _ask(options: argparse.Namespace) -> int:
    run = journey.Journey(Judge(corpus.load()), options.lang)
    try:
        terminal.run(run, input, print)
    except (EOFError, KeyboardInterrupt):
        print()
        raise InputError("ended before the result") from None
    return 0


def _text(name: str) -> str:
    data = sys.stdin.buffer.read() if name == "-" else _bytes(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start}: not UTF-8 text") from None


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}") from error


def _print(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    sys.exit(main())
