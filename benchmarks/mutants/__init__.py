"""Does a test notice? Change one thing in the source at a time, and run the tests: ``python -m benchmarks.mutants``.

A mutant is the library with one operator, comparison, condition or constant changed. A test that fails kills it. One
that survives shows a line that no test holds, or a change that means the same.

    python -m benchmarks.mutants --backward ops            every backward function of the ops
    python -m benchmarks.mutants ops layers                both rooms, whole: an hour or two
    python -m benchmarks.mutants --sample 150 gradcheck training gates

Each verdict is written to the record at once, so a run that was stopped goes on where it was. A mutant is known by its
line of source, not by that line's number: an edit elsewhere in the file lets old verdicts stand. `survivors.json`
holds those that are left, each under its reason; the command fails when somebody else survives, and asks the tests
about such again the next time. Needs `os.fork` (not on Windows).

In reading order:

`changes`   what is done to a piece of source
`mutants`   all the mutants of a file, and their names
`rooms`     which tests should notice which rooms, the likeliest first
`trial`     one mutant before the tests
`record`    verdicts of earlier runs, and the survivors that are accounted for
"""
