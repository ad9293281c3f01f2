"""A network learns only what its pictures can teach it, so here are pictures small enough to learn from in seconds.

Nothing is downloaded: eight photographs and 1,797 handwritten digits come with the package, and `assets/LICENSES.md`
says where they are from. Every function here returns NumPy arrays. In reading order:

=============  =================================================================================================
`task`         `Task`: pictures with answers, one part to learn from, one to be examined on
`bundled`      `load_photo` and `load_digits`: what comes with the package
`split`        `stratified_split`: deal samples into a training and a test part
`digits`       one grey digit, ten classes: the smallest thing that trains
`photos`       small crops of the photographs; which one is it from? Plain, or with the light or colours changed
`cued_digits`  three digits in three colours, and a coloured stripe that says which one to read
`batches`      `minibatches`: walk through a data set, a few pictures at a time
`reader`       `read_image`: a picture of your own
`cropped`      `read_cropped`: the same as networks for large photographs want it
`lines`        `read_line`: a line of text, long and narrow
`decoding`     what a picture file is allowed to ask
`pixels`       grey, palettes, transparency and numbers of many widths become red, green and blue
`labels`       `read_labels`: names for the classes of a network
`folder`       `read_folder`: a folder of your own with one sub-folder per class
`idx`          MNIST's files
`cifar`        CIFAR-10's files
`own`          `load_data`: a task from any of these
`errors`       `DataError`
=============  =================================================================================================
"""

from senumpy.data.batches import minibatches
from senumpy.data.bundled import PHOTO_NAMES, load_digits, load_photo
from senumpy.data.cropped import read_cropped
from senumpy.data.cued_digits import CUE_NAMES, CuedDigits, cued_digits, cued_digits_details, repaint_stripe
from senumpy.data.digits import digits
from senumpy.data.errors import DataError
from senumpy.data.folder import read_folder
from senumpy.data.labels import read_labels
from senumpy.data.lines import read_line
from senumpy.data.own import load_data
from senumpy.data.photos import photos
from senumpy.data.reader import read_image
from senumpy.data.split import stratified_split
from senumpy.data.task import Task

__all__ = [
    "CUE_NAMES",
    "PHOTO_NAMES",
    "CuedDigits",
    "DataError",
    "Task",
    "cued_digits",
    "cued_digits_details",
    "digits",
    "load_data",
    "load_digits",
    "load_photo",
    "minibatches",
    "photos",
    "read_cropped",
    "read_folder",
    "read_image",
    "read_labels",
    "read_line",
    "repaint_stripe",
    "stratified_split",
]
