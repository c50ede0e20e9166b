"""The codes of the record and what they mean, one table each, and where their usual reading errs.

The words are our own; what they say is from `ARTICLE` unless a row names another source.
"""

from typing import NamedTuple

ARTICLE = 'article "IPC-7711/7721 Explained"'
CONTENTS = "tables of contents of IPC-7711/7721 rev B and C, as listed by libraries"
GUIDES = "free rework guides in the style of IPC-7711/7721 (circuitrework.com, circuitmedic.com)"


class Term(NamedTuple):
    """One code: what it is called, what it means, who says so."""

    code: str
    name: str
    meaning: str
    source: str = ARTICLE


class TrainingModule(NamedTuple):
    """A module of the training. `mandatory`: in every certificate. `lecture_only`: the basic
    programme has no practical work in it."""

    number: int
    title: str
    mandatory: bool = False
    lecture_only: bool = False
    source: str = ARTICLE


class CoatingFacts(NamedTuple):
    """A conformal coating and the methods that remove it; empty where it is not identified."""

    code: str
    methods: tuple[str, ...]
    note: str = ""
    source: str = ARTICLE


ACTIVITIES = (
    Term("rework", "Rework", "brings a board that does not conform back to its drawing, by the "
         "original or equal processes; often authorised beforehand"),
    Term("repair", "Repair", "makes a board usable again though it may not meet every original "
         "demand; needs the approval of customer or engineering"),
    Term("modification", "Modification", "changes what a conforming board does; needs an "
         "engineering change order"),
)  # fmt: skip

CLASSES = (
    Term("1", "General", "electronics that have to work"),
    Term("2", "Dedicated service", "electronics that have to go on working, where a stop is "
         "unwelcome"),
    Term("3", "High performance", "electronics that must not stop: life support, military, "
         "aerospace, safety in cars"),
)  # fmt: skip

BOARD_TYPES = (
    Term("R", "Rigid", "rigid printed board", CONTENTS),
    Term("F", "Flexible", "flexible printed board", CONTENTS),
    Term("W", "Discrete wire", "board whose conductors are discrete wires (inferred)", CONTENTS),
    Term("C", "Ceramic", "ceramic board (inferred)", CONTENTS),
)

SKILLS = (  # lowest first: the order is what gates compare
    Term("I", "Intermediate", "knows the basics and is still learning"),
    Term("A", "Advanced", "at home in most procedures"),
    Term("E", "Expert", "long experience in the hardest procedures"),
)

CONFORMANCES = (  # lowest first
    Term("L", "Low", "works, and is visibly different from the original"),
    Term("M", "Medium", "acceptable, may fall short of the original in places"),
    Term("H", "High", "as good as it was made"),
)

CERTIFICATIONS = (
    Term("CIS", "Specialist", "who does the work; a course of 4 days"),
    Term("CSE", "Standards expert", "who answers for processes and quality, and approves "
         "procedures; 5 days"),
    Term("CIT", "Trainer", "who trains others in the house; 5 days"),
)  # fmt: skip

MODULES = (
    TrainingModule(1, "General and common procedures", mandatory=True),
    TrainingModule(2, "Wire splices"),
    TrainingModule(3, "Conformal coating"),
    TrainingModule(4, "Through-hole"),
    TrainingModule(5, "Chip and MELF"),
    TrainingModule(6, "Gull-wing leads"),
    TrainingModule(7, "J-leads"),
    TrainingModule(8, "Ball grid arrays", lecture_only=True),
    TrainingModule(9, "Laminate"),
    TrainingModule(10, "Circuits"),
)

COATINGS = (
    CoatingFacts("acrylic", ("solvent",), "gives way to solvent most easily"),
    CoatingFacts("epoxy", ("mechanical", "micro-abrasion")),
    CoatingFacts("silicone", ("peeling", "mechanical")),
    CoatingFacts("urethane", ("solvent", "mechanical")),
    CoatingFacts("parylene", ("micro-abrasion", "laser"), "solvent does nothing to it"),
    CoatingFacts("unknown", (), "identify it first: by eye, by solvent, by a burn test"),
)
IDENTIFICATION = ("visual", "solvent response", "burn test")
REMOVAL = ("solvent", "peeling", "thermal", "mechanical", "micro-abrasion", "laser")
REPLACEMENT = ("brush", "spray")

# Where a common reading goes wrong, and what is done here about it.
TRAPS = (
    ("R, F, W and C are called product classes",
     "They are types of boards. The product class is 1, 2 or 3, and both are asked for."),
    ("W and C are said to mean wires and cables",
     "They stand beside procedures that solder plated holes, so they are boards: discrete wire "
     "and ceramic."),
    ("The same number names two procedures",
     "2.5 is a slot repaired with epoxy in one source, baking and preheating in others. Every id "
     "has a namespace: `article:2.5`, `guide:2.5`."),
    ("Sources differ on skill: BGA work is Expert in one, its profile Advanced in another",
     "Each row keeps what its own source says; the gate takes the rows that the job names."),
    ("The standard sets no number of heat cycles",
     "A contract may. Without one a number of cycles is a warning, with one a refusal."),
    ("Splices are of Low conformance, class 3 usually asks for High",
     "A class 3 job with such a splice is refused, unless somebody answers for it."),
    ("A usual peak is read as a limit",
     "Peaks of a table are habits; the limit is the tightest of body, alloy and laminate."),
    ("The record is taken for an acceptance",
     "It keeps what people state about an inspection. It never states anything of its own."),
)  # fmt: skip


def skill_rank(code: str) -> int:
    """0 for the lowest skill; KeyError for a code that is none."""
    return _rank(SKILLS, code)


def conformance_rank(code: str) -> int:
    """0 for the lowest conformance; KeyError for a code that is none."""
    return _rank(CONFORMANCES, code)


def find(table: tuple[Term, ...], code: str) -> Term:
    """The row of a code; KeyError if there is none."""
    return table[_rank(table, code)]


def module(number: int) -> TrainingModule:
    """The module of a number; KeyError if there is none."""
    for row in MODULES:
        if row.number == number:
            return row
    raise KeyError(number)


def coating(code: str) -> CoatingFacts:
    """The facts on a coating; KeyError if there are none."""
    for row in COATINGS:
        if row.code == code:
            return row
    raise KeyError(code)


def _rank(table: tuple[Term, ...], code: str) -> int:
    for rank, row in enumerate(table):
        if row.code == code:
            return rank
    raise KeyError(code)
