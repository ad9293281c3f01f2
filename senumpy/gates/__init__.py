"""What the channel weights do: look at every SE block from all sides, on your own picture too.

Nothing below imports this package; it looks at models from outside and leaves them as they were.

=========================  =====================================================================================
look                       `gate_values` of some pictures; a `GateRecorder` keeps them while a network trains
by class                   `class_profiles`, the numbers behind figures 6 and 7 of the SENet paper
health                     `check_health`: numbers at all? called? saturated, stuck, constant, without gradient?
change the picture         `occlude`, `recolour`, `light`, `blur`; `slide` a window over it
change the gates           `overriding` with `constant`, `set_channels`, `frozen` or `shuffled` gates; `compare_gates`,
                           `channel_effects`
inside a block             `feature_maps` before and after the gate; the two `gradient_paths` into its input
trained networks           `load_tiny_cnn`, from a file or one of those that ship
does SE help?              `make_plan`, `run_seeds`, `mean_interval`
=========================  =====================================================================================

Each comes with a picture, a `matplotlib.figure.Figure` that nobody shows but you: `channels_by_images`,
`gates_of_image`, `gates_over_training`, `contact_sheet`, `save_film`, `profiles_figure`, `spread_figure`,
`differences_figure`, `sliding_figure`, `effects_figure`, `features_figure`, `paths_figure`, `seeds_figure`.

Good reading order: `values`, `recorder`, `profiles`, `overrides`, `experiments`, `numbers`, `passes`, `measurements`,
`health`, `features`, `edits`, `sliding`, `weights`, `statistics`, `seed_plan`, `seed_runs`, and the pictures beside
them.
"""

from senumpy.gates.edits import GREY, SWAP_RED_BLUE, blur, light, occlude, recolour
from senumpy.gates.experiments import channel_effects, compare_gates
from senumpy.gates.features import feature_maps, gradient_paths
from senumpy.gates.health import BlockHealth, check_health, health_table
from senumpy.gates.measurements import Measurements, measure_blocks
from senumpy.gates.overrides import constant, frozen, overriding, set_channels, shuffled
from senumpy.gates.pictures_effects import effects_figure
from senumpy.gates.pictures_features import features_figure
from senumpy.gates.pictures_film import contact_sheet, save_film
from senumpy.gates.pictures_heatmaps import channels_by_images
from senumpy.gates.pictures_paths import paths_figure
from senumpy.gates.pictures_profiles import differences_figure, profiles_figure, spread_figure
from senumpy.gates.pictures_seeds import seeds_figure
from senumpy.gates.pictures_sliding import sliding_figure
from senumpy.gates.pictures_training import gates_over_training
from senumpy.gates.pictures_watch import gates_of_image
from senumpy.gates.profiles import ClassProfile, class_profiles
from senumpy.gates.recorder import GateRecorder
from senumpy.gates.seed_plan import Plan, make_plan, train_variant
from senumpy.gates.seed_runs import run_seeds, summarise
from senumpy.gates.sliding import CAT_REGIONS, Sliding, region_contrast, slide
from senumpy.gates.statistics import Interval, mean_interval
from senumpy.gates.values import evaluation_mode, gate_values, look, outputs, se_blocks
from senumpy.gates.weights import SHIPPED, load_tiny_cnn, tiny_cnn_from_state

__all__ = [
    "CAT_REGIONS",
    "GREY",
    "SHIPPED",
    "SWAP_RED_BLUE",
    "BlockHealth",
    "ClassProfile",
    "GateRecorder",
    "Interval",
    "Measurements",
    "Plan",
    "Sliding",
    "blur",
    "channel_effects",
    "channels_by_images",
    "check_health",
    "class_profiles",
    "compare_gates",
    "constant",
    "contact_sheet",
    "differences_figure",
    "effects_figure",
    "evaluation_mode",
    "feature_maps",
    "features_figure",
    "frozen",
    "gate_values",
    "gates_of_image",
    "gates_over_training",
    "gradient_paths",
    "health_table",
    "light",
    "load_tiny_cnn",
    "look",
    "make_plan",
    "mean_interval",
    "measure_blocks",
    "occlude",
    "outputs",
    "overriding",
    "paths_figure",
    "profiles_figure",
    "recolour",
    "region_contrast",
    "run_seeds",
    "save_film",
    "se_blocks",
    "seeds_figure",
    "set_channels",
    "shuffled",
    "slide",
    "sliding_figure",
    "spread_figure",
    "summarise",
    "tiny_cnn_from_state",
    "train_variant",
]
