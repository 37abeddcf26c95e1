import lightgbm as lgb


def log_every(period, write):
    def callback(env):
        if env.iteration % period == 0:
            write(format_row(env.iteration, env.evaluation_result_list))

    return callback


def format_row(iteration, results):
    return f"{iteration}: {results}"


def to_file(text):
    with open("log.txt", "a") as handle:
        handle.write(text)


def train(data):
    model = lgb.LGBMRegressor(n_estimators=5)
    model.fit(data, data[0], callbacks=[lgb.early_stopping(3), log_every(2, to_file)])
    return model


train([[1.0]])
