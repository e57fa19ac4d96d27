"""A verdict that is kept: written as a file or into a link, and read again under the rules of another day.

A record holds the answers and the verdict drawn from them. Reading is strict: what was cut off or changed
is refused with its place. Answers that the rules no longer know are told apart and left out.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
import re
import types
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from decision_tree.explain import as_json
from decision_tree.model import Language, Text
from decision_tree.situation import Line, Situation
from decision_tree.space import NONE, UNKNOWN, AnswerError
from decision_tree.verdict import Judge

KIND = "fefta-55-8-record"
FORMAT = 1
#: More characters than any record of ours has.
LONGEST = 200_000
#: Lists and objects in each other, more than any record of ours has. Ten thousand of them would end the
#: Python of a browser, where no error can be raised any more.
DEEPEST = 100
#: So much of a hash goes into a link.
SHORT = 16


class RecordError(ValueError):
    """What is wrong with a record, where, and how to mend it, in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


# ---- the shape of a record: the published schema is made from these classes ----


@dataclass(frozen=True, kw_only=True)
class KeptLine:
    """One technology in one transaction, with the answers that were asked for."""

    technology: str | None
    answers: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class KeptSituation:
    """The answers of the whole run."""

    lines: tuple[KeptLine, ...]


@dataclass(frozen=True, kw_only=True)
class KeptSource:
    """Where a phrase stands."""

    document: str
    line: int | None


@dataclass(frozen=True, kw_only=True)
class KeptReason:
    """A phrase of the wording, and what the answers say of it."""

    criterion: str
    fact: str
    holds: bool | Literal["open", "unsettled"]
    answer: str | None
    quote: str | None
    source: KeptSource


@dataclass(frozen=True, kw_only=True)
class KeptChange:
    """Answers that would have led to another outcome."""

    set: dict[str, str]
    outcome: str


@dataclass(frozen=True, kw_only=True)
class KeptDivision:
    """The division of that day."""

    id: str
    name: Text
    basis: Literal["printed", "reading"]


@dataclass(frozen=True, kw_only=True)
class KeptLineVerdict:
    """The verdict on one line."""

    technology: str | None
    outcome: str
    possible: tuple[str, ...]
    because: tuple[str, ...]
    missing: tuple[str, ...]
    division: KeptDivision | None
    reasons: tuple[KeptReason, ...]
    changes: tuple[KeptChange, ...]


@dataclass(frozen=True, kw_only=True)
class KeptVerdict:
    """The verdict as it was given, with the date of its list and the hashes of program and data."""

    outcome: str
    possible: tuple[str, ...]
    because: tuple[str, ...]
    missing: tuple[str, ...]
    lines: tuple[KeptLineVerdict, ...]
    list_version: str
    engine: str
    rules: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record as a file. `sha256` is over all the rest as JSON, keys sorted, without spaces, UTF-8."""

    kind: Literal["fefta-55-8-record"]
    format: Literal[1]
    language: Language
    situation: KeptSituation
    verdict: KeptVerdict
    sha256: str


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What a link tells of a line's verdict."""

    outcome: str
    division: KeptDivision | None


@dataclass(frozen=True, kw_only=True)
class _Then:
    """What a link tells of the verdict; hashes are cut to their beginning."""

    outcome: str
    possible: tuple[str, ...]
    because: tuple[str, ...]
    missing: tuple[str, ...]
    lines: tuple[_Told, ...]
    list_version: str
    engine: str
    rules: str


@dataclass(frozen=True, kw_only=True)
class _Link:
    situation: KeptSituation
    then: _Then


# ---- what comes out of a record ----


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """An answer that the rules no longer know."""

    line: int
    fact: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The answers that still fit, those that do not, and the verdict of that day in short."""

    lines: tuple[Line, ...]
    dropped: tuple[Dropped, ...]
    then: dict[str, Any]


def write(judge: Judge, situation: Situation, language: Language) -> str:
    """The record as the text of a JSON file."""
    content: dict[str, Any] = {
        "kind": KIND,
        "format": FORMAT,
        "language": language,
        "situation": _plain(situation),
        "verdict": as_json(judge, situation),
    }
    content["sha256"] = _checksum(content)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def fragment(judge: Judge, situation: Situation) -> str:
    """The answers and the verdict in short, as what follows `#record=` in a link."""
    content = {"situation": _plain(situation), "then": in_short(as_json(judge, situation))}
    packed = zlib.compress(_canonical(content), 9)
    return f"{FORMAT}." + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def in_short(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared and shown of a verdict."""
    lines = [
        {"outcome": line["outcome"], "division": line["division"]} for line in verdict["lines"]
    ]
    return {
        **{key: verdict[key] for key in ("outcome", "possible", "because", "missing")},
        "lines": lines,
        "list_version": verdict["list_version"],
        "engine": verdict["engine"][:SHORT],
        "rules": verdict["rules"][:SHORT],
    }


def read(judge: Judge, text: str) -> Opened:
    """The record in the text of a file.

    Raises:
        RecordError: it is no record, is cut off, or was changed; with place and mend.
    """
    raw = _json(text)
    if not isinstance(raw, dict) or raw.get("kind") != KIND:
        raise _not_ours()
    if raw.get("format") != FORMAT:
        raise RecordError(
            f"「format」が{_shown(raw.get('format'))}です。読めるのは{FORMAT}です。"
            "この記録を作った版のページで開いてください。",
            f'"format" is {_shown(raw.get("format"))}; this page reads {FORMAT}. '
            "Open the record on the version of the page that made it.",
        )
    record: Record = _fit(Record, raw, "")
    if _checksum({key: value for key, value in raw.items() if key != "sha256"}) != record.sha256:
        raise RecordError(
            "「sha256」が内容と合いません。保存した後に、内容が変わっています。" + _MEND.ja,
            '"sha256" does not match the content: it was changed after it had been saved. '
            + _MEND.en,
        )
    return _opened(judge, record.situation, in_short(raw["verdict"]), raw["verdict"])


def read_fragment(judge: Judge, text: str) -> Opened:
    """The record in a link, from what follows `#record=`.

    Raises:
        RecordError: the link is cut off, was changed, or is none of ours.
    """
    version, _, packed = text.partition(".")
    if version.isdigit() and packed and version != str(FORMAT):
        raise RecordError(
            f"リンクの形式が{version}です。読めるのは{FORMAT}です。"
            "このリンクを作った版のページで開いてください。",
            f"The link has the format {version}; this page reads {FORMAT}. "
            "Open it on the version of the page that made it.",
        )
    if version != str(FORMAT) or not re.fullmatch("[A-Za-z0-9_-]+", packed):
        raise _broken_link()
    unpacking = zlib.decompressobj()
    try:
        packed_bytes = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        content = unpacking.decompress(packed_bytes, LONGEST).decode("utf-8")
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise _broken_link() from error
    if not unpacking.eof or unpacking.unused_data:
        raise _broken_link()
    raw = _json(content)
    link: _Link = _fit(_Link, raw, "")
    return _opened(judge, link.situation, raw["then"], None)


_MEND = Text(
    ja="保存したときのままのファイルを選ぶか、質問に答えて確かめ直してください。",
    en="Choose the file as it was saved, or answer the questions again.",
)


def _opened(
    judge: Judge, kept: KeptSituation, then: dict[str, Any], whole: dict[str, Any] | None
) -> Opened:
    same_rules = judge.rules.rules_sha256.startswith(then["rules"])
    same_engine = judge.rules.engine_sha256.startswith(then["engine"])
    if not kept.lines:
        raise RecordError(
            "「situation.lines」が空です。回答がありません。" + _MEND.ja,
            '"situation.lines" is empty: there are no answers. ' + _MEND.en,
        )
    lines: list[Line] = []
    dropped: list[Dropped] = []
    for number, one in enumerate(kept.lines):
        line, misfits = _fitting(judge, one)
        lines.append(line)
        for name, why in misfits.items():
            answer = one.technology if name == "technology" else one.answers[name]
            dropped.append(
                Dropped(line=number, fact=_printable(name), answer=_printable(str(answer)))
            )
            if same_rules and same_engine:
                place = f"situation.lines[{number}]." + (
                    name if name == "technology" else f"answers.{name}"
                )
                raise RecordError(
                    f"「{_printable(place)}」：{why.ja}{_MEND.ja}",
                    f'"{_printable(place)}": {why.en} {_MEND.en}',
                )
    if same_rules and same_engine:
        now = as_json(judge, Situation(lines=tuple(lines)))
        given, ours = (whole, now) if whole is not None else (then, in_short(now))
        if given != ours:
            key = next(key for key in ours if given[key] != ours[key])
            raise RecordError(
                f"「verdict.{key}」が回答から出る結果と合いません。内容が変わっています。"
                + _MEND.ja,
                f'"verdict.{key}" is not what follows from the answers: it was changed. '
                + _MEND.en,
            )
    return Opened(lines=tuple(lines), dropped=tuple(dropped), then=then)


def _fitting(judge: Judge, kept: KeptLine) -> tuple[Line, dict[str, Text]]:
    """The line with what the rules know of it, and why the rest does not fit."""
    space = judge.space
    entries = {entry.id for entry in judge.rules.technologies}
    misfits: dict[str, Text] = {}
    technology = kept.technology
    if technology is not None and technology not in entries | {NONE, UNKNOWN}:
        misfits["technology"] = Text(
            ja=f"「{_printable(technology)}」という技術は一覧にありません。",
            en=f'there is no technology "{_printable(technology)}" on the list.',
        )
        technology = None
    answers: dict[str, str] = {}
    for name, answer in kept.answers.items():
        if name not in space.fact_ids:
            misfits[name] = Text(ja="この質問はありません。", en="there is no such question.")
        elif (owner := space.owner.get(name)) is not None and owner.id != technology:
            misfits[name] = Text(
                ja=f"技術「{owner.id}」の質問で、この行の技術のものではありません。",
                en=f"it belongs to {owner.id}, which is not the technology of this line.",
            )
        else:
            try:
                space.axis(name).read(answer)
                answers[name] = answer
            except AnswerError as error:
                misfits[name] = Text(ja=error.ja, en=error.en)
    return Line(technology=technology, answers=answers), misfits


def _plain(situation: Situation) -> dict[str, Any]:
    return {
        "lines": [
            {"technology": line.technology, "answers": dict(line.answers)}
            for line in situation.lines
        ]
    }


def _canonical(content: Any) -> bytes:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()


# ---- strict reading ----


def _depth(text: str) -> int:
    """How many brackets are open at once, at most."""
    depth = deepest = 0
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[][{}]', text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark, 0)
        deepest = max(deepest, depth)
    return deepest


def _json(text: str) -> Any:
    if text.startswith("PK"):
        raise RecordError(
            "Wordのファイルのようです。開けるのは、末尾が「.json」の記録です。",
            'This looks like a Word file. What can be opened is the record that ends in ".json".',
        )
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        raise _not_ours()
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        if not text.lstrip("\ufeff \t\r\n").startswith("{"):
            raise _not_ours() from error
        raise RecordError(
            f"{error.lineno}行目の{error.colno}文字目から読めません。"
            "途中で切れているか、書き換えられています。" + _MEND.ja,
            f"Line {error.lineno}, column {error.colno} cannot be read: the file was cut off or "
            "changed there. " + _MEND.en,
        ) from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, RecordError):
            raise
        raise _not_ours() from error


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise RecordError(
                f"「{_printable(key)}」が1か所に2回あります。" + _MEND.ja,
                f'"{_printable(key)}" stands twice in one place. ' + _MEND.en,
            )
        table[key] = value
    return table


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fit(kind: Any, raw: Any, place: str) -> Any:
    """`raw` as an instance of `kind`, with no key too many and none missing."""
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        if not isinstance(raw, dict):
            raise _misfit(place, Text(ja="項目の集まり", en="an object"))
        for key in hints:
            if key not in raw:
                raise RecordError(
                    f"「{_at(place, key)}」がありません。" + _MEND.ja,
                    f'"{_at(place, key)}" is missing. ' + _MEND.en,
                )
        for key in raw:
            if key not in hints:
                raise RecordError(
                    f"「{_at(place, key)}」は記録の項目ではありません。" + _MEND.ja,
                    f'"{_at(place, key)}" is no part of a record. ' + _MEND.en,
                )
        values = {key: _fit(hint, raw[key], _at(place, key)) for key, hint in hints.items()}
        return kind(**values)  # type: ignore[operator]
    if origin is tuple:
        if not isinstance(raw, list):
            raise _misfit(place, Text(ja="一覧", en="a list"))
        return tuple(_fit(get_args(kind)[0], one, f"{place}[{i}]") for i, one in enumerate(raw))
    if origin is dict:
        if not isinstance(raw, dict):
            raise _misfit(place, Text(ja="項目の集まり", en="an object"))
        return {key: _fit(str, value, _at(place, key)) for key, value in raw.items()}
    if origin in (Union, types.UnionType):
        if raw is None and type(None) in get_args(kind):
            return None
        rest = [one for one in get_args(kind) if one is not type(None)]
        if bool in rest and isinstance(raw, bool):
            return raw
        return _fit(next(one for one in rest if one is not bool), raw, place)
    if origin is Literal:
        if raw not in get_args(kind):
            choices = [str(one) for one in get_args(kind)]
            raise _misfit(place, Text(ja="か".join(choices), en=" or ".join(choices)))
        return raw
    if type(raw) is not kind:
        wanted = Text(ja="文字", en="text") if kind is str else Text(ja="数", en="a number")
        raise _misfit(place, wanted)
    return raw


def _misfit(place: str, wanted: Text) -> RecordError:
    if not place:
        return _not_ours()
    return RecordError(
        f"「{place}」は{wanted.ja}であるはずです。" + _MEND.ja,
        f'"{place}" should be {wanted.en}. ' + _MEND.en,
    )


def _at(place: str, key: str) -> str:
    return _printable(f"{place}.{key}" if place else key)


def _shown(value: Any) -> str:
    return _printable(json.dumps(value, ensure_ascii=False))[:40]


def _printable(text: str) -> str:
    """The text, with what cannot be printed (half of a surrogate pair) written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")[:200]


def _not_ours() -> RecordError:
    return RecordError(
        "このサイトで保存した記録ではありません。「記録を保存する」で保存した、末尾が「.json」のファイルを選んでください。",
        'This is not a record saved on this site. Choose a file ending in ".json" '
        "that was saved with “Save the record”.",
    )


def _broken_link() -> RecordError:
    return RecordError(
        "リンクが途中で切れているか、書き換えられています。「#record=」より後ろを含めて、リンク全体をもう一度写してください。",
        "The link was cut off or changed. Copy it again as a whole, with everything after “#record=”.",
    )
