"""Function words, negations, number words and date words of six languages.

All words of another language count as content words, and none of them as a negation.
"""

from typing import Final


def _set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


FUNCTION_WORDS: Final = _set(
    # English
    "a an the and or but if of to in on at by for from with as is are was were be been being am do does did have has",
    "had having this that these those it its he she they them his her their him who which what when where how there",
    "here than then so not no nor can could will would shall should may might must about into over after before up out",
    "off s t re ve ll d m n also just very more most some any all each both such own same other only too while during",
    "between through said because whose whom why yes yeah ok okay sorry sure please well",
    "aren isn wasn weren don doesn didn hasn haven hadn won wouldn couldn shouldn ain needn mustn",
    "i me my mine myself we us our ours you your yours",
    # German
    "der die das den dem des ein eine einen einem einer eines und oder aber wenn von zu zum zur im am an auf bei für",
    "mit als ist sind war waren sein wird werden wurde wurden hat haben hatte dieser diese dieses es er sie nicht kein",
    "keine auch nur noch sehr mehr über nach vor aus dass daß wie sich durch um bis so dann hier dort",
    "ja nein bitte leider ich mich mir mein meine wir uns unser unsere",
    # French
    "le la les l un une des du de d et ou mais si à au aux en dans sur par pour avec comme est sont était étaient",
    "être été a ont avait ce cet cette ces il elle ils elles lui leur qui que qu quoi dont où ne n pas plus très aussi",
    "se sa son ses y après avant entre oui non",
    "je j me moi mon ma mes nous notre nos",
    # Spanish
    "el los las lo una unos unas del al y o pero si en por para con como es son era eran ser sido fue ha han había",
    "este esta estos estas ese esa su sus le les se que quien cual donde cuando no más muy también ya entre sobre",
    "sin sí yo mi mis nosotros nuestro nuestra",
    # Russian
    "и в во не на но а с со к ко у о об от до из за по под над при для как что это этот эта эти он она они оно его её",
    "их ему ей им был была было были быть есть же ли бы если или когда где который которая которые также уже еще ещё",
    "только более самый да нет я меня мне мой моя мы нас нам наш наша",
    # Chinese, by character
    "的 了 在 是 和 与 及 或 也 就 都 而 但 于 被 把 这 那 个 之 其 他 她 它 们 着 过 吗 呢 吧 我",
)

FIRST_PERSON: Final = _set(
    "i me my mine myself ich mich mir mein meine meinen meiner je j me moi mon ma mes yo me mi mis mí",
    "я меня мне мной мой моя моё мое мои",
)
"""singular; not Chinese, where the character is also part of the plural"""

NEGATIONS: Final = _set(
    "not no never nor neither none nothing nobody without t cannot nicht kein keine keinen keinem keiner nie niemals",
    "ohne weder ne pas jamais aucun aucune sans ni nunca ningún ninguna ninguno sin tampoco не нет никогда ни без",
    "不 没 未 非 无 別 别",
)

NUMBER_WORDS: Final = {
    word: str(value)
    for line in (
        "two three four five six seven eight nine ten eleven twelve",
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "deux trois quatre cinq six sept huit neuf dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez",
        "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    )
    for value, word in enumerate(line.split(), start=2)
}
"""not the word for 1, which is an article in half of the languages"""

DATE_WORDS: Final = _set(
    "january february march april june july august september october november december",
    "monday tuesday wednesday thursday friday saturday sunday",
    "januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "janvier février mars avril juin juillet août septembre octobre novembre décembre",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "lunes martes miércoles jueves viernes sábado domingo",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "понедельник вторник среда четверг пятница суббота воскресенье",
)
