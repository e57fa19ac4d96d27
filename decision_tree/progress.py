"""How many question pages a run can still have at most: exact, whatever is answered on each of them.

A question is asked while its fact is missing, and a fact that is missing stays so when fewer answers are
known: two completions that differ in it alone are still there. So no way to answer asks for more than
the one on which everything is unknown, and its pages are the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decision_tree.model import Fact
from decision_tree.situation import Line
from decision_tree.space import NONE, UNKNOWN
from decision_tree.verdict import Judge


def most_pages(judge: Judge, line: Line, page: Iterable[Fact] = ()) -> int:
    """The most question pages that a line can still ask for when the facts of `page` are answered anew.

    The page itself is not counted. Other answers that the line holds are not asked again.
    """
    question = judge.rules.scheme.technology_question
    present = {fact.id for fact in page}
    if question.id in present:
        every = (*judge.entries, NONE, UNKNOWN)
        return max(_unknown(judge, one, _kept(judge, line, one), present) for one in every)
    if line.technology is None:
        return 1 + most_pages(judge, line, (question,))
    return _unknown(judge, line.technology, line.answers, present)


def _unknown(judge: Judge, technology: str, stored: Mapping[str, str], present: set[str]) -> int:
    """The pages on the way on which whatever is not stored is answered with "I don't know"."""
    answers: dict[str, str] = {}
    pages: set[str] = set()
    asked = {judge.rules.scheme.technology_question.id}
    while True:
        missing = judge.line(Line(technology=technology, answers=answers)).missing
        name = next((name for name in missing if name not in asked), None)
        if name is None:
            return len(pages)
        asked.add(name)
        answers[name] = UNKNOWN
        page = judge.space.axis(name).fact.page or name
        if name in stored and name not in present and page not in pages:
            answers[name] = stored[name]
        elif name not in present:
            pages.add(page)


def _kept(judge: Judge, line: Line, technology: str) -> Mapping[str, str]:
    """The answers that stay when this technology is chosen: all, or those of the transaction."""
    if technology == line.technology:
        return line.answers
    owner = judge.space.owner
    return {name: value for name, value in line.answers.items() if name not in owner}
