"""What the paper's tables 10 to 16 ask, and what readers ask beside them: each question is a handful of switches.

The paper's numbers are top-1 errors in percent of SE-ResNet-50 on ImageNet. Ours are accuracies of small networks on
small pictures: directions can be compared, sizes cannot.
"""

from dataclasses import dataclass, field

STANDARD = "se"  # the paper's block in every stage; every other variant is compared with it
FEWEST_CHANNELS = 16


@dataclass(frozen=True)
class Variant:
    """A network beside the standard one: ``changes`` are options of `TinyCNN` or `SmallResNet`.

    ``by_model`` are further ones for a single model; where it is not None, only the models in it have this variant.
    """

    name: str
    changes: dict
    paper: float | None = None
    by_model: dict | None = None

    def options(self, model):
        """Return the switches of this variant in one model, or None where that model cannot have it."""
        if self.by_model is None:
            return dict(self.changes)
        return {**self.changes, **self.by_model[model]} if model in self.by_model else None


@dataclass(frozen=True)
class Question:
    """Variants beside the standard block, where the paper asks it, and its number for the standard block there."""

    asks: str
    table: int | None
    standard: float | None
    variants: tuple = field(default_factory=tuple)
    note: str = ""

    def of(self, model):
        """Return the variants that a model can have, by name, the standard block first: name to switches."""
        found = {STANDARD: {}}
        for variant in self.variants:
            if variant.options(model) is not None:
                found[variant.name] = variant.options(model)
        return found

    def papers(self):
        """Return the paper's errors by name, where it has them."""
        errors = {STANDARD: self.standard, **{variant.name: variant.paper for variant in self.variants}}
        return {name: error for name, error in errors.items() if error is not None}


def _plain(paper=None):
    return Variant("plain", {"se": False}, paper)


RESIDUAL = {"resnet8": {}, "resnet20": {}}
QUESTIONS = {
    "se": Question("does SE help?", 10, 22.28, (_plain(23.30),), "The paper's r is 16, ours is 2."),
    "ratio": Question(
        "how many hidden units does the block need?", 10, 22.29,
        (
            Variant("r4", {"reduction": 4}, 22.25),
            Variant("r8", {"reduction": 8}, 22.26),
            Variant("r16", {"reduction": 16}, 22.28),
            _plain(23.30),
        ),
        "Row \"se\" is r = 2. The paper's r = 32 (22.72) has no counterpart here: the first stage has 16 channels.",
    ),
    "squeeze": Question("why the mean?", 11, 22.28, (Variant("max", {"squeeze": "max"}, 22.57),)),
    "gate": Question(
        "why a sigmoid?", 12, 22.28,
        (
            Variant("tanh", {"gate": "tanh"}, 23.00),
            Variant("relu", {"gate": "relu"}, 23.47),
            Variant("hard-sigmoid", {"gate": "hard_sigmoid"}),
        ),
        "In the paper a ReLU as gate was worse than no SE at all (23.30).",
    ),
    "product": Question(
        "is it the product, or the path over the whole image?", None, None,
        (Variant("sum", {"combine": "sum"}), Variant("fixed", {"fixed": True}), _plain()),
        "sum: x + e instead of x e. fixed: gates that are learned, and the same for every image.",
    ),
    "stages": Question(
        "in which stage does it matter?", 13, 22.28,
        (
            Variant("stage1", {"stages": (1,)}, 23.03),
            Variant("stage2", {"stages": (2,)}, 23.04),
            Variant("stage3", {"stages": (3,)}, 22.68),
            _plain(23.30),
        ),
        "SE in one stage alone. Beside our stages 1 to 3 stand the paper's 2 to 4. Each verdict compares one stage "
        "with all three, and says nothing about the order of the stages.",
    ),
    "position": Question(
        "where in the residual unit does it stand?", 14, 22.28,
        (
            Variant("pre", {"position": "pre"}, 22.23, RESIDUAL),
            Variant("post", {"position": "post"}, 22.78, RESIDUAL),
            Variant("identity", {"position": "identity"}, 22.20, RESIDUAL),
            Variant("inside", {"position": "inside"}, 22.48, RESIDUAL),
        ),
        "Only residual networks have positions. inside is the paper's table 15.",
    ),
    "no-squeeze": Question(
        "does it need the squeeze?", 16, 22.28, (Variant("no-squeeze", {"squeeze": "none"}, 22.93), _plain(23.30)),
        "no-squeeze: the same two layers at every pixel, a gate for each.",
    ),
    "bias": Question("do biases in the block matter?", None, None, (Variant("bias", {"bias": True}),)),
    "capacity": Question(
        "is it only that the network is larger?", None, None,
        (
            _plain(),
            Variant("plain-wide", {"se": False}, by_model={
                "tiny-cnn": {"widths": (20, 32, 36)}, "resnet8": {"widths": (17, 33, 66)},
                "resnet20": {"widths": (16, 33, 66)},
            }),
            Variant("plain-deep", {"se": False}, by_model={"tiny-cnn": {"widths": (16, 32, 32, 32)}}),
        ),
        "plain-wide has as many parameters as the network with SE, plain-deep a fourth stage.",
    ),
}  # fmt: skip
ALL = "all"


def variants_of(question, model):
    """Return a question's variants for a model: name to switches, the standard block first.

    Raises
    ------
    ValueError
        For a question that does not exist, or that this model cannot answer.

    Examples
    --------
    >>> variants_of("squeeze", "tiny-cnn")
    {'se': {}, 'max': {'squeeze': 'max'}}
    """
    variants = QUESTIONS[question].of(model)
    if len(variants) == 1:
        raise ValueError(f"{model} cannot answer the question {question}: {QUESTIONS[question].note}")
    return variants


def questions_for(question, model):
    """Return the questions behind a word: itself, or for "all" those that this model can answer."""
    if question == ALL:
        return [name for name in QUESTIONS if len(QUESTIONS[name].of(model)) > 1]
    if question not in QUESTIONS:
        raise ValueError(f"there is no question {question!r}: choose one of {', '.join([*QUESTIONS, ALL])}")
    variants_of(question, model)
    return [question]
