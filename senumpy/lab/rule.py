"""The rule by which a comparison gets its verdict, in words and in code."""

FEWEST = 5  # pairs
LEVEL = 0.05
AS_GOOD_AS_EQUAL = 0.1  # points of the paper's error, one run each: no direction

RULE = f"""The rule. Runs with the same seed make a pair, and only whole pairs are compared.
* Where a task is learned or not (a test accuracy above {{learned}}), and of the runs compared some learned and others
  did not, the two counts are compared by Fisher's exact test: a mean over both kinds would describe no run. Where all
  did, or none, and on every other task, the differences of the pairs are, by Student's t; this assumes that they
  follow roughly a bell curve.
* p values are raised by Holm's rule over all comparisons of the question, those that were left out included: together
  they see a difference where there is none in at most 5 of 100 such studies. For several questions it is 5 for each.
  That is for a number of seeds chosen beforehand: if you look, add seeds and look again, it is more.
* p below {LEVEL}: a difference, "same direction as the paper" or "the other way"; "better than the standard block" or
  "worse" where the paper has no number, or one within {AS_GOOD_AS_EQUAL} points of its standard block's. Otherwise "no
  difference seen": one may be there all the same. Fewer than {FEWEST} pairs: "too few".
* The last epoch counts. A run that diverged has not learned; where learning is not counted, its row gets no verdict."""


def rule(learned_above):
    """Return the rule in words."""
    return RULE.format(learned=f"{100 * learned_above:.0f} %" if learned_above else "a threshold; this task has none")


def verdict_on(of, paper, standard):
    """Return the verdict on a comparison; its ``sign`` is that of accuracies, the paper's numbers are errors."""
    if of["pairs"] < FEWEST:
        return "too few"
    if of["p"] is None:
        return "not comparable"
    if of["p_of_all"] >= LEVEL or of["sign"] == 0:
        return "no difference seen"
    if paper is None or standard is None or abs(paper - standard) < AS_GOOD_AS_EQUAL - 1e-9:
        return "better than the standard block" if of["sign"] > 0 else "worse"
    return "same direction as the paper" if of["sign"] == sign(standard - paper) else "the other way"


def sign(number):
    """Return -1, 0 or 1; what is 0 but for rounding is 0."""
    return 0 if abs(number) < 1e-9 else 1 if number > 0 else -1
