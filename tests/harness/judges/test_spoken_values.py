"""Values in words, as parts, as times and eras, in six languages: equal across spellings, not across values."""

import random
from itertools import pairwise

import pytest

from harness.judges.quantities.number_words import cardinals, ranks
from harness.judges.quantities.reader import quantities
from harness.judges.quantities.value import comparable, equal
from harness.text.language_files import language_file
from tests.adversarial import UNITS
from tests.growth import growth_where_slow

LINEAR = 18
"""times as long for eight times the text, with room; quadratic is 64"""
SAME = [
    ["12 hens", "a dozen hens", "ein Dutzend Hühner", "une douzaine de poules", "una docena de gallinas", "дюжина кур"],
    ["six", "half a dozen", "6"],
    ["1,200", "twelve hundred", "one thousand two hundred", "zwölfhundert", "mille deux cents", "mil doscientas"],
    ["1.2k", "1200", "тысяча двести"],
    ["340,000", "three hundred and forty thousand", "dreihundertvierzigtausend", "триста сорок тысяч", "三十四万"],
    ["£340,000", "three hundred and forty thousand pounds", "£340k"],
    ["2.5 million euros", "2,5 M€", "dos millones y medio de euros", "€2.5m"],
    ["$3 bn", "three billion dollars", "3 Mrd. Dollar"],
    ["€45.50", "45 euros and 50 cents", "45,50 €"],
    ["25 %", "a quarter of", "25 per cent", "ein Viertel der", "un quart du", "la cuarta parte", "四分之一", "1/4"],
    ["50 %", "half of", "die Hälfte", "la moitié", "la mitad", "половина", "一半", "½"],
    ["2/3", "two thirds", "zwei Drittel", "deux tiers", "dos tercios", "две трети", "三分之二"],
    ["20 %", "a fifth of", "20 per cent", "百分之二十", "one in five"],
    ["two years", "24 months", "zwei Jahre", "deux ans", "два года", "两年"],
    ["90 minutes", "an hour and a half", "anderthalb Stunden", "une heure et demie", "полтора часа", "一个半小时"],
    ["14 days", "a fortnight", "two weeks", "2 semaines", "две недели"],
    ["48 hours", "two days", "zwei Tage", "两天"],
    ["45 minutes", "three quarters of an hour", "eine Dreiviertelstunde", "trois quarts d'heure", "三刻钟"],
    ["half an hour", "30 minutes", "eine halbe Stunde", "une demi-heure", "media hora", "полчаса", "半小时"],
    ["3:30", "half past three", "halb vier", "в половине четвёртого", "三点半"],
    ["15:30", "half past three in the afternoon", "halb vier nachmittags", "下午三点半"],
    ["8:45", "a quarter to nine", "Viertel vor neun", "neuf heures moins le quart", "без четверти девять"],
    ["noon", "12:00", "midi", "mediodía", "中午"],
    ["midnight", "12 am", "0:00", "24:00", "полночь"],
    ["5 March 1962", "the 5th of March 1962", "the fifth of March, 1962", "5 de marzo de 1962", "一九六二年三月五日"],
    ["1 June 2027", "premier juin 2027", "ersten Juni 2027", "primero de junio de 2027", "первого июня 2027 года"],
    ["the 1990s", "the nineties", "neunziger Jahre", "années quatre-vingt-dix", "años noventa", "九十年代"],
    ["14th century", "fourteenth century", "14. Jahrhundert", "XIVe siècle", "siglo XIV", "XIV век", "十四世纪"],
    ["Chapter 4", "Chapter IV", "Глава IV"],
    ["third", "3rd", "dritten", "troisième", "третье", "第三"],
    ["1964", "nineteen sixty-four", "mille neuf cent soixante-quatre"],
    ["1.5 km", "one and a half kilometres", "一点五公里", "1500 m"],
]  # fmt: skip


def only(text):
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_one_value_however_it_is_said(spellings):
    first = only(spellings[0])
    assert [spelling for spelling in spellings if not equal(first, only(spelling))] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a dozen", "10"), ("two thirds", "3/4"), ("two years", "18 months"), ("a fortnight", "10 days"),
        ("half past three", "4:30"), ("halb vier", "4:30"), ("a quarter to nine", "9:15"),
        ("the nineties", "the 1980s"),
        ("the 14th century", "the fifteenth century"), ("Chapter IV", "Chapter 6"), ("20 per cent", "a quarter of"),
        ("half past three in the afternoon", "3:30"), ("three million", "three billion"), ("三百四十万", "430万"),
        ("a month", "30 days"), ("a year", "365 days"), ("fifty cents", "50 euros"),
    ],
)  # fmt: skip
def test_what_is_nearly_the_same_is_not_equal(one, other):
    assert not equal(only(one), only(other))


def test_places_in_a_row_compete_with_figures():
    assert comparable(only("third place"), only("2nd place"))


@pytest.mark.parametrize(
    "text",
    ["a second look", "half-hearted", "the first half", "May I score?", "this is 十分重要", "on the one hand",
     "统一", "一些", "第一", "She said I was right", "Washington DC", "a couple", "Mix and CD", "a a a"],
)  # fmt: skip
def test_what_only_sounds_like_a_value(text):
    assert [text[own.start : own.end] for own in quantities(text)] in ([], ["a second"])


def test_ranges_and_lists_stay_apart():
    text = "Voted by eleven to six; five to ten people; 450 mètres, 3 mètres; between two hundred and three hundred."
    found = [text[own.start : own.end].strip(".") for own in quantities(text)]
    assert found == ["eleven", "six", "five", "ten", "450 mètres", "3 mètres", "two hundred", "three hundred"]


@pytest.mark.parametrize(
    "unit", [*UNITS.values(), "two hundred and ", "half past ", "三百", "one in ", "a fifth of a "]
)
def test_reading_takes_linear_time(unit):
    def read(size):
        quantities.__wrapped__((unit * size)[:size])

    assert growth_where_slow(read, 1_000, 8_000, 0.04) <= LINEAR


def vocabulary():
    """Every word that reading knows, and what stands between words."""
    own = language_file("quantities")
    words = [*cardinals(), *ranks(), *own["scales"], *own["day_parts"], *own["hours"], *own["clock"], *own["coins"]]
    words += [word for kind in own["fractions"].values() for word in kind]
    words += [line["said"].replace("(?P<bare>)", "").replace("?", "") for line in own["spoken_times"]]
    words += [
        *"一二三两十百千万亿〇点半刻分年月日第",
        "分之",
        "年代",
        "世纪",
        "half",
        "a",
        "one",
        "past",
        "to",
        "and a half",
        "of",
    ]
    words += ["XIV", "I", "1990s", "3", "12", "1.5", "1/2", "½", "$", "€", "m", "k", "M", "%", "siglo", "Jahre", "um"]
    return words


def test_no_order_of_the_words_that_are_known_is_too_much():
    chance, words = random.Random(0), vocabulary()
    for _ in range(4_000):
        parts = [chance.choice(words) + chance.choice([" ", " ", " ", "-", "", ", ", " o'clock "]) for _ in range(6)]
        found = quantities("".join(parts))
        assert all(one.end <= other.start for one, other in pairwise(found))
        assert all(own.start < own.end and own.readings for own in found)


def test_any_order_of_chinese_signs_is_read():
    draw, signs = random.Random(0), "〇零一二两三十百千万亿点分之半刻年月日时成打世纪第 15"
    for _ in range(3000):
        quantities("".join(draw.choices(signs, k=draw.randint(2, 7))))
    for nothing in ("零分之五", "〇分之一"):
        assert not [value for value in quantities(nothing) if value.is_part]
