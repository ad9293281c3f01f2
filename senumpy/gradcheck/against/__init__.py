"""Other people's gradients beside ours.

==============  =========================================================================
`comparison`    `compare`: two sets of gradients, one line a tensor
`torch_twin`    `against_torch`: the same layer in PyTorch, with the same weights
`se_twin`       the SE block there, with all its switches
`torch_golden`  `golden`: what PyTorch computed once, for those who have not installed it
==============  =========================================================================
"""
