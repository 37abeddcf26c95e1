import wandb
from ray import tune


def evaluate(config):
    return config["lr"]


def train():
    run = wandb.init()
    run.log({"loss": evaluate(run.config)})


def trainable(config):
    tune.report({"loss": evaluate(config)})


def sweep():
    sweep_id = wandb.sweep({"method": "grid"}, project="p")
    wandb.agent(sweep_id, function=train, count=2)


def search():
    tuner = tune.Tuner(trainable, param_space={"lr": tune.grid_search([0.1, 1.0])})
    return tuner.fit()


sweep()
search()
