from catboost import CatBoostClassifier


class Recall:
    def is_max_optimal(self):
        return True

    def evaluate(self, approxes, target, weight):
        return count(approxes[0], target), 1

    def get_final_error(self, error, weight):
        return error / weight


def count(scores, target):
    return 0


def train(X, y):
    model = CatBoostClassifier(iterations=2, eval_metric=Recall())
    model.fit(X, y)


train([[1], [2]], [0, 1])
