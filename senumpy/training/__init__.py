"""Training: optimizers, schedules, and a trainer that repeats forward, loss, backward, step. In reading order:

=================  ====================================================================
`trainer`          `Trainer`: the loop, and the step with its four lines
`optimizers`       `SGD` and `Adam`: downhill, in place
`schedules`        `step_lr`, `cosine_annealing_lr`, `one_cycle_lr`
`evaluation`       `evaluate`: loss and accuracy, without leaving a trace
`history`          `History`: every step, every `Epoch`
`recipes`          `RECIPES`: settings under which the tiny CNN was found to train well
`weights`          `save_weights`, `load_weights`: arrays by PyTorch's names
`checkpoints`      `save_checkpoint`, `load_checkpoint`: everything that training needs to go on
`keeper`           `Keeper`: a training that anything may stop, and that goes on where it was
`place`            where in its epoch a training is, to go on in the middle of one
`saved_optimizer`  what an optimizer remembers, by name
`saved_trainer`    a history, and how far a training is
`before_fit`       what is looked at before the first step
`not_finite`       NaN and infinity, noticed with one look per step
`undo`             a step happens wholly or not at all
`refusals`         `TrainingError`, and what it says
`progress`         a bar, or a line per epoch
`arguments`        rates and parameters are looked at
=================  ====================================================================

The room `parallel` below trains in several processes, and computes the same numbers.
"""

from senumpy.files.arrays import CheckpointError
from senumpy.training import parallel
from senumpy.training.checkpoints import load_checkpoint, save_checkpoint
from senumpy.training.evaluation import Evaluation, evaluate
from senumpy.training.history import Epoch, History
from senumpy.training.keeper import Keeper
from senumpy.training.optimizers import SGD, Adam
from senumpy.training.recipes import RECIPES, Recipe, recipe_for, tiny_cnn_for, train_by_recipe
from senumpy.training.refusals import TrainingError
from senumpy.training.schedules import cosine_annealing_lr, one_cycle_lr, step_lr
from senumpy.training.trainer import Trainer
from senumpy.training.weights import load_weights, save_weights

__all__ = [
    "RECIPES",
    "SGD",
    "Adam",
    "CheckpointError",
    "Epoch",
    "Evaluation",
    "History",
    "Keeper",
    "Recipe",
    "Trainer",
    "TrainingError",
    "cosine_annealing_lr",
    "evaluate",
    "load_checkpoint",
    "load_weights",
    "one_cycle_lr",
    "parallel",
    "recipe_for",
    "save_checkpoint",
    "save_weights",
    "step_lr",
    "tiny_cnn_for",
    "train_by_recipe",
]
