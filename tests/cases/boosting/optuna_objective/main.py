import optuna


def evaluate(data, depth):
    return len(data) * depth


def make_objective(data):
    def objective(trial):
        return evaluate(data, trial.suggest_int("depth", 2, 8))

    return objective


def tune(data):
    study = optuna.create_study(direction="maximize")
    study.optimize(make_objective(data), n_trials=3)
    return study.best_params


tune([1, 2])
