"""Training: optimizers, schedules, and a trainer that repeats forward, loss, backward, step."""

from senumpy.training.checkpoints import load_weights, read_weights, save_weights
from senumpy.training.evaluation import Evaluation, evaluate
from senumpy.training.history import Epoch, History
from senumpy.training.optimizers import SGD, Adam
from senumpy.training.recipes import RECIPES, Recipe, tiny_cnn_for, train_tiny_cnn
from senumpy.training.refusals import TrainingError
from senumpy.training.schedules import cosine_annealing_lr, one_cycle_lr, step_lr
from senumpy.training.trainer import Trainer

__all__ = [
    "RECIPES",
    "SGD",
    "Adam",
    "Epoch",
    "Evaluation",
    "History",
    "Recipe",
    "Trainer",
    "TrainingError",
    "cosine_annealing_lr",
    "evaluate",
    "load_weights",
    "one_cycle_lr",
    "read_weights",
    "save_weights",
    "step_lr",
    "tiny_cnn_for",
    "train_tiny_cnn",
]
