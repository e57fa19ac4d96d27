"""The official phrases a fact decides, found in the criteria of its entry and in the gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from decision_tree.model import Citation, Criterion, Fact, Rules, Technology
from decision_tree.quantity import Interval
from decision_tree.space import limit_of

#: What a criterion is about where it names no document of its own.
LIST_DOCUMENT = "S0"


def official_page(rules: Rules) -> str:
    """The address of the ministry's page on the scheme, which publishes the list."""
    return next(d.address for d in rules.documents if d.id == LIST_DOCUMENT and d.address)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A criterion with what it inherits, and the alternative of the wording it stands in."""

    criterion: Criterion
    source: Citation
    within: Criterion | None = None


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """An official phrase, our rendering of it, its source, and the limits it sets."""

    ja: str
    en: str
    source: Citation
    within: Criterion | None = None
    limits: tuple[Criterion, ...] = ()


def places(root: Criterion) -> Iterator[Place]:
    """Every node of a tree, parents first."""
    yield from _walk(root, Citation(document=LIST_DOCUMENT), None)


def source_of(node: Criterion, above: Citation) -> Citation:
    """The source of a node: its own, or else what stands above it."""
    if node.document and node.line is None:
        return Citation(document=node.document)
    return Citation(document=node.document or above.document, line=node.line or above.line)


def phrases(rules: Rules, technology: Technology | None, fact: Fact) -> tuple[Phrase, ...]:
    """The phrases whose meaning for a case depends on `fact`, each once, in the order printed."""
    found: dict[str, Phrase] = {}
    if technology is not None:
        for place in places(technology.criteria):
            leaf = place.criterion
            if leaf.fact == fact.id:
                earlier = found.get(leaf.ja)
                limits = (*(earlier.limits if earlier else ()), *([leaf] if compared(leaf) else []))
                found[leaf.ja] = _phrase(place, limits)
    for gate in rules.transaction.gate:
        root = gate.covered_when or gate.excluded_when
        if root and any(place.criterion.fact == fact.id for place in places(root)):
            found[root.ja] = _phrase(next(places(root)), ())
    return tuple(found.values())


def compared(leaf: Criterion) -> str | None:
    """The number a leaf compares with, as printed in the data."""
    return leaf.at_least or leaf.at_most or leaf.above or leaf.below or leaf.equals


def interval_of(leaf: Criterion, unit: str) -> Interval:
    """The numbers that meet a leaf which compares."""
    value = limit_of(compared(leaf) or "", unit)
    if leaf.equals:
        return Interval(value, value)
    if leaf.at_least or leaf.above:
        return Interval(value, None, bool(leaf.at_least), True)
    return Interval(None, value, True, bool(leaf.at_most))


def _phrase(place: Place, limits: tuple[Criterion, ...]) -> Phrase:
    criterion = place.criterion
    return Phrase(
        ja=criterion.ja, en=criterion.en, source=place.source, within=place.within, limits=limits
    )


def _walk(node: Criterion, above: Citation, within: Criterion | None) -> Iterator[Place]:
    source = source_of(node, above)
    yield Place(criterion=node, source=source, within=within)
    for child in node.all:
        yield from _walk(child, source, within)
    for child in node.any:
        # A lone leaf is its own alternative: naming it again would say nothing.
        yield from _walk(child, source, child if child.all or child.any else within)
