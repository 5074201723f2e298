"""Texts whose few signs beyond ASCII are no letters: their encoding is the one in which they stand where signs do."""

import pytest

from harness.tasks.complaints import Complaints
from harness.tasks.files.encodings import oddness, recognised
from harness.tasks.rows import read_rows


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("cp1252", "Was kostet der Eimer {} heute?;3.450,90 €"),
        ("cp1252", "What is the price of a bucket, size {}?,It was €{}.90 last week."),
        ("cp1252", "What is “Polaris {}” – a ship?,It’s a tug no. {}™"),
        ("cp1252", "Which law covers case {}?,See § {} of the act."),
        ("cp1252", "Who sells the Nimbus® {} pump?,Cumulus® sells it."),
        ("cp1252", "What does a ticket {} cost?,£{}.20"),
        ("cp1252", "¿Cuánto pesa el cubo número {}?;¡Pesa {} kilos, señor!"),
        ("cp1252", "How large is room {}?,It has {} m² and is 2½ m high."),
        ("cp1254", "Kova {} ne kadar ağır, biliyor musunuz şimdi?,Iğdır şubesinde {} kilo gelir, üç gün."),
        ("cp850", "Für wen ist Eimer {} größer?;Für Köche und Gärtner ab {} Jahren."),
        ("mac_roman", "Für wen ist Eimer {} größer?;Für Köche und Gärtner, très chère."),
        ("iso8859_15", "Que coûte le Café {} à Lyon ?;12,{} €"),
        ("cp1250", "Kolik váží kbelík číslo {}?;Kbelík {} je příliš těžký, žlutý."),
    ],
)
def test_signs_stand_where_they_should(encoding, line):
    lines = [f"{line.replace('{}', str(number))}\n" for number in range(12)]
    found = recognised([text.encode(encoding) for text in lines])
    assert "".join(lines).encode(encoding).decode(found) == "".join(lines)


@pytest.mark.parametrize(
    ("sound", "odd"),
    [
        *[("12 €", "12 Ä"), ("£20", "Ł20"), ("Nimbus®", "NimbusÆ"), ("für", "fÅr"), ("1,5 Å", "1,5 ß")],
        *[("şimdi üç", "þimdi üç"), ("12 é", "12 ¤"), ("geht´s", "geht¥s"), ("für", "fьr")],
    ],
)
def test_oddness(sound, odd):
    assert oddness(sound) == 0 < oddness(odd)


def test_lines_in_utf_8_among_others(tmp_path):
    rows = ["question,answer", *(f"Wie schwer ist Gerät {number}?,{number} Pfund für alle" for number in range(9))]
    encoded = [row.encode("cp1252") for row in rows] + ["Wie groß ist Gerät 9?,Ein Fuß".encode()]
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(encoded))
    complaints = Complaints()
    list(read_rows(path, complaints))
    assert f"{path}:11: is UTF-8, while other lines are cp1252; save the file as UTF-8" in complaints.lines()[0]
