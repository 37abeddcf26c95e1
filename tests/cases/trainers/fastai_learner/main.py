from fastai.callback.core import Callback
from fastai.learner import Learner
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return x


class Tracker(Callback):
    def before_fit(self):
        self.seen = 0

    def after_batch(self):
        self.seen += 1


def loss(pred, target):
    return (pred - target).abs().mean()


def error_rate(pred, target):
    return (pred != target).float().mean()


def run(dls):
    learn = Learner(dls, Net(), loss_func=loss, metrics=[error_rate], cbs=[Tracker()])
    learn.fit_one_cycle(1)


run(None)
