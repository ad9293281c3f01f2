"""Files: whole or not at all, and found out before the work where they cannot be written.

==============  ====================================================================================
`paths`         what is a path
`whole`         a file beside the target until all of it is there; `writable`, asked before the work
`manifest`      what a file holds: shapes, types and checksums
`arrays`        arrays by name as .npz: `write_arrays`, `read_arrays`
`safe_tensors`  the same as .safetensors, for others
`pytorch`       PyTorch's .pt and .pth: read by PyTorch, where it is installed
`weights`       weights in each of these formats, by the suffix
`lock`          two at once are refused, and a crash leaves nothing locked
`run_folder`    a folder that holds one run: the finished one, and beside it the one that is going on
==============  ====================================================================================
"""
