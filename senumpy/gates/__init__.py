"""What the channel weights do: look at every SE block from all sides, on your own picture too.

Nothing below imports this package; it looks at models from outside and leaves them as they were. What can be drawn is
drawn by `senumpy.pictures`. In reading order:

==============  =====================================================================================
`values`        `gate_values` of some pictures, with `predict_logits` and `gates_and_logits`
`recorder`      `GateRecorder`: the gates of chosen pictures while a network trains
`profiles`      `class_profiles`: the numbers behind figures 6 and 7 of the SENet paper
`overrides`     `override_gates` with `constant_gates`, `set_gates`, `mean_gates` or `shuffled_gates`
`experiments`   `compare_gates`, `ablate_channels`: what is a gate worth?
`features`      `feature_maps` before and after the gate; the two `gradient_paths` into a block
`passes`        one pass through a model that leaves no trace
`measurements`  `measure_blocks`: before a verdict come measurements
`health`        `check_health`: numbers at all? called? saturated, stuck, constant, without gradient?
`edits`         `erase`, `mix_channels`, `adjust_brightness`, `gaussian_blur`: change the picture
`sliding`       `sliding_gates`: a window over a picture makes a map of what wakes each channel
`arguments`     pictures, gates and edits are looked at
==============  =====================================================================================
"""

from senumpy.gates.edits import GREY, SWAP_RED_BLUE, adjust_brightness, erase, gaussian_blur, mix_channels
from senumpy.gates.experiments import ablate_channels, compare_gates
from senumpy.gates.features import feature_maps, gradient_paths
from senumpy.gates.health import BlockHealth, check_health, health_table
from senumpy.gates.measurements import Measurements, measure_blocks
from senumpy.gates.overrides import constant_gates, mean_gates, override_gates, set_gates, shuffled_gates
from senumpy.gates.profiles import ClassProfile, class_profiles
from senumpy.gates.recorder import GateRecorder
from senumpy.gates.sliding import CAT_REGIONS, SlidingGates, region_contrast, sliding_gates
from senumpy.gates.values import evaluation_mode, gate_values, gates_and_logits, predict_logits, se_blocks

__all__ = [
    "CAT_REGIONS",
    "GREY",
    "SWAP_RED_BLUE",
    "BlockHealth",
    "ClassProfile",
    "GateRecorder",
    "Measurements",
    "SlidingGates",
    "ablate_channels",
    "adjust_brightness",
    "check_health",
    "class_profiles",
    "compare_gates",
    "constant_gates",
    "erase",
    "evaluation_mode",
    "feature_maps",
    "gate_values",
    "gates_and_logits",
    "gaussian_blur",
    "gradient_paths",
    "health_table",
    "mean_gates",
    "measure_blocks",
    "mix_channels",
    "override_gates",
    "predict_logits",
    "region_contrast",
    "se_blocks",
    "set_gates",
    "shuffled_gates",
    "sliding_gates",
]
