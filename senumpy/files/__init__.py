"""Files: whole or not at all, and found out before the work where they cannot be written.

========  ====================================================================================
`whole`   a file beside the target until all of it is there; `writable`, asked before the work
`arrays`  arrays by name as .npz: `write_arrays`, `read_arrays`
========  ====================================================================================
"""
