"""The kinds of things in an organisation and every kind of fact about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pocket.world import draws
from pocket.world.facts import FactType, fact
from pocket.world.names import Mint


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: how it is named and what can be known about it."""

    name: str
    """unique"""
    named: Callable[[Mint], str]
    """draws the thing as written in a sentence, such as 'the Belvar kettle'"""
    facts: tuple[FactType, ...]
    """what can be known"""
    remarks: tuple[str, ...]
    """sentences that say nothing that is asked; {e} is the thing"""

    def fact(self, name: str) -> FactType:
        """Return the fact type of that name."""
        return next(entry for entry in self.facts if entry.name == name)


PRODUCT: Final = Kind(
    "product",
    draws.product,
    (
        fact(
            "price",
            draws.crowns(11, 989),
            ("{e} costs {v}.", "{e} sells for {v}."),
            ("How much does {e} cost?", "What do I pay for {e}?"),
        ),
        fact(
            "weight",
            draws.whole(2, 98, "kilos"),
            ("{e} weighs {v}.", "On the scale, {e} comes to {v}."),
            ("How heavy is {e}?", "What does {e} weigh?"),
        ),
        fact(
            "colour",
            draws.one_of(draws.COLOURS),
            ("{e} is painted {v}.", "{e} comes in {v}."),
            ("Which colour does {e} have?", "How is {e} painted?"),
        ),
        fact(
            "material",
            draws.one_of(draws.MATERIALS),
            ("{e} is made of {v}.", "{v} is what {e} is built from."),
            ("What is {e} made of?", "From what is {e} built?"),
        ),
        fact(
            "warranty",
            draws.whole(6, 96, "months"),
            ("{e} has a warranty of {v}.", "The maker covers {e} for {v}."),
            ("How long is {e} under warranty?", "For how long does the maker cover {e}?"),
        ),
        fact(
            "home town",
            draws.town,
            ("{e} is made in {v}.", "Workers in {v} build {e}."),
            ("Where is {e} made?", "In which town is {e} built?"),
        ),
        fact(
            "designer",
            draws.person,
            ("{e} was designed by {v}.", "{v} drew the plans of {e}."),
            ("Who designed {e}?", "Who drew the plans of {e}?"),
        ),
        fact(
            "launch month",
            draws.month,
            ("{e} was launched in {v}.", "Sales of {e} began in {v}."),
            ("When was {e} launched?", "When did sales of {e} begin?"),
        ),
        fact(
            "power source",
            draws.one_of(draws.POWER),
            ("{e} runs on {v}.", "{e} is driven by {v}."),
            ("What does {e} run on?", "What drives {e}?"),
        ),
        fact(
            "forerunner",
            draws.product,
            ("{e} replaces {v}.", "{e} came after {v}."),
            ("What does {e} replace?", "What came before {e}?"),
        ),
        fact(
            "stock number",
            draws.code,
            ("{e} has the stock number {v}.", "In the store, {e} is listed as {v}."),
            ("Under which stock number is {e} listed?", "How is {e} listed in the store?"),
        ),
        fact(
            "delivery time",
            draws.whole(2, 60, "days"),
            ("{e} is delivered in {v}.", "After the order, {e} arrives within {v}."),
            ("How long does {e} take to arrive?", "When will {e} be delivered?"),
        ),
        fact(
            "return time",
            draws.whole(7, 90, "days"),
            ("{e} can be returned within {v}.", "Buyers may send {e} back for {v}."),
            ("Until when can I return {e}?", "How long may I send {e} back?"),
        ),
        fact(
            "battery life",
            draws.whole(3, 72, "hours"),
            ("{e} works for {v} on one charge.", "One charge keeps {e} going for {v}."),
            ("How long does {e} work on one charge?", "How long does one charge of {e} last?"),
        ),
        fact(
            "spare part price",
            draws.crowns(2, 98),
            ("A spare part for {e} costs {v}.", "Parts for {e} are sold at {v}."),
            ("How much is a spare part for {e}?", "What do parts for {e} cost?"),
        ),
    ),
    (
        "Many offices use {e}.",
        "Buyers like {e}.",
        "{e} stands in the front window.",
        "There is a short film about {e}.",
    ),
)

DEPARTMENT: Final = Kind(
    "department",
    draws.desk,
    (
        fact(
            "head",
            draws.person,
            ("{e} is led by {v}.", "{v} runs {e}."),
            ("Who leads {e}?", "Who runs {e}?"),
        ),
        fact(
            "floor",
            draws.whole(1, 48),
            ("{e} is on floor {v}.", "Take the lift to floor {v} to find {e}."),
            ("On which floor is {e}?", "To which floor do I go for {e}?"),
        ),
        fact(
            "phone number",
            draws.whole(1000, 9999),
            ("{e} can be called on {v}.", "Dial {v} to reach {e}."),
            ("How can I call {e}?", "What do I dial to reach {e}?"),
        ),
        fact(
            "staff number",
            draws.whole(3, 97, "people"),
            ("{e} has {v}.", "{v} work for {e}."),
            ("How many people work for {e}?", "How large is {e}?"),
        ),
        fact(
            "yearly budget",
            draws.crowns(1100, 9900, 100),
            ("{e} has a yearly budget of {v}.", "Each year, {e} may spend {v}."),
            ("How much may {e} spend each year?", "What can {e} spend in a year?"),
        ),
        fact(
            "meeting day",
            draws.one_of(draws.DAYS),
            ("{e} meets every {v}.", "Every {v} there is a meeting of {e}."),
            ("When does {e} meet?", "On which day is the meeting of {e}?"),
        ),
        fact(
            "parent",
            draws.desk,
            ("{e} reports to {v}.", "{e} answers to {v}."),
            ("To whom does {e} report?", "Who is above {e}?"),
        ),
        fact(
            "founding year",
            draws.whole(1950, 2030),
            ("{e} was founded in {v}.", "{e} has existed since {v}."),
            ("When was {e} founded?", "Since when has {e} existed?"),
        ),
        fact(
            "closing time",
            draws.clock,
            ("{e} closes at {v}.", "Nobody is in {e} after {v}."),
            ("When does {e} close?", "Until when is somebody in {e}?"),
        ),
    ),
    ("New people like {e}.", "The plants of {e} are well kept.", "{e} got new chairs.", "{e} has a view of the river."),
)

PERSON: Final = Kind(
    "person",
    draws.person,
    (
        fact(
            "role",
            draws.one_of(draws.ROLES),
            ("{e} works as a {v}.", "By trade, {e} is a {v}."),
            ("What does {e} work as?", "Which trade has {e}?"),
        ),
        fact(
            "office",
            draws.room,
            ("{e} sits in {v}.", "You find {e} in {v}."),
            ("Where does {e} sit?", "Where do I find {e}?"),
        ),
        fact(
            "first day",
            draws.date,
            ("{e} joined on {v}.", "On {v}, {e} began to work here."),
            ("When did {e} join?", "When did {e} begin to work here?"),
        ),
        fact(
            "birthplace",
            draws.town,
            ("{e} comes from {v}.", "{e} was born in {v}."),
            ("Where does {e} come from?", "Where was {e} born?"),
        ),
        fact(
            "manager",
            draws.person,
            ("{e} works under {v}.", "{v} looks after {e}."),
            ("Under whom does {e} work?", "Who looks after {e}?"),
        ),
        fact(
            "language",
            draws.one_of(draws.SPOKEN),
            ("{e} speaks {v}.", "Guests who know only {v} can talk to {e}."),
            ("What does {e} speak?", "In what can guests talk to {e}?"),
        ),
        fact(
            "badge number",
            draws.whole(1000, 9999),
            ("{e} has badge {v}.", "Badge {v} belongs to {e}."),
            ("Which badge has {e}?", "Which badge belongs to {e}?"),
        ),
        fact(
            "department",
            draws.desk,
            ("{e} belongs to {v}.", "{v} counts {e} among its people."),
            ("To which department does {e} belong?", "Where in the house does {e} belong?"),
        ),
    ),
    ("Everybody knows {e}.", "{e} likes the garden.", "{e} bakes for the whole floor.", "{e} comes by bicycle."),
)

POLICY: Final = Kind(
    "policy",
    lambda mint: f"the {mint.one_of(draws.POLICY_SUBJECTS)} {mint.one_of(('policy', 'rule'))}",
    (
        fact(
            "owner",
            draws.desk,
            ("{e} is owned by {v}.", "{v} keeps {e} up to date."),
            ("Who owns {e}?", "Who keeps {e} up to date?"),
        ),
        fact(
            "start date",
            draws.date,
            ("{e} applies from {v}.", "Since {v}, {e} has been in force."),
            ("From when does {e} apply?", "Since when has {e} been in force?"),
        ),
        fact(
            "limit",
            draws.crowns(20, 980, 10),
            ("{e} allows up to {v}.", "Under {e}, nobody may spend more than {v}."),
            ("How much does {e} allow?", "How much may be spent under {e}?"),
        ),
        fact(
            "approver",
            draws.person,
            ("Cases under {e} are approved by {v}.", "{v} decides about {e}."),
            ("Who approves cases under {e}?", "Who decides about {e}?"),
        ),
        fact(
            "review time",
            draws.whole(2, 48, "months"),
            ("{e} is reviewed every {v}.", "Every {v} somebody reads {e} again."),
            ("How often is {e} reviewed?", "How often does somebody read {e} again?"),
        ),
        fact(
            "notice",
            draws.whole(2, 45, "days"),
            ("{e} asks for a notice of {v}.", "Requests under {e} must come {v} ahead."),
            ("How early must requests under {e} come?", "How far ahead do I ask under {e}?"),
        ),
        fact(
            "form",
            draws.form,
            ("{e} uses {v}.", "Fill in {v} for {e}."),
            ("What do I fill in for {e}?", "Which paper does {e} use?"),
        ),
    ),
    (
        "A poster explains {e}.",
        "{e} is known to all.",
        "{e} fits on one page.",
        "{e} was read out at the last meeting.",
    ),
)

PROJECT: Final = Kind(
    "project",
    lambda mint: f"project {mint.name()}",
    (
        fact(
            "leader",
            draws.person,
            ("{e} is led by {v}.", "{v} is in charge of {e}."),
            ("Who leads {e}?", "Who is in charge of {e}?"),
        ),
        fact(
            "budget",
            draws.crowns(1100, 9900, 100),
            ("{e} has a budget of {v}.", "{v} have been set aside for {e}."),
            ("How much has been set aside for {e}?", "How much may {e} spend?"),
        ),
        fact(
            "deadline",
            draws.date,
            ("{e} must be ready by {v}.", "{e} ends on {v}."),
            ("By when must {e} be ready?", "When does {e} end?"),
        ),
        fact(
            "partner",
            draws.company,
            ("{e} is done with {v}.", "{v} helps with {e}."),
            ("With whom is {e} done?", "Who helps with {e}?"),
        ),
        fact(
            "status",
            draws.one_of(draws.STATES),
            ("{e} is {v}.", "At the last review, {e} was called {v}."),
            ("How is {e} doing?", "What did the last review call {e}?"),
        ),
        fact(
            "place",
            draws.town,
            ("{e} takes place in {v}.", "All work on {e} is done in {v}."),
            ("Where does {e} take place?", "In which town is {e} done?"),
        ),
        fact(
            "team size",
            draws.whole(2, 60, "people"),
            ("{e} keeps {v} busy.", "{v} work on {e}."),
            ("How many people work on {e}?", "How many people does {e} keep busy?"),
        ),
    ),
    (
        "{e} has a cake day.",
        "The name of {e} was drawn from a hat.",
        "{e} has its own wall.",
        "Visitors ask about {e}.",
    ),
)

INCIDENT: Final = Kind(
    "incident",
    lambda mint: f"incident {mint.whole(1000, 9999)}",
    (
        fact(
            "date",
            draws.date,
            ("{e} happened on {v}.", "It was {v} when {e} began."),
            ("When did {e} happen?", "On which day did {e} begin?"),
        ),
        fact(
            "cause",
            draws.one_of(draws.CAUSES),
            ("{e} was caused by {v}.", "{v} led to {e}."),
            ("What caused {e}?", "What led to {e}?"),
        ),
        fact(
            "system",
            draws.one_of(draws.SYSTEMS),
            ("{e} stopped {v}.", "During {e}, {v} stood still."),
            ("What did {e} stop?", "What stood still during {e}?"),
        ),
        fact(
            "duration",
            draws.whole(2, 72, "hours"),
            ("{e} lasted {v}.", "It took {v} until {e} was over."),
            ("How long did {e} last?", "How long did it take until {e} was over?"),
        ),
        fact(
            "witness",
            draws.person,
            ("{e} was reported by {v}.", "{v} was the first to see {e}."),
            ("Who reported {e}?", "Who was the first to see {e}?"),
        ),
        fact(
            "damage",
            draws.crowns(110, 9900, 10),
            ("{e} did damage of {v}.", "The bill for {e} came to {v}."),
            ("How much damage did {e} do?", "How high was the bill for {e}?"),
        ),
    ),
    (
        "Nobody was hurt in {e}.",
        "{e} is still talked about.",
        "The log holds a page on {e}.",
        "{e} made the local paper.",
    ),
)

PROCEDURE: Final = Kind(
    "procedure",
    lambda mint: f"the {mint.one_of(draws.PROCEDURE_SUBJECTS)} procedure",
    (
        fact(
            "first step",
            draws.one_of(draws.STEPS),
            ("{e} begins like this: {v}.", "Step 1 of {e}: {v}."),
            ("How does {e} begin?", "What do I do first in {e}?"),
        ),
        fact(
            "second step",
            draws.one_of(draws.STEPS),
            ("{e} goes on like this: {v}.", "Step 2 of {e}: {v}."),
            ("How does {e} go on?", "What do I do second in {e}?"),
        ),
        fact(
            "last step",
            draws.one_of(draws.STEPS),
            ("{e} ends like this: {v}.", "Step 3 of {e}: {v}."),
            ("How does {e} end?", "What do I do last in {e}?"),
        ),
        fact(
            "tool",
            draws.one_of(draws.TOOLS),
            ("{e} needs {v}.", "Bring {v} for {e}."),
            ("What does {e} need?", "What do I bring for {e}?"),
        ),
        fact(
            "work time",
            draws.whole(5, 95, "minutes"),
            ("{e} takes {v}.", "Allow {v} for {e}."),
            ("How long does {e} take?", "How much time do I allow for {e}?"),
        ),
        fact(
            "supervisor",
            draws.person,
            ("{e} is watched by {v}.", "{v} checks {e}."),
            ("Who watches {e}?", "Who checks {e}?"),
        ),
    ),
    ("{e} is taught in spring.", "A picture shows {e}.", "{e} is done with care.", "{e} is older than the house."),
)

SITE: Final = Kind(
    "site",
    lambda mint: f"the {mint.name()} {mint.one_of(('works', 'depot', 'yard', 'store', 'mill'))}",
    (
        fact(
            "town",
            draws.town,
            ("{e} is in {v}.", "{e} stands at the edge of {v}."),
            ("In which town is {e}?", "Where does {e} stand?"),
        ),
        fact(
            "opening year",
            draws.whole(1950, 2030),
            ("{e} opened in {v}.", "The gates of {e} were first opened in {v}."),
            ("When did {e} open?", "When were the gates of {e} first opened?"),
        ),
        fact(
            "foreman",
            draws.person,
            ("{e} is run by {v}.", "{v} holds the keys of {e}."),
            ("Who runs {e}?", "Who holds the keys of {e}?"),
        ),
        fact(
            "capacity",
            draws.whole(110, 990, "crates", 10),
            ("{e} holds {v}.", "There is room for {v} in {e}."),
            ("How much does {e} hold?", "How many crates have room in {e}?"),
        ),
        fact(
            "gate time",
            draws.clock,
            ("{e} locks its gate at {v}.", "Lorries must leave {e} by {v}."),
            ("When does {e} lock its gate?", "By when must lorries leave {e}?"),
        ),
        fact(
            "shift length",
            draws.whole(4, 14, "hours"),
            ("A shift at {e} lasts {v}.", "People at {e} work {v} at a time."),
            ("How long is a shift at {e}?", "How long do people at {e} work at a time?"),
        ),
    ),
    ("{e} has a tall chimney.", "Geese live near {e}.", "{e} was painted last year.", "A bus stops at {e}."),
)

SERVICE: Final = Kind(
    "service",
    lambda mint: f"the {mint.one_of(draws.SERVICE_SUBJECTS)} service",
    (
        fact(
            "fee",
            draws.crowns(2, 98),
            ("{e} costs {v}.", "We charge {v} for {e}."),
            ("How much does {e} cost?", "What do you charge for {e}?"),
        ),
        fact(
            "waiting time",
            draws.whole(2, 40, "days"),
            ("{e} takes {v}.", "Please wait {v} for {e}."),
            ("How long does {e} take?", "How long do I wait for {e}?"),
        ),
        fact(
            "hotline",
            draws.whole(1000, 9999),
            ("{e} can be called on {v}.", "The line for {e} is {v}."),
            ("How can I call {e}?", "What is the line for {e}?"),
        ),
        fact(
            "proof",
            draws.one_of(draws.PROOFS),
            ("{e} needs {v}.", "Please send {v} with a request for {e}."),
            ("What does {e} need?", "What must I send for {e}?"),
        ),
        fact(
            "minimum order",
            draws.crowns(20, 490, 10),
            ("{e} is open to orders above {v}.", "Orders must exceed {v} for {e}."),
            ("How large must an order be for {e}?", "From what amount is {e} open to me?"),
        ),
        fact(
            "validity",
            draws.whole(2, 36, "months"),
            ("{e} stays valid for {v}.", "After booking, {e} can be used for {v}."),
            ("How long does {e} stay valid?", "How long can I use {e} after booking?"),
        ),
        fact(
            "opening week",
            lambda mint: f"{mint.one_of(draws.DAYS[:3])} to {mint.one_of(draws.DAYS[3:])}",
            ("{e} is open from {v}.", "We offer {e} from {v}."),
            ("On which days is {e} open?", "When do you offer {e}?"),
        ),
    ),
    ("Many guests ask for {e}.", "{e} has won a prize.", "{e} is new this year.", "A leaflet describes {e}."),
)

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind for kind in (PRODUCT, DEPARTMENT, PERSON, POLICY, PROJECT, INCIDENT, PROCEDURE, SITE, SERVICE)
}
