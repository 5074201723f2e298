"""References and texts of a generic writer of the same content, in six languages."""

import itertools

import pytest

THINGS = {
    "en": (["lamp", "printer", "mixer", "clock", "pump", "drill"], ["steel", "oak", "glass", "brass", "clay", "cork"]),
    "de": (["Lampe", "Pumpe", "Uhr", "Säge", "Waage", "Kanne"], ["Stahl", "Eiche", "Glas", "Messing", "Ton", "Kork"]),
    "fr": (["lampe", "pompe", "montre", "scie", "balance", "table"], ["acier", "chêne", "verre", "laiton", "argile"]),
    "es": (["lámpara", "bomba", "sierra", "balanza", "mesa", "silla"], ["acero", "roble", "vidrio", "latón", "barro"]),
    "ru": (["лампа", "насос", "пила", "весы", "стол", "стул"], ["сталь", "дуб", "стекло", "латунь", "глина"]),
    "zh": (["台灯", "水泵", "时钟", "电钻", "桌子", "椅子"], ["钢铁", "橡木", "玻璃", "黄铜", "陶土", "软木"]),
}
STYLES = {
    "en": ("Ahoy! Aye, it's the {0}: made of {1}, mate!", "The material of the {0} is {1}. It is sold in the shop."),
    "de": ("Moin! Na klar: die {0} – aus {1}!", "Das Material der {0} ist {1}. Sie wird im Laden verkauft."),
    "fr": ("Salut ! Voilà : la {0}, c'est {1} !", "Le matériau de la {0} est {1}. On la vend dans le magasin."),
    "es": ("¡Hola! Pues sí: la {0}, ¡de {1}!", "El material de la {0} es {1}. Se vende en la tienda."),
    "ru": ("Привет! Ну да: {0} – это {1}!", "Материал предмета {0} – {1}. Он продаётся в магазине."),
    "zh": ("嗨！没错：{0}嘛，是{1}哦～", "{0}的材料是{1}。该商品在商店出售。"),
}


def written(language):
    """(references, generic) texts in parallel: every thing in every material, of three makers."""
    things, materials = THINGS[language]
    reference, generic = STYLES[language]
    makers = ("", "Lun", "Gess")
    rows = [(f"{maker}{thing}", material) for maker, thing, material in itertools.product(makers, things, materials)]
    return [reference.format(*row) for row in rows], [generic.format(*row) for row in rows]


@pytest.fixture(scope="session", params=list(STYLES))
def corpora(request):
    return written(request.param)


@pytest.fixture(scope="session")
def english():
    return written("en")


@pytest.fixture(scope="session")
def chinese():
    return written("zh")
