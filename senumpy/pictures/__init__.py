"""Figures: arrays and dictionaries go in, a `matplotlib.figure.Figure` comes out, which nobody shows but you.

This room imports nothing else of senumpy but `finite`. Each function returns a figure without pyplot: nothing opens a
window, and nothing piles up in memory. `style` has the palette and what all of them share. In reading order:

====================  ========================================================================================
`style`               one width, one palette, one scale for gates
`one_image`           `plot_gates_of_image`: the gates of one image
`sorted_gates`        `plot_sorted_gates`: the same for blocks of hundreds of channels
`turned_gates`        `plot_turned_gates`: a picture and the same picture turned
`line_of_text`        `draw_line_of_text`: a picture to turn
`heatmaps`            `plot_channels_by_images`: gates as colours, a row per image
`over_training`       `plot_gates_over_training`: how the gates of an image move while the network learns
`film`                `plot_film` and `save_film`: the same, moment by moment
`profiles`            `plot_profiles`, `plot_spread`, `plot_differences`: figures 6 and 7 of the SENet paper
`feature_maps`        `plot_feature_maps`: what a gate is applied to, and what comes out
`gradient_paths`      `plot_gradient_paths`: the two ways in which the gradient comes back
`sliding`             `plot_sliding_gates`: the gates under a window that slides over an image
`effects`             `plot_effects`: what the class scores do when a channel is shut
`learning_curves`     `plot_learning_curves`: loss and accuracy by epoch
`runs`                `plot_runs`: every seed of an experiment as a dot
`ledger`              `plot_ledger`: where a network keeps its parameters, and where it does its work
`v_curve`             `plot_v_curve`: the error of a gradient check against its step
`wanted`              what a figure asks of its arguments
`verdicts`            `plot_verdicts`, `plot_error_map`: what the checker says to right and wrong pairs, and where
====================  ========================================================================================
"""

from senumpy.pictures.effects import plot_effects
from senumpy.pictures.feature_maps import plot_feature_maps
from senumpy.pictures.film import plot_film, save_film
from senumpy.pictures.gradient_paths import plot_gradient_paths
from senumpy.pictures.heatmaps import plot_channels_by_images
from senumpy.pictures.learning_curves import plot_learning_curves
from senumpy.pictures.ledger import plot_ledger
from senumpy.pictures.line_of_text import draw_line_of_text
from senumpy.pictures.one_image import plot_gates_of_image
from senumpy.pictures.over_training import plot_gates_over_training
from senumpy.pictures.profiles import plot_differences, plot_profiles, plot_spread
from senumpy.pictures.runs import plot_runs
from senumpy.pictures.sliding import plot_sliding_gates
from senumpy.pictures.sorted_gates import plot_sorted_gates
from senumpy.pictures.turned_gates import plot_turned_gates
from senumpy.pictures.v_curve import plot_v_curve
from senumpy.pictures.verdicts import plot_error_map, plot_verdicts

__all__ = [
    "draw_line_of_text",
    "plot_channels_by_images",
    "plot_differences",
    "plot_effects",
    "plot_error_map",
    "plot_feature_maps",
    "plot_film",
    "plot_gates_of_image",
    "plot_gates_over_training",
    "plot_gradient_paths",
    "plot_learning_curves",
    "plot_ledger",
    "plot_profiles",
    "plot_runs",
    "plot_sliding_gates",
    "plot_sorted_gates",
    "plot_spread",
    "plot_turned_gates",
    "plot_v_curve",
    "plot_verdicts",
    "save_film",
]
