"""The commands behind ``python -m senumpy``, a module each: ``add_parser`` says what it takes, ``run`` does it.

================  =========================================================================================
`train`           train the tiny CNN with and without SE, and show what its channel weights did
`train_settings`  what makes a run of train the run it is, and whom a new one may replace
`gradcheck`       every operation, every layer and the tiny CNN beside numerical derivatives
`watch`           send a picture through a trained network and see which channels it opens
`watch_network`   the same for a large network with weights from a file
`watch_line`      which way up is a line of text, and which gates know?
`gates_in_words`  the most open and most closed channels, as text
`ledger`          parameters and multiply-adds of a network by stage, what SE adds, and the paper's numbers
`lab`             the paper's ablation study again, over seeds, with an honest verdict
`lab_settings`    what the words after lab mean
`lab_training`    what is told while a lab trains
`proof`           can the checker be trusted? Much that is right, much that is wrong, and its verdicts
================  =========================================================================================
"""
