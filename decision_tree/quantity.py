"""Numbers as people write them on data sheets, read as exact decimal intervals in one unit.

`read("16±0.2 mm", "mm", domain)` gives the closed interval 15.8 to 16.2. Reading is strict:
what could be meant in two ways is refused with a message in both languages that says how to write it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    localcontext,
)
from typing import Literal

# Numbers have at most 40 digits and exponents at most 30, so nothing is ever rounded.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])

#: Unit -> (dimension, how many of the dimension's smallest unit it holds).
UNITS: dict[str, tuple[str, Decimal]] = {
    "nm": ("length", Decimal(1)),
    "µm": ("length", Decimal(1000)),
    "mm": ("length", Decimal(1000000)),
    "cm": ("length", Decimal(10000000)),
    "µS/cm": ("conductivity", Decimal(1)),
    "mS/m": ("conductivity", Decimal(10)),
    "mS/cm": ("conductivity", Decimal(1000)),
    "S/m": ("conductivity", Decimal(10000)),
    "S/cm": ("conductivity", Decimal(1000000)),
    "pixels": ("pixels", Decimal(1)),
    "MP": ("pixels", Decimal(1000000)),
    "deg": ("angle", Decimal(1)),
}

# Spellings after NFKC (which turns ㎜ into mm and µ into μ), longest first when matched.
_SPELLINGS: dict[str, str] = {
    "nm": "nm", "NM": "nm", "ナノメートル": "nm", "ナノメーター": "nm", "nanometres": "nm",
    "nanometre": "nm", "nanometers": "nm", "nanometer": "nm",
    "μm": "µm", "um": "µm", "UM": "µm", "マイクロメートル": "µm", "ミクロン": "µm",
    "micrometres": "µm", "micrometre": "µm", "micrometers": "µm", "micrometer": "µm",
    "microns": "µm", "micron": "µm",
    "mm": "mm", "MM": "mm", "ミリメートル": "mm", "ミリ": "mm", "millimetres": "mm",
    "millimetre": "mm", "millimeters": "mm", "millimeter": "mm",
    "cm": "cm", "CM": "cm", "センチメートル": "cm", "センチ": "cm", "centimetres": "cm",
    "centimetre": "cm", "centimeters": "cm", "centimeter": "cm",
    "μS/cm": "µS/cm", "uS/cm": "µS/cm", "mS/cm": "mS/cm", "S/cm": "S/cm", "S/m": "S/m",
    "mS/m": "mS/m",
    "pixels": "pixels", "pixel": "pixels", "px": "pixels", "画素": "pixels",
    "ピクセル": "pixels", "MP": "MP", "Mpx": "MP", "Mpixels": "MP", "Mpixel": "MP",
    "megapixels": "MP", "megapixel": "MP", "メガピクセル": "MP",
    "deg": "deg", "degrees": "deg", "degree": "deg", "°": "deg", "度": "deg",
}  # fmt: skip
for _prefix, _name in (("マイクロ", "µS/"), ("ミリ", "mS/"), ("", "S/")):
    for _per in ("毎", "每", "/"):
        _SPELLINGS[f"{_prefix}ジーメンス{_per}センチメートル"] = f"{_name}cm"
        if _prefix != "マイクロ":
            _SPELLINGS[f"{_prefix}ジーメンス{_per}メートル"] = f"{_name}m"

_DIGITS = {
    "〇": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9,
}  # fmt: skip
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "億": 10**8}

_WORDS: tuple[tuple[str, str], ...] = (
    # Comparison words, longest first, to one mark each: ≤ < ≥ > before the number, and
    # ⊴ ⊲ ⊵ ⊳ for the same after it.
    ("greater than or equal to", "≥"), ("less than or equal to", "≤"),
    ("not less than", "≥"), ("no less than", "≥"), ("not more than", "≤"), ("no more than", "≤"),
    ("at least", "≥"), ("at most", "≤"), ("up to", "≤"), ("greater than", ">"),
    ("more than", ">"), ("less than", "<"), ("exceeding", ">"), ("over", ">"), ("above", ">"),
    ("under", "<"), ("below", "<"),
    ("or more", "⊵"), ("or less", "⊴"), ("or above", "⊵"), ("or below", "⊴"),
    ("以上", "⊵"), ("以下", "⊴"), ("未満", "⊲"), ("を超える", "⊳"), ("を超え", "⊳"),
    ("超え", "⊳"), ("超", "⊳"), ("より大きい", "⊳"), ("より小さい", "⊲"),
    ("から", "~"), ("まで", "⊴"),
)  # fmt: skip
_BEFORE: dict[str, str] = {"≤": "<=", "<": "<", "≥": ">=", ">": ">"}
_AFTER: dict[str, str] = {"⊴": "<=", "⊲": "<", "⊵": ">=", "⊳": ">"}

_ABOUT = re.compile(
    r"約|およそ|おおよそ|ほぼ|程度|前後|くらい|ぐらい|弱|強|≈|≒|^~|"
    r"\b(?:about|approximately|approx\.?|around|roughly|circa|ca\.|nominal(?:ly)?)",
    re.IGNORECASE,
)
_ARABIC = re.compile(r"(\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE]([+-]?\d+)|[×xX*・]10\^([+-]?\d+))?(?!\d)")
_POWER = re.compile(r"10\^([+-]?\d+)")
_KANJI = re.compile(r"[〇零一二三四五六七八九十百千万億]+(?:[・.、,][〇零一二三四五六七八九]+)*万?")


class QuantityError(ValueError):
    """Text that cannot be read as a quantity; `ja` and `en` say what is wrong and how to write it."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


@dataclass(frozen=True)
class Interval:
    """A stretch of the decimal line. An end that is None is infinite."""

    low: Decimal | None
    high: Decimal | None
    low_closed: bool = True
    high_closed: bool = True

    def __contains__(self, value: Decimal) -> bool:
        if self.low is not None and (
            value < self.low or (value == self.low and not self.low_closed)
        ):
            return False
        return self.high is None or not (
            value > self.high or (value == self.high and not self.high_closed)
        )

    @property
    def empty(self) -> bool:
        """True if no number lies in it."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (
            self.low == self.high and not (self.low_closed and self.high_closed)
        )

    def meet(self, other: Interval) -> Interval:
        """The intersection with `other`; it may be empty."""
        low, low_closed = self.low, self.low_closed
        if other.low is not None and (low is None or other.low > low):
            low, low_closed = other.low, other.low_closed
        elif other.low is not None and other.low == low:
            low_closed = low_closed and other.low_closed
        high, high_closed = self.high, self.high_closed
        if other.high is not None and (high is None or other.high < high):
            high, high_closed = other.high, other.high_closed
        elif other.high is not None and other.high == high:
            high_closed = high_closed and other.high_closed
        return Interval(low, high, low_closed, high_closed)

    def within(self, other: Interval) -> bool:
        """True if every number of this interval lies in `other`."""
        return self.meet(other) == self

    def whole(self) -> Interval:
        """The same whole numbers, with closed ends."""
        low, high = self.low, self.high
        if low is not None:
            whole = low.to_integral_value(ROUND_CEILING)
            low = whole + 1 if whole == low and not self.low_closed else whole
        if high is not None:
            whole = high.to_integral_value(ROUND_FLOOR)
            high = whole - 1 if whole == high and not self.high_closed else whole
        return Interval(low, high)

    def sample(self) -> Decimal:
        """Any one number of a non-empty interval; a whole one if both ends are whole and closed."""
        if self.low is not None and (self.low_closed or self.low == self.high):
            return self.low
        if self.high is not None and self.high_closed:
            return self.high
        if self.low is None:
            return Decimal(0) if self.high is None else self.high - 1
        if self.high is None:
            return self.low + 1
        return (self.low + self.high) / 2


def dimension(unit: str) -> str:
    """`length`, `conductivity`, `pixels` or `angle`; KeyError for a unit we do not know."""
    return UNITS[unit][0]


def is_whole(unit: str) -> bool:
    """True if only whole numbers of this unit exist (a count of pixels)."""
    return dimension(unit) == "pixels"


def default_domain(unit: str) -> Interval:
    """Every number above zero: the domain of lengths, conductivities and pixel counts."""
    above_zero = Interval(Decimal(0), None, low_closed=False)
    return above_zero.whole() if is_whole(unit) else above_zero


@dataclass(frozen=True)
class _Number:
    value: Decimal
    ten_thousands: bool = False


_Token = tuple[
    Literal["number", "unit", "before", "after", "range", "plusminus", "sign", "slash", "percent"],
    "_Number | str",
]


def read(text: str, unit: str, domain: Interval | None = None) -> Interval:
    """The interval that `text` means, in `unit`.

    Numbers, ranges (closed), tolerances and half-lines are read, with full-width digits, kanji
    numerals and any unit of the same dimension. Half-lines are clipped to `domain`.

    Raises QuantityError if the text is unreadable or ambiguous, has no unit or one of another
    dimension, or leaves the domain.
    """
    with localcontext(_EXACT):
        return _read(text, unit, default_domain(unit) if domain is None else domain)


def _read(text: str, unit: str, domain: Interval) -> Interval:
    plain = _normalised(text)
    if not plain:
        raise QuantityError("数値を入力してください。", "Enter a number.")
    if len(plain) > 200:
        raise QuantityError("文字が多すぎます。数値と単位だけを書いてください。",
                            "Too long: write the number and the unit only.")  # fmt: skip
    if _ABOUT.search(plain):
        raise QuantityError(
            "「約」などのおよその値は読み取れません。「15.8-16.2 mm」のように範囲で書いてください。",
            'An approximate value cannot be judged: write a range such as "15.8-16.2 mm".',
        )
    interval, half_line = _interval(_tokens(plain, unit), unit)
    if is_whole(unit):
        ends = [end for end in (interval.low, interval.high) if end is not None]
        if any(end != end.to_integral_value() for end in ends):
            raise QuantityError(
                "画素数は整数で書いてください。", "A count of pixels is a whole number."
            )
        interval = interval.whole()
    if interval.empty:
        raise QuantityError(
            "範囲の下限が上限より大きくなっています。小さい値を先に書いてください。",
            "The range is empty or reversed: write the smaller number first.",
        )
    inside = interval.meet(domain)
    if inside.empty or (not half_line and inside != interval):
        raise QuantityError(
            f"この項目でありえる値は{display(domain, unit, 'ja')}です。",
            f"Possible values here are: {display(domain, unit, 'en')}.",
        )
    return inside


def canonical(interval: Interval, unit: str, domain: Interval | None = None) -> str:
    """The interval as text that `read` reads back; ends of the domain are left out."""
    low, high = _own_ends(interval, domain)
    if low is not None and low == high:
        return f"{plain_number(low)} {unit}"
    if low is not None and high is not None and interval.low_closed and interval.high_closed:
        return f"{plain_number(low)}-{plain_number(high)} {unit}"
    parts = []
    if low is not None:
        parts.append(f"{'≥' if interval.low_closed else '>'}{plain_number(low)} {unit}")
    if high is not None:
        parts.append(f"{'≤' if interval.high_closed else '<'}{plain_number(high)} {unit}")
    return " ".join(parts) if parts else canonical(interval, unit)


def display(interval: Interval, unit: str, language: str, domain: Interval | None = None) -> str:
    """The interval in words of one language: "16 mm以下", "at most 16 mm".

    Ends that are only the ends of `domain` are left out.
    """
    name = {"deg": "°", "pixels": "画素" if language == "ja" else " pixels"}.get(unit, f" {unit}")

    def shown(value: Decimal) -> str:
        text = plain_number(value)
        return f"{int(value):,}" if is_whole(unit) and value == value.to_integral_value() else text

    low, high = _own_ends(interval, domain)
    if low is not None and low == high:
        return f"{shown(low)}{name}"
    if low is not None and high is not None and interval.low_closed and interval.high_closed:
        between = "～" if language == "ja" else " to "
        return f"{shown(low)}{between}{shown(high)}{name}"
    parts = []
    if low is not None:
        if language == "ja":
            parts.append(f"{shown(low)}{name}{'以上' if interval.low_closed else '超'}")
        else:
            parts.append(f"{'at least' if interval.low_closed else 'more than'} {shown(low)}{name}")
    if high is not None:
        if language == "ja":
            parts.append(f"{shown(high)}{name}{'以下' if interval.high_closed else '未満'}")
        else:
            parts.append(
                f"{'at most' if interval.high_closed else 'less than'} {shown(high)}{name}"
            )
    if not parts:
        return display(interval, unit, language)
    return ("、" if language == "ja" else " and ").join(parts)


def _own_ends(interval: Interval, domain: Interval | None) -> tuple[Decimal | None, Decimal | None]:
    low, high = interval.low, interval.high
    if domain is not None and low != high:
        if low == domain.low and interval.low_closed == domain.low_closed:
            low = None
        if high == domain.high and interval.high_closed == domain.high_closed:
            high = None
    return low, high


def plain_number(value: Decimal) -> str:
    """Digits without exponent and without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _normalised(text: str) -> str:
    # Superscripts and ring signs lose their meaning under NFKC, so they are named first.
    text = re.sub(
        r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "^" + unicodedata.normalize("NFKC", m.group()), text
    )
    text = text.replace("˚", "°").replace("º", "°")
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[−–—‐‑‒―﹣]", "-", text)
    text = re.sub(r"[〜∼]", "~", text)
    text = re.sub(r"[≦⩽]|<=|=<", "≤", text)
    text = re.sub(r"[≧⩾]|>=|=>", "≥", text)
    text = re.sub(r"\+\s*/\s*-|\+-", "±", text)
    text = text.replace("⋅", "・").replace("·", "・")
    text = " ".join(text.split())
    text = re.sub(r"([μum]?)S ?・? ?(c?m)\^?-1(?!\d)", r"\1S/\2", text)
    text = re.sub(r"(?<=[上下満超る])(?:、|かつ)| and ", " ", text)
    text = re.sub(r"(?<=\d) ?([×xX*・]) ?10 ?\^", r"\g<1>10^", text)
    for word, mark in _WORDS:
        if word.isascii():
            text = re.sub(rf"(?<![a-z]){re.escape(word)}(?![a-z])", mark, text, flags=re.IGNORECASE)
        else:
            text = text.replace(word, mark)
    return re.sub(r"(?<=\S) to (?=\S)", "~", text, flags=re.IGNORECASE).strip()


def _tokens(text: str, unit: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        rest = text[position:]
        char = rest[0]
        if char == " ":
            position += 1
        elif char in _BEFORE:
            tokens.append(("before", _BEFORE[char]))
            position += 1
        elif char in _AFTER:
            tokens.append(("after", _AFTER[char]))
            position += 1
        elif char == "~":
            tokens.append(("range", "~"))
            position += 1
        elif char == "±":
            tokens.append(("plusminus", "±"))
            position += 1
        elif char == "%":
            tokens.append(("percent", "%"))
            position += 1
        elif char == "/":
            tokens.append(("slash", "/"))
            position += 1
        elif char in "+-":
            tokens.append(("sign", char))
            position += 1
        elif char in "φΦøØ⌀" and dimension(unit) == "length":
            position += 1  # the sign for a diameter
        elif spelling := _unit_at(rest):
            tokens.append(("unit", _SPELLINGS[spelling]))
            position += len(spelling)
        elif found := _number_at(rest, unit):
            number, length = found
            tokens.append(("number", number))
            position += length
        else:
            raise _unreadable(unit)
    return tokens


def _unit_at(rest: str) -> str | None:
    for spelling in _LONGEST_FIRST:
        # "mmol" is not millimetres.
        if rest.startswith(spelling) and not re.match("[A-Za-z]{2}", rest[len(spelling) - 1 :]):
            return spelling
    return None


_LONGEST_FIRST = sorted(_SPELLINGS, key=lambda spelling: -len(spelling))


def _number_at(rest: str, unit: str) -> tuple[_Number, int] | None:
    if power := _POWER.match(rest):
        return _Number(_scaled(Decimal(1), power.group(1), unit)), power.end()
    if arabic := _ARABIC.match(rest):
        digits, exponent, power_of_ten = arabic.groups()
        value = _decimal(_without_separators(digits, unit), unit)
        value = _scaled(value, exponent or power_of_ten or "0", unit)
        end = arabic.end()
        large = re.match(r"\s?([十百千]?)([万億])", rest[end:])
        if large:
            small = Decimal(_SMALL.get(large.group(1), 1))
            value *= small * _LARGE[large.group(2)]
            end += large.end()
            more = re.match(r"\d{1,4}(?![\d,.])", rest[end:])
            if more:  # 200万5000
                value += Decimal(more.group())
                end += more.end()
        return _Number(value, ten_thousands=bool(large)), end
    if kanji := _KANJI.match(rest):
        return _Number(_kanji(kanji.group(), unit), "万" in kanji.group()), kanji.end()
    return None


def _without_separators(digits: str, unit: str) -> str:
    if "," not in digits:
        return digits
    if is_whole(unit) and re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        return digits.replace(",", "")
    if is_whole(unit):
        raise QuantityError(
            "桁区切りのコンマは3桁ごとに入れてください（例：2,073,600）。",
            "Commas in a pixel count stand before every three digits, as in 2,073,600.",
        )
    raise QuantityError(
        "コンマは使えません。小数点は「.」で書いてください（例：0.1）。",
        "A comma is not accepted here: write the decimal point as a full stop, as in 0.1.",
    )


def _kanji(text: str, unit: str) -> Decimal:
    """248 from 二四八, 2000000 from 二百万 or 二、〇〇〇、〇〇〇, 0.1 from 〇・一 or 〇.一."""
    if re.search("[、,]", text):
        groups = re.split("[、,]", text)
        if not is_whole(unit) or len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:]):
            raise _unreadable(unit)
        text = "".join(groups)
    whole, *fraction = re.split("[・.]", text)
    if len(fraction) > 1:
        raise _unreadable(unit)
    total = section = digit = 0
    run = ""
    last_large = 10**12
    last_small = 10**4
    for char in whole:
        if char in _DIGITS:
            run += str(_DIGITS[char])
            digit = int(run)
            continue
        if char in _SMALL:
            if len(run) > 1 or _SMALL[char] >= last_small or run == "0":
                raise _unreadable(unit)
            section += (digit if run else 1) * _SMALL[char]
            last_small = _SMALL[char]
        else:
            if _LARGE[char] >= last_large or (section == 0 and not run):
                raise _unreadable(unit)
            total += (section + (digit if run else 0)) * _LARGE[char]
            section, last_large, last_small = 0, _LARGE[char], 10**4
        run, digit = "", 0
    total += section + (digit if run else 0)
    if fraction:
        if any(char not in _DIGITS for char in fraction[0]):
            raise _unreadable(unit)
        return _decimal(f"{total}." + "".join(str(_DIGITS[c]) for c in fraction[0]), unit)
    return Decimal(total)


def _decimal(digits: str, unit: str) -> Decimal:
    if len(digits) > 40:
        raise _unreadable(unit)
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise _unreadable(unit) from None


def _scaled(value: Decimal, exponent: str, unit: str) -> Decimal:
    if len(exponent) > 3 or abs(int(exponent)) > 30:
        raise _unreadable(unit)
    return value.scaleb(int(exponent))


def _interval(tokens: list[_Token], unit: str) -> tuple[Interval, bool]:
    """The interval in `unit`, and whether it was written as one or two half-lines."""
    tokens = _with_signs(tokens, unit)
    shape = " ".join(kind for kind, _ in tokens if kind != "unit")
    values = _values(tokens, unit)
    if shape == "number":
        return Interval(values[0], values[0]), False
    if shape in ("before number", "number after"):
        mark = next(str(token) for kind, token in tokens if kind in ("before", "after"))
        return _half_line(mark, values[0]), True
    if shape in ("before number before number", "number after number after"):
        marks = [str(token) for kind, token in tokens if kind in ("before", "after")]
        first, second = (_half_line(mark, value) for mark, value in zip(marks, values, strict=True))
        both = first.meet(second)
        if both.low is None or both.high is None:
            raise _unreadable(unit)
        return both, True
    if shape in ("number range number", "number range number after"):
        # 16mmから18mm以下 is still the closed range.
        if shape.endswith("after") and tokens[-1][1] != "<=" and tokens[-2][1] != "<=":
            raise _unreadable(unit)
        return Interval(values[0], values[1]), False
    if shape == "number plusminus number":
        return Interval(values[0] - values[1], values[0] + values[1]), False
    if shape == "number plusminus number percent":
        margin = abs(values[0]) * values[1].scaleb(-2)
        return Interval(values[0] - margin, values[0] + margin), False
    if shape == "number plus number minus number":
        return Interval(values[0] - values[2], values[0] + values[1]), False
    raise _unreadable(unit)


def _half_line(mark: str, value: Decimal) -> Interval:
    if mark.startswith("<"):
        return Interval(None, value, high_closed=mark == "<=")
    return Interval(value, None, low_closed=mark == ">=")


def _with_signs(tokens: list[_Token], unit: str) -> list[_Token]:
    """`+` and `-` resolved: a sign of a number, a range, or the two parts of a tolerance."""
    signs = [token for kind, token in tokens if kind == "sign"]
    slash = any(kind == "slash" for kind, _ in tokens)
    kinds = [kind for kind, _ in tokens if kind != "unit"]
    tolerance = kinds in (
        ["number", "sign", "number", "sign", "number"],
        ["number", "sign", "number", "slash", "sign", "number"],
    ) and signs == ["+", "-"]
    result: list[_Token] = []
    negative: Decimal | None = None
    for kind, token in tokens:
        if kind == "slash":
            if not tolerance:
                raise _unreadable(unit)
        elif kind == "sign" and tolerance:
            result.append(("plusminus", "plus" if token == "+" else "minus"))
        elif kind == "sign":
            after_number = bool(result) and result[-1][0] in ("number", "unit")
            if after_number and token == "-" and negative is None:
                result.append(("range", "-"))
            elif not after_number and negative is None:
                negative = Decimal(-1) if token == "-" else Decimal(1)
            else:
                raise _unreadable(unit)
        elif kind == "number" and negative is not None:
            assert isinstance(token, _Number)
            result.append(("number", _Number(token.value * negative, token.ten_thousands)))
            negative = None
        elif negative is not None:
            raise _unreadable(unit)
        else:
            result.append((kind, token))
    if negative is not None or (slash and not tolerance):
        raise _unreadable(unit)
    if tolerance:
        return [
            (str(token), token) if kind == "plusminus" else (kind, token)  # type: ignore[misc]
            for kind, token in result
        ]
    return result


def _values(tokens: list[_Token], unit: str) -> list[Decimal]:
    """The numbers in `unit`. A single unit written holds for all numbers; a percentage has none."""
    written = [str(token) for kind, token in tokens if kind == "unit"]
    for name in written:
        if dimension(name) != dimension(unit):
            raise QuantityError(
                f"「{name}」はこの項目の単位ではありません。{_units_of(unit)}のどれかで書いてください。",
                f"{name} is not a unit of this quantity: use {_units_of(unit)}.",
            )
    if not written and not is_whole(unit):
        raise QuantityError(
            f"単位を付けてください（例：{_examples(unit)[0]}）。",
            f"Add the unit, for example {_examples(unit)[0]}.",
        )
    units_of_numbers: list[str | None] = []
    numbers: list[_Number] = []
    previous = ""
    for index, (kind, token) in enumerate(tokens):
        if kind == "number":
            assert isinstance(token, _Number)
            numbers.append(token)
            following = tokens[index + 1 : index + 2]
            units_of_numbers.append(
                str(following[0][1]) if following and following[0][0] == "unit" else None
            )
        if (
            kind == "unit"
            and previous != "number"
            and not (previous == "after" and len(written) == 1)
        ):
            raise _unreadable(unit)
        previous = kind
    percent = any(kind == "percent" for kind, _ in tokens)
    bare = [index for index, name in enumerate(units_of_numbers) if name is None]
    if len(set(written)) > 1 and any(not (percent and i == len(numbers) - 1) for i in bare):
        raise QuantityError(
            "どの数値にも単位を付けてください。", "Write the unit at each of the numbers."
        )
    if any(n.ten_thousands for n in numbers) and any(
        not n.ten_thousands and n.value < 10000 and units_of_numbers[i] is None
        for i, n in enumerate(numbers)
        if not (percent and i == len(numbers) - 1)
    ):
        raise QuantityError(
            "どの数値にも「万」を付けてください（例：190万-210万画素）。",
            "Write 万 at each of the numbers, as in 190万-210万画素.",
        )
    default = written[0] if written else unit
    values = []
    for index, number in enumerate(numbers):
        if percent and index == len(numbers) - 1:
            values.append(number.value)
            continue
        factor = UNITS[units_of_numbers[index] or default][1]
        values.append(number.value * factor / UNITS[unit][1])
    return values


_EXAMPLES = {
    "nm": ("248 nm", "193-248 nm"),
    "mm": ("16 mm", "15.8-16.2 mm"),
    "mS/cm": ("0.3 mS/cm", "0.2-0.5 mS/cm"),
    "pixels": ("2073600", "1,900,000-2,100,000"),
    "deg": ("120°", "100-120°"),
}


def _examples(unit: str) -> tuple[str, str]:
    """A number and a range as they may be written for this unit."""
    return _EXAMPLES.get(unit, (f"16 {unit}", f"15.8-16.2 {unit}"))


def _units_of(unit: str) -> str:
    return ", ".join(name for name in UNITS if dimension(name) == dimension(unit))


def _unreadable(unit: str) -> QuantityError:
    number, stretch = _examples(unit)
    return QuantityError(
        f"読み取れません。「{number}」「{stretch}」のように、数値と単位だけを書いてください。",
        f'This cannot be read: write a number and a unit only, such as "{number}" or "{stretch}".',
    )
