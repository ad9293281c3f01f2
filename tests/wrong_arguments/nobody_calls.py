"""Public names that are not in the table, because nobody is meant to call them: each with its reason."""

RESULTS = "a result: the library makes it, and it holds what it is given"
ERRORS = "an error: the library raises it"
SETTINGS = "settings, plain values without rules of their own"

NOBODY_CALLS = {
    **dict.fromkeys(("BackendError", "CheckpointError", "DataError", "GradientError", "TrainingError"), ERRORS),
    **dict.fromkeys(("Evaluation", "Epoch", "History", "Interval", "Share", "CuedDigits", "Task"), RESULTS),
    **dict.fromkeys(("Golden", "Loaded", "Entry", "Ledger"), RESULTS),
    **dict.fromkeys(("BlockHealth", "ClassProfile", "Measurements", "SlidingGates"), RESULTS),
    **dict.fromkeys(("Comparison", "Report", "StepErrors", "TensorResult"), RESULTS),
    **dict.fromkeys(("Recipe", "LINES_OF_TEXT"), SETTINGS),
    "Mistake": "a page of the gallery: made there once",
    "WrongBlock": "a page of the gallery: made there once",
}
