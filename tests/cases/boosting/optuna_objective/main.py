import optuna


class Tuner:
    def __init__(self, data):
        self.data = data

    def objective(self, trial):
        return self.evaluate(trial.suggest_float("eta", 0.01, 0.3))

    def evaluate(self, eta):
        return eta

    def run(self):
        study = optuna.create_study()
        study.optimize(self.objective, n_trials=2, callbacks=[notify])
        return study.best_params


def quick(trial, data):
    return len(data)


def notify(study, trial):
    pass


Tuner([1]).run()
study = optuna.create_study()
study.optimize(lambda trial: quick(trial, [1]), n_trials=1)
