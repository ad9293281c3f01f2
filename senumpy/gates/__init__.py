"""What the channel weights do: look at every SE block from all sides, on your own picture too.

Nothing below imports this package; it looks at models from outside and leaves them as they were. What can be drawn is
drawn by `senumpy.pictures`. In reading order:

==============  =====================================================================================
`values`        `gate_values` of some pictures, with `outputs` and `look`
`recorder`      `GateRecorder`: the gates of chosen pictures while a network trains
`profiles`      `class_profiles`: the numbers behind figures 6 and 7 of the SENet paper
`overrides`     `overriding` with `constant`, `set_channels`, `frozen` or `shuffled` gates
`experiments`   `compare_gates`, `channel_effects`: what is a gate worth?
`features`      `feature_maps` before and after the gate; the two `gradient_paths` into a block
`passes`        one pass through a model that leaves no trace
`measurements`  `measure_blocks`: before a verdict come measurements
`health`        `check_health`: numbers at all? called? saturated, stuck, constant, without gradient?
`edits`         `occlude`, `recolour`, `light`, `blur`: change the picture
`sliding`       `slide` a window over a picture: a map of what wakes each channel
==============  =====================================================================================
"""

from senumpy.gates.edits import GREY, SWAP_RED_BLUE, blur, light, occlude, recolour
from senumpy.gates.experiments import channel_effects, compare_gates
from senumpy.gates.features import feature_maps, gradient_paths
from senumpy.gates.health import BlockHealth, check_health, health_table
from senumpy.gates.measurements import Measurements, measure_blocks
from senumpy.gates.overrides import constant, frozen, overriding, set_channels, shuffled
from senumpy.gates.profiles import ClassProfile, class_profiles
from senumpy.gates.recorder import GateRecorder
from senumpy.gates.sliding import CAT_REGIONS, Sliding, region_contrast, slide
from senumpy.gates.values import evaluation_mode, gate_values, look, outputs, se_blocks

__all__ = [
    "CAT_REGIONS",
    "GREY",
    "SWAP_RED_BLUE",
    "BlockHealth",
    "ClassProfile",
    "GateRecorder",
    "Measurements",
    "Sliding",
    "blur",
    "channel_effects",
    "check_health",
    "class_profiles",
    "compare_gates",
    "constant",
    "evaluation_mode",
    "feature_maps",
    "frozen",
    "gate_values",
    "gradient_paths",
    "health_table",
    "light",
    "look",
    "measure_blocks",
    "occlude",
    "outputs",
    "overriding",
    "recolour",
    "region_contrast",
    "se_blocks",
    "set_channels",
    "shuffled",
    "slide",
]
