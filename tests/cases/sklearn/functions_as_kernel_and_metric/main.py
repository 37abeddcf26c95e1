import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC


def kernel(a, b):
    return np.dot(a, b.T)


def distance(a, b):
    return gap(a, b).sum()


def gap(a, b):
    return np.abs(a - b)


def train_svm(X, y):
    return SVC(kernel=kernel).fit(X, y)


def train_knn(X, y):
    clf = KNeighborsClassifier(n_neighbors=1, metric=distance, algorithm="brute")
    clf.fit(X, y)
    return clf.predict(X)


def main():
    X, y = np.arange(8.0).reshape(4, 2), np.array([0, 1, 0, 1])
    train_svm(X, y)
    train_knn(X, y)


main()
