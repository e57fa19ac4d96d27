"""Numbers as people write them are read as exactly the interval they mean, or are asked back."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decision_tree import corpus, quantity
from decision_tree.quantity import Interval, QuantityError
from decision_tree.space import Space

#: The same texts in every run, and no limit on time.
REPEATABLE = settings(derandomize=True, deadline=None, database=None, max_examples=300)
SPACE = Space(corpus.load())
QUANTITIES = [name for name in SPACE.fact_ids if SPACE.axis(name).fact.kind == "quantity"]
DOMAIN = {
    "deg": Interval(Decimal(-180), Decimal(180)),
    **{unit: quantity.default_domain(unit) for unit in ("nm", "mm", "mS/cm", "pixels")},
}


def interval(text: str) -> Interval:
    """An interval from the notation of textbooks: "[15.8, 16.2]", "(0, 16]", "(16, )"."""
    low, high = (end.strip() for end in text[1:-1].split(","))
    return Interval(
        Decimal(low) if low else None,
        Decimal(high) if high else None,
        low_closed=not low or text[0] == "[",
        high_closed=not high or text[-1] == "]",
    )


def read(text: str, unit: str) -> Interval:
    return quantity.read(text, unit, DOMAIN[unit])


READINGS = {
    "mm": {
        "[16, 16]": (
            *("16 mm", "16mm", "16.0 mm", "16.000mm", " 16  mm ", "１６ｍｍ", "１６．０ ミリ", "16㎜"),
            *("1.6 cm", "1.6センチ", "16000 µm", "16000μm", "16000um", "16000000 nm", "φ16 mm", "⌀16mm"),
            *("一六ミリメートル", "十六ミリメートル", "一・六センチメートル", "16ミリメートル", "+16 mm"),
            *("16 millimetres", "16 millimeters", "1.6e1 mm", "1.6×10^1 mm", "16-16 mm"),
        ),
        "[15.8, 16.2]": (
            *("16±0.2 mm", "16 ± 0.2 mm", "16 mm ± 0.2 mm", "16mm±0.2mm", "16+/-0.2 mm", "16 +- 0.2 mm"),
            *("１６±０．２ｍｍ", "16±0.2ミリ", "16 mm ± 200 µm", "16 mm ±1.25%", "16 +0.2/-0.2 mm"),
            *("15.8-16.2 mm", "15.8 - 16.2 mm", "15.8–16.2 mm", "15.8—16.2 mm", "15.8−16.2 mm"),
            *("15.8‐16.2 mm", "15.8‑16.2 mm", "15.8―16.2 mm", "15.8－16.2 mm", "15.8~16.2 mm"),
            *("15.8～16.2 mm", "15.8〜16.2 mm", "15.8∼16.2 mm", "15.8 mm～16.2 mm", "15.8mmから16.2mm"),
            *("15.8 to 16.2 mm", "15.8 mm to 16.2 mm", "15.8 mm - 1.62 cm", "一五・八～一六・二ミリ"),
            *("15.8mm以上16.2mm以下", "15.8mm以上、16.2mm以下", "≥15.8 mm ≤16.2 mm"),
            *("at least 15.8 mm and at most 16.2 mm", "16.2 mm以下15.8 mm以上"),
        ),
        "[15.9, 16.2]": ("16 +0.2/-0.1 mm", "16+0.2-0.1 mm", "16 mm +0.2 / -0.1"),
        "(0, 16]": (
            *("16 mm以下", "16mm以下", "16以下mm", "１６ミリ以下", "一六ミリメートル以下", "≤16 mm", "≦16mm"),
            *("<=16 mm", "=<16 mm", "⩽16 mm", "16 mm or less", "at most 16 mm", "up to 16 mm"),
            *("not more than 16 mm", "no more than 16 mm", "less than or equal to 16 mm", "1.6cm以下"),
        ),
        "(0, 16)": ("16 mm未満", "<16 mm", "＜16mm", "less than 16 mm", "under 16 mm", "16mmより小さい"),
        "[16, )": (
            *("16 mm以上", "≥16 mm", "≧16 mm", ">=16 mm", "=>16 mm", "16 mm or more", "at least 16 mm"),
            *("not less than 16 mm", "no less than 16 mm", "greater than or equal to 16 mm"),
        ),
        "(16, )": (
            *("16 mm超", "16mmを超える", "16mmを超え", "16ミリより大きい", ">16 mm", "＞１６ｍｍ"),
            *("more than 16 mm", "over 16 mm", "greater than 16 mm", "exceeding 16 mm", "above 16 mm"),
        ),
        "(15, 16)": (">15 mm <16 mm", "15 mm超16 mm未満", "more than 15 mm and less than 16 mm"),
    },
    "nm": {
        "[248, 248]": (
            *("248 nm", "248nm", "２４８ｎｍ", "248㎚", "248ナノメートル", "二四八ナノメートル"),
            *("二百四十八ナノメートル", "0.248 µm", "0.248μm", "0.248 um", "0.248ミクロン", "2.48e-4 mm"),
        ),
        "[248.4, 248.4]": ("248.4 nm", "二四八・四ナノメートル", "０．２４８４μm"),
        "(0, 248]": ("二四八ナノメートル以下", "248 nm以下", "≤0.248 µm"),
        "[193, 248]": ("193-248 nm", "193 nm～248 nm", "一九三～二四八ナノメートル"),
        "[13.5, 13.5]": ("13.5 nm", "一三.五ナノメートル"),
        "[365, 365]": ("365 nm", "365nm"),
    },
    "mS/cm": {
        "[0.1, 0.1]": (
            *("0.1 mS/cm", "0.1mS/cm", ".1 mS/cm", "０．１ｍＳ／ｃｍ", "100 µS/cm", "100 μS/cm", "100uS/cm"),
            *("0.0001 S/cm", "1e-4 S/cm", "1×10^-4 S/cm", "1×10⁻⁴ S/cm", "10^-4 S/cm", "10⁻⁴ S/cm"),
            *("1 x 10^-4 S/cm", "0.01 S/m", "10 mS/m", "0.1 mS·cm⁻¹", "0.1 mS cm^-1"),
            *("〇・一mS/cm", "〇.一ミリジーメンス毎センチメートル", "〇．一ミリジーメンス每センチメートル"),
            *("零・一 mS/cm", "0.1ミリジーメンス/センチメートル"),
        ),
        "[1, 1]": ("1 mS/cm", "一ミリジーメンス毎センチメートル", "1000 µS/cm", "0.001 S/cm", "0.1 S/m"),
        "[0.2, 0.5]": ("0.2-0.5 mS/cm", "0.2～0.5 mS/cm", "200-500 µS/cm", "2e-4~5e-4 S/cm"),
        "(0, 1)": ("< 1 mS/cm", "1 mS/cm未満", "一ミリジーメンス毎センチメートル未満", "<1000 µS/cm"),
        "[0.1, 1)": ("0.1 mS/cm以上1 mS/cm未満", "≥0.1 mS/cm <1 mS/cm", "≥100 µS/cm <1 mS/cm"),
    },
    "pixels": {
        "[2000000, 2000000]": (
            *("2000000", "2,000,000", "２，０００，０００", "2000000 pixels"),
            *("2000000画素", "200万画素", "200万", "２００万画素", "二百万", "二百万画素", "二〇〇万画素"),
            *("二、〇〇〇、〇〇〇", "二,〇〇〇,〇〇〇画素", "2 MP", "2MP", "2.0 megapixels", "2メガピクセル"),
            *("2e6", "2×10^6", "2百万画素", "2000000 px"),
        ),
        "[2000001, 2000001]": ("2000001", "2,000,001 pixels", "200万1画素"),
        "[2073600, 2073600]": ("2,073,600", "2073600px", "207.36万画素", "2.0736 MP"),
        "[1900000, 2100000]": ("190万-210万画素", "1.9-2.1 MP", "1,900,000～2,100,000", "2 MP ± 5%"),
        "[2000001, ]": (">2,000,000", "200万画素超", "二百万画素を超える", "more than 2 MP"),
        "[2000000, ]": ("≥2000000", "200万画素以上", "at least 2 MP"),
        "[1, 1999999]": ("<2000000", "200万画素未満", "less than 2 MP"),
        "[1, 2000000]": ("200万画素以下", "≤2,000,000"),
    },
    "deg": {
        "[120, 120]": (
            *("120°", "120 deg", "120度", "120 degrees", "１２０°", "一二〇度", "百二十度", "120˚", "120º"),
        ),
        "[0, 0]": ("0°", "〇度", "零度", "0 deg", "-0°", "0.0度"),
        "[-10, -10]": ("-10°", "−10°", "–10 deg", "－１０度"),
        "[-5, 5]": ("0±5°", "-5～5°", "-5 to 5°", "-5-5 deg", "-5° - 5°", "〇±五度"),
        "[-10, -5]": ("-10--5°", "-10～-5°", "-10 to -5 deg"),
        "(120, 180]": (">120°", "120度超", "一二〇度を超える"),
        "[100, 180]": ("≥100°", "一〇〇度以上", "100°以上"),
        "[-180, 0)": ("<0°", "0度未満"),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        pytest.param(unit, text, expected, id=f"{unit}: {text}")
        for unit, readings in READINGS.items()
        for expected, texts in readings.items()
        for text in texts
    ],
)
def test_a_notation_means_this_interval(unit: str, text: str, expected: str) -> None:
    assert interval(expected) == read(text, unit)


REFUSED = {
    "mm": (
        *("", " ", "　", "mm", "十六", "16", "１６", "φ16", "-16 mm", "0 mm", "0mm以下", "<0 mm", "-1-3 mm"),
        *("約16 mm", "およそ16mm", "16mm程度", "16 mmくらい", "16mm前後", "16mm弱", "16mm強", "about 16 mm"),
        *("approx. 16 mm", "approximately 16 mm", "~16 mm", "～16 mm", "≈16 mm", "≒16mm", "nominal 16 mm"),
        *("16,5 mm", "1,600 mm", "16，5mm", "16-15 mm", "16.2～15.8 mm", ">16 mm <15 mm", ">16 mm <16 mm"),
        *("16 inch", "16 in", "16\"", "16 m", "16 Mm", "16 mmol", "16 mS/cm", "16°", "16画素", "16 nm mm"),
        *("12 mm 16 mm", "12 mm, 16 mm", "12/16 mm", "12 or 16 mm", "12又は16mm", "16±mm", "±0.2 mm"),
        *("16 mm以上以下", "≤≤16 mm", "≤16 mm以下", "16 mm以下 or 20 mm", "1.6.2 mm", "16. mm", "16..2 mm"),
        *("sixteen mm", "NaN mm", "inf mm", "∞ mm", "0x10 mm", "1e999 mm", "1e99999999 mm", "--16 mm"),
        *("16 mm±0.2 mm±0.1 mm", "15-16-17 mm", "16 mm!", "16 mm (max)", "unknown", "わからない", "不明"),
        *("十十ミリ", "百十千ミリ", "一〇百ミリ", "二、〇〇〇ミリ", "16mm以上20mm以上", "≥16 mm ≥20 mm"),
        *("1/2 mm", "16 mm = 16 mm", "16\x00mm", "1" * 300 + " mm", "16 mm" * 50, "½ mm", "16 1/2 mm"),
        *("0-16 mm", "16±16 mm", "16±20 mm"),
    ),
    "nm": ("248", "二四八", "約248nm", "248,4 nm", "KrF", "i線", "248 mS/cm", "248-193 nm", "-248 nm"),
    "mS/cm": (
        *("0.1", "〇・一", "0,1 mS/cm", "1,000 µS/cm", "0 mS/cm", "-1 mS/cm", "0.1 mS", "0.1 S", "0.1 mm"),
        *("0.1 MS/cm", "0.1 ms/cm", "約0.1 mS/cm", "10^-4", "1e-4", "0-1 mS/cm", "0.1 mS/mm"),
    ),
    "pixels": (
        *("0", "-1", "2000000.5", "0.5画素", "2,00,000", "20,0000", "2,000,00", "2,000,0000", "1920x1080"),
        *("1920×1080", "1920*1080", "190-210万画素", "約200万画素", "2 mm", "2000001-2000000", "<1", "0以下"),
        *("1e-7 MP", "二、〇〇、〇〇〇", "二〇〇〇、〇〇〇", "フルHD", "4K", "2 000 000"),
    ),
    "deg": (
        *("120", "一二〇", "181°", "-181°", "170-190°", "±5°", "120 rad", "120°C", "約120°", "120,5°"),
        ">180°",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        pytest.param(unit, text, id=f"{unit}: {text[:20]!r}")
        for unit, texts in REFUSED.items()
        for text in texts
    ],
)
def test_what_is_unclear_is_asked_back_in_both_languages(unit: str, text: str) -> None:
    with pytest.raises(QuantityError) as refused:
        read(text, unit)

    assert refused.value.ja
    assert refused.value.en
    assert refused.value.ja != refused.value.en
    assert "\n" not in refused.value.ja + refused.value.en


@dataclass(frozen=True)
class Written:
    """An interval of a unit, as the engine may have to show it."""

    unit: str
    domain: Interval
    interval: Interval


@st.composite
def written(draw: st.DrawFn) -> Written:
    name = draw(st.sampled_from(QUANTITIES))
    axis = SPACE.axis(name)
    unit, domain = axis.fact.unit, axis.domain
    assert unit is not None
    assert domain is not None
    whole = quantity.is_whole(unit)
    low_end = int(domain.low) if domain.low is not None else 0
    high_end = int(domain.high) if domain.high is not None else 5_000_000
    number = (
        st.integers(max(low_end, 1), high_end).map(Decimal)
        if whole
        else st.decimals(low_end, high_end, allow_nan=False, allow_infinity=False, places=4)
    )
    low = draw(st.none() | number)
    high = draw(st.none() | number)
    if low is not None and high is not None and low > high:
        low, high = high, low
    closed = low is not None and low == high
    drawn = Interval(
        low,
        high,
        low_closed=closed or whole or low is None or draw(st.booleans()),
        high_closed=closed or whole or high is None or draw(st.booleans()),
    ).meet(domain)
    if drawn.empty:
        drawn = domain
    return Written(unit, domain, drawn)


@REPEATABLE
@given(written())
def test_the_canonical_text_reads_back_as_the_same_interval(case: Written) -> None:
    text = quantity.canonical(case.interval, case.unit, case.domain)

    assert case.interval == quantity.read(text, case.unit, case.domain), text


@REPEATABLE
@given(written(), st.sampled_from(("ja", "en")))
def test_the_shown_text_reads_back_as_the_same_interval(case: Written, language: str) -> None:
    text = quantity.display(case.interval, case.unit, language, case.domain)

    assert case.interval == quantity.read(text, case.unit, case.domain), text


@REPEATABLE
@given(
    st.decimals(Decimal("0.000001"), 10**9, allow_nan=False, allow_infinity=False, places=6),
    st.sampled_from(sorted(quantity.UNITS)),
    st.sampled_from(sorted(quantity.UNITS)),
)
def test_units_of_one_dimension_convert_exactly_and_others_are_refused(
    number: Decimal, written_in: str, wanted: str
) -> None:
    everything = Interval(None, None)
    if quantity.dimension(written_in) != quantity.dimension(wanted):
        with pytest.raises(QuantityError, match="unit"):
            quantity.read(f"{number} {written_in}", wanted, everything)
        return
    if quantity.is_whole(wanted):
        number = number.to_integral_value() + 1
    with localcontext() as context:
        context.prec = 80
        factor = quantity.UNITS[written_in][1] / quantity.UNITS[wanted][1]
        expected = number * factor
        if quantity.is_whole(wanted) and expected != expected.to_integral_value():
            return

        assert Interval(expected, expected) == quantity.read(
            f"{number} {written_in}", wanted, everything
        )


@REPEATABLE
@given(
    st.decimals(1, 1000, allow_nan=False, allow_infinity=False, places=30),
    st.decimals(0, 1, allow_nan=False, allow_infinity=False, places=30),
)
def test_a_tolerance_is_exact_to_the_last_digit(middle: Decimal, margin: Decimal) -> None:
    with localcontext() as context:
        context.prec = 80
        expected = Interval(middle - margin, middle + margin)

    if margin < middle:
        assert expected == quantity.read(f"{middle:f}±{margin:f} mm", "mm")


ALPHABET = st.sampled_from(
    [
        *"0123456789.,-–−~～±+/%()^ 　",
        *"０１２．，〇一二十百千万億、・",
        *("mm", "nm", "µm", "cm", "mS/cm", "S/m", "MP", "万画素", "°", "度", "以下", "以上", "未満", "超"),
        *("≤", "<", "≥", ">", "から", "約", " to ", "at least", "e-3", "10^", "⁻⁴", "を超える", "and"),
    ]
)  # fmt: skip


@REPEATABLE
@given(
    st.text(max_size=40) | st.lists(ALPHABET, max_size=12).map("".join),
    st.sampled_from(["nm", "mm", "mS/cm", "pixels", "deg"]),
)
def test_any_text_is_read_within_the_domain_or_refused(text: str, unit: str) -> None:
    try:
        found = read(text, unit)
    except QuantityError:
        return

    assert not found.empty
    assert found.within(DOMAIN[unit])
    assert found == read(quantity.canonical(found, unit, DOMAIN[unit]), unit)


@pytest.mark.parametrize("name", QUANTITIES)
def test_the_regions_of_a_quantity_cover_its_domain_once(name: str) -> None:
    axis = SPACE.axis(name)
    areas = [cell.interval for cell in axis.cells if cell.interval]
    assert axis.domain is not None
    whole = axis.fact.unit == "pixels"

    assert len(axis.cells) == len(areas) > 1
    assert axis.domain.low == areas[0].low
    assert axis.domain.high == areas[-1].high
    for left, right in pairwise(areas):
        assert left.high is not None
        assert right.low is not None
        if whole:
            assert left.high + 1 == right.low
        else:
            assert left.high == right.low
            assert left.high_closed != right.low_closed
    for cell in axis.cells:
        assert axis.fact.unit is not None
        assert cell.interval == quantity.read(cell.id, axis.fact.unit, axis.domain)
