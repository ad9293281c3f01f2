"""How a command behaves towards its user, whichever command it is.

===========  ==========================================================================
`arguments`  numbers, seeds and paths are refused by the parser, with the option's name
`streams`    what cannot be shown is left out and remembered: it never stops the work
`figures`    a figure that cannot be drawn is a sentence, not the end
`signals`    Ctrl-C is heard once, so that what it began can be finished
`exits`      every end of a command as one line and an exit code
`processes`  under mpiexec, too, one command is what somebody sees
===========  ==========================================================================
"""
