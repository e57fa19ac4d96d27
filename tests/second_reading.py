"""The 19 entries and the rules on transactions, read a second time from the source text.

Each entry is a list of conditions from its sentence (S0 L64-84); a condition says when it is surely met
and when it is surely not met. Between the two the sources do not decide: the answer is None. Nothing is
taken from the criteria or from the unsettled options of the data; the ids of facts and options are the
vocabulary in which an answer is given, and what an option says is its label.

The conditions use `&`, `|` and comparisons only, so that they can be read with numbers and with the
terms of a solver alike: `Point` is what is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any, Protocol


class Point(Protocol):
    """One completion, or a set of them as terms."""

    def chosen(self, fact: str, *options: str) -> Any:
        """Whether the answer to a choice is one of these options."""

    def number(self, fact: str) -> Any:
        """The value of a quantity in its unit."""


@dataclass(frozen=True)
class Completion:
    """A point with settled numbers: every fact answered with an option or a Decimal."""

    answers: Mapping[str, str | Decimal]

    def chosen(self, fact: str, *options: str) -> bool:
        return self.answers[fact] in options

    def number(self, fact: str) -> Decimal:
        number = self.answers[fact]
        assert isinstance(number, Decimal)
        return number


#: When a condition is surely met, and when it is surely not met.
Condition = tuple[Any, Any]
Conditions = Callable[[Point], list[Condition]]


def every(conditions: list[Condition]) -> Condition:
    """All of these conditions: surely met if each is, surely not met if one is not."""
    met, unmet = zip(*conditions, strict=True)
    return reduce(and_, met), reduce(or_, unmet)


def truth(condition: Condition) -> bool | None:
    """True, False, or None where the sources do not decide."""
    met, unmet = condition
    assert not (met and unmet)
    return True if met else False if unmet else None


# ---- parts of sentences that return ----


def design_or_manufacture(p: Point, entry: str) -> Condition:
    """設計又は製造に係る技術. What surrounds design and manufacture is not decided."""
    fact = f"{entry}-activity"
    return (
        p.chosen(fact, "design", "manufacture"),
        p.chosen(fact, "use", "mounting", "operation", "maintenance"),
    )


def precursor_and_firing(p: Point, entry: str) -> Condition:
    """プリカーサーの製造及び焼成に係る技術: 及び joins two kinds, and one is enough (a reading)."""
    fact = f"{entry}-activity"
    return (
        p.chosen(fact, "precursor-manufacture", "firing"),
        p.chosen(fact, "use", "operation", "maintenance"),
    )


# ---- S0 L64-84 ----


def mlcc(p: Point) -> list[Condition]:
    # ①積層セラミックコンデンサの設計又は製造に係る技術
    return [design_or_manufacture(p, "mlcc")]


def saw_baw_filter(p: Point) -> list[Condition]:
    # ②弾性表面波フィルタ又はバルク弾性波フィルタの … : a filter of the one or the other kind
    kind = "saw-baw-filter-kind"
    return [
        (p.chosen(kind, "filter"), p.chosen(kind, "other")),
        design_or_manufacture(p, "saw-baw-filter"),
    ]


def electrolytic_copper_foil(p: Point) -> list[Condition]:
    # ③電解銅箔（… のUと同等又はそれ以上の性能を有する回路基板用のものに限る。）
    grade, use = "electrolytic-copper-foil-grade", "electrolytic-copper-foil-use"
    return [
        (p.chosen(grade, "equal-or-better"), p.chosen(grade, "lower")),
        (p.chosen(use, "circuit-board"), p.chosen(use, "other")),
        design_or_manufacture(p, "electrolytic-copper-foil"),
    ]


def dielectric_film(p: Point) -> list[Condition]:
    # ④誘電体フィルム（… 平滑用フィルムコンデンサに用いることができるものに限る。）: ability,
    # not actual use
    use = "dielectric-film-suitability"
    return [
        (p.chosen(use, "can-be-used"), p.chosen(use, "cannot-be-used")),
        design_or_manufacture(p, "dielectric-film"),
    ]


def barium_titanate_powder(p: Point) -> list[Condition]:
    # ⑤チタン酸バリウム粉体の合成に係る技術
    fact = "barium-titanate-powder-activity"
    return [(p.chosen(fact, "synthesis"), p.chosen(fact, "use", "operation", "maintenance"))]


def carbon_fibre(p: Point) -> list[Condition]:
    # ⑥炭素繊維のプリカーサーの製造及び焼成に係る技術
    return [precursor_and_firing(p, "carbon-fibre")]


def silicon_carbide_fibre(p: Point) -> list[Condition]:
    # ⑦炭化けい素繊維のプリカーサーの製造及び焼成に係る技術
    return [precursor_and_firing(p, "silicon-carbide-fibre")]


def photoresist(p: Point) -> list[Condition]:
    # ⑧半導体用のリソグラフィに使用するレジストであって、二四八ナノメートル以下の波長の光で使用
    # するように最適化されたもの
    use, means = "photoresist-use", "photoresist-exposure"
    wavelength = p.number("photoresist-wavelength")
    # Above 248 and below 249 nm the nominal line is what the sentence may mean (design.md
    # section 3).
    # A beam has no place in the sentence: it may count as such light or not, whatever the
    # wavelength field says.
    return [
        (p.chosen(use, "semiconductor"), p.chosen(use, "other")),
        (
            p.chosen(means, "light") & (wavelength <= 248),
            p.chosen(means, "neither") | (p.chosen(means, "light") & (wavelength >= 249)),
        ),
        design_or_manufacture(p, "photoresist"),
    ]


def sputtering_target(p: Point) -> list[Condition]:
    # ⑨非鉄金属のターゲット材（… 集積回路用の配線工程の用に供されるものに限る。）の製造に必要
    # な技術（原料からインゴットを製造する工程又は … 粉末を混合し、かつ合成する工程において、…
    # 金属の純度を高める技術に限る。）
    metal, use = "sputtering-target-metal", "sputtering-target-use"
    step, purity = "sputtering-target-step", "sputtering-target-purity"
    return [
        (p.chosen(metal, "non-ferrous", "non-ferrous-alloy"), p.chosen(metal, "ferrous")),
        (p.chosen(use, "euv-interconnect"), p.chosen(use, "other")),
        (
            p.chosen(step, "ingot", "powder"),
            p.chosen(step, "other-step", "use", "mounting", "operation", "maintenance"),
        ),
        (p.chosen(purity, "raises"), p.chosen(purity, "no")),
    ]


def electron_microscope(p: Point) -> list[Condition]:
    # ⑩走査型電子顕微鏡又は透過型電子顕微鏡: a scanning transmission microscope, or one built
    # in, is one of the two
    kind = "electron-microscope-kind"
    return [
        (p.chosen(kind, "sem", "tem", "stem", "combined"), p.chosen(kind, "other")),
        design_or_manufacture(p, "electron-microscope"),
    ]


def magnetoresistive_sensor(p: Point) -> list[Condition]:
    # ⑪巨大磁気抵抗効果又はトンネル磁気抵抗効果を利用するセンサーにおける、… 素子、当該素子周
    # 辺の磁気回路又は当該磁気回路を制御するための構成物（当該素子と一体となっているものに限る。
    # ）: the bracket limits the last of the three (a reading)
    effect, product = "magnetoresistive-sensor-effect", "magnetoresistive-sensor-product"
    part = "magnetoresistive-sensor-part"
    return [
        (p.chosen(effect, "gmr", "tmr", "both"), p.chosen(effect, "other")),
        (p.chosen(product, "sensor"), p.chosen(product, "other")),
        (
            p.chosen(part, "element", "magnetic-circuit", "control-integrated"),
            p.chosen(part, "control-separate", "other"),
        ),
        design_or_manufacture(p, "magnetoresistive-sensor"),
    ]


def titanium_sponge(p: Point) -> list[Condition]:
    # ⑫スポンジチタンの製造に係る技術（マグネシウム還元法により … 分離する工程において圧力若し
    # くは温度を制御する技術又は当該チタンを破碎し梱包する工程に係る技術に限る。）
    step = "titanium-sponge-step"
    return [
        (
            p.chosen(step, "pressure", "temperature", "crushing-and-packing"),
            p.chosen(step, "other-step", "other-method", "use", "operation", "maintenance"),
        )
    ]


def battery_binder(p: Point) -> list[Condition]:
    # ⑬リチウムイオン電池の正極集電体又は負極集電体と活物質等を固定又は結合させる目的で使用され
    # る物質（ポリフッ化ビニリデン、スチレンブタジエンゴム又はポリアクリル酸を主成分とするものに
    # 限る。）
    purpose, component = "battery-binder-purpose", "battery-binder-component"
    return [
        (p.chosen(purpose, "electrode-binder"), p.chosen(purpose, "other")),
        (p.chosen(component, "pvdf", "sbr", "paa"), p.chosen(component, "other")),
        design_or_manufacture(p, "battery-binder"),
    ]


def sulfide_solid_electrolyte(p: Point) -> list[Condition]:
    # ⑭リチウムイオン電池の材料として使用される硫化物固体電解質であって、次のいずれかに該当する
    # もの
    #   1 … ガラス状態の場合 … 〇.一 mS/cm以上  2 … 結晶化ガラス状態又は結晶化状態の場合 … 一
    # mS/cm以上
    use, state = "sulfide-solid-electrolyte-use", "sulfide-solid-electrolyte-state"
    conductivity = p.number("sulfide-solid-electrolyte-conductivity")
    low, high = conductivity >= Decimal("0.1"), conductivity >= 1
    # A mixed state is one or the other: from 1 mS/cm it meets either, below 0.1 mS/cm it meets
    # neither.
    return [
        (p.chosen(use, "lithium-ion-battery"), p.chosen(use, "other")),
        (
            (p.chosen(state, "glass") & low)
            | (p.chosen(state, "glass-ceramic", "crystalline", "mixed") & high),
            (p.chosen(state, "glass", "mixed") & (conductivity < Decimal("0.1")))
            | (p.chosen(state, "glass-ceramic", "crystalline") & (conductivity < 1)),
        ),
        design_or_manufacture(p, "sulfide-solid-electrolyte"),
    ]


def separator_extruder_screw(p: Point) -> list[Condition]:
    # ⑮リチウムイオン電池のセパレータの製造に用いられる二軸押出機の部分品のうち、スクリュー構成
    part, use = "separator-extruder-screw-part", "separator-extruder-screw-use"
    machine = "separator-extruder-screw-machine"
    return [
        (p.chosen(use, "lithium-ion-separator"), p.chosen(use, "other")),
        (p.chosen(machine, "twin-screw"), p.chosen(machine, "other")),
        (p.chosen(part, "screw-configuration"), p.chosen(part, "other-parts")),
        design_or_manufacture(p, "separator-extruder-screw"),
    ]


def quantum_dot(p: Point) -> list[Condition]:
    # ⑯量子ドットの設計又は製造に係る技術
    return [design_or_manufacture(p, "quantum-dot")]


def tadf_material(p: Point) -> list[Condition]:
    # ⑰有機エレクトロルミネンスディスプレイに用いられる熱活性化遅延蛍光特性を有する材料
    use, quality = "tadf-material-use", "tadf-material-property"
    return [
        (p.chosen(use, "oled-display"), p.chosen(use, "other")),
        (p.chosen(quality, "tadf"), p.chosen(quality, "other")),
        design_or_manufacture(p, "tadf-material"),
    ]


def retardation_film(p: Point) -> list[Condition]:
    # ⑱位相差フィルムの設計又は製造に係る技術
    return [design_or_manufacture(p, "retardation-film")]


def flexible_endoscope(p: Point) -> list[Condition]:
    # ⑲次のいずれかに該当する軟性内視鏡（先端硬性部の直径が一六ミリメートル以下のもに限る。）の
    # 挿入部
    #   1 総画素数が二、〇〇〇、〇〇〇を超えるもの  2 視野方向が〇度のものであって、視野角が一二〇度
    # を超えるもの
    #   3 超音波内視鏡であって、視野方向が〇度でないものであり、かつ、視野角が一〇〇度以上のもの
    part, ultrasound = "flexible-endoscope-part", "flexible-endoscope-ultrasound"
    diameter = p.number("flexible-endoscope-diameter")
    pixels = p.number("flexible-endoscope-pixels")
    direction = p.number("flexible-endoscope-view-direction")
    field = p.number("flexible-endoscope-field-of-view")
    first, second = pixels > 2_000_000, (direction == 0) & (field > 120)
    side = (direction != 0) & (field >= 100)
    neither = (pixels <= 2_000_000) & ((direction != 0) | (field <= 120))
    return [
        (diameter <= 16, diameter > 16),
        (
            first | second | (p.chosen(ultrasound, "yes") & side),
            neither & (p.chosen(ultrasound, "no") | (direction == 0) | (field < 100)),
        ),
        (p.chosen(part, "insertion-part"), p.chosen(part, "other-parts")),
        design_or_manufacture(p, "flexible-endoscope"),
    ]


ENTRIES: Mapping[str, Conditions] = {
    "mlcc": mlcc,
    "saw-baw-filter": saw_baw_filter,
    "electrolytic-copper-foil": electrolytic_copper_foil,
    "dielectric-film": dielectric_film,
    "barium-titanate-powder": barium_titanate_powder,
    "carbon-fibre": carbon_fibre,
    "silicon-carbide-fibre": silicon_carbide_fibre,
    "photoresist": photoresist,
    "sputtering-target": sputtering_target,
    "electron-microscope": electron_microscope,
    "magnetoresistive-sensor": magnetoresistive_sensor,
    "titanium-sponge": titanium_sponge,
    "battery-binder": battery_binder,
    "sulfide-solid-electrolyte": sulfide_solid_electrolyte,
    "separator-extruder-screw": separator_extruder_screw,
    "quantum-dot": quantum_dot,
    "tadf-material": tadf_material,
    "retardation-film": retardation_film,
    "flexible-endoscope": flexible_endoscope,
}

#: The numbers that the sentences name, and the end of the band of the nominal KrF line.
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "photoresist-wavelength": ("248", "249"),
    "sulfide-solid-electrolyte-conductivity": ("0.1", "1"),
    "flexible-endoscope-diameter": ("16",),
    "flexible-endoscope-pixels": ("2000000",),
    "flexible-endoscope-view-direction": ("0",),
    "flexible-endoscope-field-of-view": ("100", "120"),
}


def domain(fact: str, value: Any) -> Any:
    """Whether a number can be the value of the fact at all (design.md section 3, Input)."""
    if fact == "flexible-endoscope-view-direction":
        return (value >= -180) & (value <= 180)
    if fact == "flexible-endoscope-field-of-view":
        return (value > 0) & (value <= 360)
    return value > 0


# ---- S0 L45, L56-57, L131 and design.md section 3 ----


def act_is_meant(p: Point) -> Condition:
    # L45: 現地子会社・合弁会社への製造移転、他国企業への製造委託・ライセンス供与など、他国での
    # 製造、製品開発を可能とする技術移転に限定する: the three by name, others if they make
    # manufacture or development possible.
    # L131: 貨物は対象外. Inbound technology, and technology that nobody abroad will use, is no
    # such transfer.
    act, possible = "act", "enables-production"
    others = p.chosen(act, "product-development", "business-sale", "basic-joint-research", "other")
    return (
        p.chosen(act, "production-transfer", "contract-manufacture", "licence")
        | (others & p.chosen(possible, "yes")),
        p.chosen(act, "goods-only", "inside-japan-only", "inbound")
        | (others & p.chosen(possible, "no")),
    )


def licence_brings_guidance(p: Point) -> Condition:
    # L57: 直接的な技術指導を伴わないライセンス供与は対象外とする. Of other acts nothing of the
    # kind is said; an act that is not decided is no licence as it stands (it may become a
    # transfer of manufacture, or goods only).
    acts = (
        *("production-transfer", "contract-manufacture", "product-development", "business-sale"),
        *("basic-joint-research", "other", "goods-only", "inside-japan-only", "inbound"),
        "not-decided",
    )
    return (
        p.chosen("act", *acts) | p.chosen("guidance", "yes", "separate-agreement"),
        p.chosen("act", "licence") & p.chosen("guidance", "no"),
    )


def undecided_unless(fact: str, option: str) -> Callable[[Point], Condition]:
    """Secondary sources only: one answer says that the exclusion does not apply, none that it surely does."""
    return lambda p: (p.chosen(fact, option), p.chosen(fact))


#: The conditions on a transaction by the ground that their failure gives.
TRANSACTION: Mapping[str, Callable[[Point], Condition]] = {
    "transaction": act_is_meant,
    "licence-without-guidance": licence_brings_guidance,
    "destination": undecided_unless("destination", "elsewhere"),
    "published": undecided_unless("published", "no"),
    "basic-research": undecided_unless("basic-research", "no"),
    "minimum-provision": undecided_unless("minimum-provision", "no"),
}


def transaction(p: Point) -> Condition:
    """All conditions on the transaction. The first two share the act, but never both hang on it undecided."""
    return every([condition(p) for condition in TRANSACTION.values()])


#: What a stage of the contract leads to if all else is covered (design.md section 3; S0 L29, L88).
STAGES: Mapping[str, str] = {
    "not-concluded": "report",
    "decided-internally": "report",
    "preliminary": "report",
    "concluded-unreported": "late",
    "concluded-reported": "reported",
    "before-listing": "consult",
    "none-planned": "consult",
}


def outcome(entry: bool | None, act: bool | None, stage: str) -> str:
    """The outcome of a completion from both readings and the stage."""
    if entry is False or act is False:
        return "not-covered"
    return STAGES[stage] if entry and act else "consult"
