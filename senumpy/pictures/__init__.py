"""Figures: arrays and dictionaries go in, a `matplotlib.figure.Figure` comes out, which nobody shows but you.

This room imports nothing else of senumpy. Each function returns a figure without pyplot: nothing opens a window, and
nothing piles up in memory. `style` has the palette and what all of them share. In reading order:

====================  ========================================================================================
`style`               one width, one palette, one scale for gates
`one_image`           `gates_of_image`: the gates of one image
`heatmaps`            `channels_by_images`: gates as colours, a row per image
`over_training`       `gates_over_training`: how the gates of an image move while the network learns
`film`                `contact_sheet` and `save_film`: the same, moment by moment
`profiles`            `profiles_figure`, `spread_figure`, `differences_figure`: figures 6 and 7 of the SENet paper
`feature_maps`        `features_figure`: what a gate is applied to, and what comes out
`gradient_paths`      `paths_figure`: the two ways in which the gradient comes back
`sliding`             `sliding_figure`: the gates under a window that slides over an image
`effects`             `effects_figure`: what the class scores do when a channel is shut
`learning_curves`     `learning_curves`: loss and accuracy by epoch
`runs`                `seeds_figure`: every seed of an experiment as a dot
`v_curve`             `v_curve`: the error of a gradient check against its step
`verdicts`            `verdicts`, `error_map`: what the checker says to right and wrong pairs, and where
====================  ========================================================================================
"""

from senumpy.pictures.effects import effects_figure
from senumpy.pictures.feature_maps import features_figure
from senumpy.pictures.film import contact_sheet, save_film
from senumpy.pictures.gradient_paths import paths_figure
from senumpy.pictures.heatmaps import channels_by_images
from senumpy.pictures.learning_curves import learning_curves
from senumpy.pictures.one_image import gates_of_image
from senumpy.pictures.over_training import gates_over_training
from senumpy.pictures.profiles import differences_figure, profiles_figure, spread_figure
from senumpy.pictures.runs import seeds_figure
from senumpy.pictures.sliding import sliding_figure

__all__ = [
    "channels_by_images",
    "contact_sheet",
    "differences_figure",
    "effects_figure",
    "features_figure",
    "gates_of_image",
    "gates_over_training",
    "learning_curves",
    "paths_figure",
    "profiles_figure",
    "save_film",
    "seeds_figure",
    "sliding_figure",
    "spread_figure",
]
