"""What the commands answer: exit code 2 and a sentence, before anything is done. A row for every option.

``{}`` in the words stands for the option. Combinations of options are in `tests/commands`.
"""

NUMBER = {"a word": "word", "nothing": "", "NaN": "nan", "infinity": "inf", "zero": "0", "negative": "-1"}
COUNT = {**NUMBER, "a fraction": "1.5"}
PATH = {"nothing": "", "blank": " "}


def each(values, words="argument {}", **but):
    """Return ``{kind: (value, words)}``; other words, or None to leave one out, for some kinds."""
    but = {kind.replace("_", " "): said for kind, said in but.items()}
    rows = {kind: (value, but.get(kind, words)) for kind, value in values.items()}
    return {kind: (value, said) for kind, (value, said) in rows.items() if said is not None}


def word(words="argument {}: invalid choice: 'word'"):
    return {"another word": ("word", words)}


SWITCH = {"a value": ("=yes", "argument {}: ignored explicit argument 'yes'")}
BARE = {
    "train": ["train"],
    "lab": ["lab", "se", "--task", "digits:test_fraction=0.9", "--show"],
    "watch": ["watch", "cat"],
    "gradcheck": ["gradcheck"],
    "ledger": ["ledger", "resnet8"],
    "proof": ["proof", "a.png"],
}

ASKED = {
    "train": {
        "--data": {
            **word("there is no task 'word'"),
            "a missing folder": ("folder:missing", "there is nothing at 'missing'"),
            "an empty folder": ("folder:folder", "no sub-folders"),
            "another kind": ("kind:folder", "there is no task 'kind:folder'"),
            "text for numbers": ("npz:text.npz", "text.npz"),
            "a file for a folder": ("mnist:text.npz", "text.npz"),
        },
        "--epochs": each(COUNT),
        "--batch-size": each(COUNT),
        "--lr": each(NUMBER),
        "--width": each(COUNT),
        "--reduction": each(COUNT),
        "--seed": each(COUNT, zero=None),
        "--backend": word(),
        "--out": each(PATH) | {"a file": ("text.npz", "--out")},
        "--resume": each(PATH) | {"a missing folder": ("missing", "missing"), "an empty folder": ("folder", "folder")},
        "--overwrite": SWITCH,
    },
    "lab": {
        "QUESTION": word("argument QUESTION: invalid choice: 'word'"),
        "--model": word(),
        "--task": {
            **word("there is no task 'word'"),
            "no value": ("digits:size=", "a task takes NAME:OPTION=VALUE"),
            "another option": ("digits:colour=red", "cannot be made with the options"),
            "another variant": ("photos:blue", "no variant 'blue'"),
        },
        "--seeds": each(COUNT),
        "--variants": {**word("se has no variant 'word'"), "one of many": ("plain,word", "se has no variant 'word'")},
        "--epochs": each(COUNT),
        "--batch-size": each(COUNT),
        "--lr": each(NUMBER),
        "--jobs": each(COUNT, zero="{} must be from 1 to", negative="{} must be from 1 to")
        | {"too many": ("100000", "{} must be from 1 to")},
        "--out": each(PATH) | {"an empty folder": ("folder", "no run of this question")},
        "--quick": SWITCH,
        "--retry": SWITCH,
        "--show": SWITCH,
        "--code": {"of nobody": ("xyz", "no run of this question")},
        "--verify": {"an empty folder": ("folder", "--verify takes no question")},
    },
    "watch": {
        "IMAGE": each(PATH)
        | {
            "a missing file": ("missing.png", "there is no file 'missing.png'"),
            "a folder": ("folder", "is a folder"),
            "a text": ("text.npz", "not a picture"),
        },
        "--weights": each(PATH)
        | {
            "a missing file": ("missing.npz", "there is no file of weights"),
            "a folder": ("folder", "is a folder"),
            "a text": ("text.npz", "text.npz"),
        },
        "--model": word(),
        "--labels": each(PATH) | {"without a model": ("text.npz", "{} goes with --model")},
        "--preprocessing": word(),
        "--stride-in-1x1": SWITCH,
        "--size": each(COUNT, zero="size", negative="size"),
        "--top": each(COUNT, zero="{} must be at least 1", negative="{} must be at least 1"),
        "--out": each(PATH) | {"a file": ("text.npz", "--out")},
    },
    "gradcheck": {
        "NAME": {"another word": ("word", "word")},
        "--method": word(),
        "--dtype": word(),
        "--seed": each(COUNT, zero=None),
        "--json": SWITCH,
        "--verbose": SWITCH,
    },
    "ledger": {
        "MODEL": {"another word": ("word", "there is no network 'word'"), "nothing": ("", "there is no network ''")},
        "--image": each(COUNT) | {"three": ("3x4x5", "argument {}")},
        "--reduction": each(COUNT, zero="{} is for SE blocks", negative="{} is for SE blocks"),
        "--hidden-multiple-of": each(COUNT, zero="{} is for SE blocks", negative="{} is for SE blocks"),
        "--stages": {"a word": ("word", "argument {}"), "nothing": ("", "argument {}")},
        "--position": word(),
        "--squeeze": word(),
        "--fixed": SWITCH,
        "--bias": SWITCH,
        "--stride-in-1x1": SWITCH,
        "--shortcut": word(),
        "--png": each(PATH) | {"another suffix": ("a.txt", "a.txt")},
        "--json": each(PATH) | {"a folder": ("folder", "folder")},
    },
    "proof": {
        "picture": each(PATH) | {"another suffix": ("a.txt", "a.txt")},
        "--seeds": each(COUNT),
    },
}
