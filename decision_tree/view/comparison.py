"""A record that was opened: its verdict beside the one that the same answers give now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decision_tree.view import View

#: The keys of a verdict in short that make up its result.
RESULT = ("outcome", "possible", "because", "missing", "lines")


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One thing as it was and as it is."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        return self.then != self.now


class Comparison:
    """What is said above the verdict when its answers come from a record."""

    def __init__(self, view: View, opened: Mapping[str, Any], verdict: Mapping[str, Any]) -> None:
        self.view = view
        self.w = view.words["opened"]
        self.then: Mapping[str, Any] = opened["then"]
        self.now = verdict
        self._dropped = opened["dropped"]

    @property
    def message(self) -> str:
        """Whether the rules and the result are those of the record, in one sentence."""
        rules = self._same("rules")
        if self._result(self.then) != self._result(self.now):
            return str(self.w["other" if rules else "changed"])
        if not rules:
            return str(self.w["rules"])
        return str(self.w["same" if self._same("engine") else "program"])

    @property
    def unchanged(self) -> bool:
        """Whether nothing at all has changed."""
        return self.message == str(self.w["same"])

    @property
    def dropped(self) -> list[str]:
        """The answers that are no longer answers, in words as far as there still are any."""
        return [
            str(self.w["dropped_value"]).format(
                label=self._label(one["fact"]), answer=self._answer(one["fact"], one["answer"])
            )
            for one in self._dropped
        ]

    @property
    def table(self) -> Iterator[Compared]:
        """Both verdicts, line by line of a table."""
        view, then, now = self.view, self.then, self.now
        yield self._row("outcome", self._outcome(then["outcome"]), self._outcome(now["outcome"]))
        if len(now["lines"]) > 1:
            for number, (one, other) in enumerate(
                zip(then["lines"], now["lines"], strict=False), 1
            ):
                yield Compared(
                    label=str(self.w["line_outcome"]).format(number=number),
                    then=self._outcome(one["outcome"]),
                    now=self._outcome(other["outcome"]),
                )
        yield self._row("missing", self._labels(then["missing"]), self._labels(now["missing"]))
        yield self._row("because", self._grounds(then["because"]), self._grounds(now["because"]))
        yield self._row("division", self._offices(then["lines"]), self._offices(now["lines"]))
        words = view.words["verdict"]
        for key in ("engine", "rules"):
            length = min(12, len(then[key]))
            yield Compared(label=words[key], then=then[key][:length], now=now[key][:length])
        yield Compared(
            label=words["list_version"],
            then=self._day(then["list_version"]),
            now=self._day(now["list_version"]),
        )

    def _row(self, key: str, then: str, now: str) -> Compared:
        return Compared(label=str(self.w[key]), then=then, now=now)

    def _same(self, key: str) -> bool:
        return str(self.now[key]).startswith(self.then[key]) and bool(self.then[key])

    @staticmethod
    def _result(verdict: Mapping[str, Any]) -> list[object]:
        lines = [(line["outcome"], line["division"]) for line in verdict["lines"]]
        return [*(verdict[key] for key in RESULT[:-1]), lines]

    def _outcome(self, code: str) -> str:
        known = {str(outcome.code): outcome.title for outcome in self.view.rules.outcomes}
        return self.view.text(known[code]) if code in known else code

    def _labels(self, facts: list[str]) -> str:
        return self._joined(self._label(fact) for fact in facts)

    def _grounds(self, grounds: list[str]) -> str:
        texts = {str(ground.id): ground.text for ground in self.view.rules.grounds}
        return self._joined(self.view.text(texts[g]) if g in texts else g for g in grounds)

    def _offices(self, lines: list[Mapping[str, Any]]) -> str:
        offices = [line["division"] for line in lines if line["division"]]
        return self._joined(office["name"][self.view.language] for office in offices)

    def _joined(self, texts: Iterator[str]) -> str:
        return str(self.view.words["common"]["comma"]).join(dict.fromkeys(texts)) or self.w["none"]

    def _label(self, fact: str) -> str:
        known = self.view.facts.get(fact)
        return self.view.text(known.label) if known else fact

    def _answer(self, fact: str, value: str) -> str:
        if fact == "technology":
            return value
        known = self.view.facts.get(fact)
        return self.view.answer(known, value) if known else value

    def _day(self, day: str) -> str:
        try:
            return self.view.day(date.fromisoformat(day))
        except ValueError:
            return day
