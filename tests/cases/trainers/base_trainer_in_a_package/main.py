from engine import ClassifierTrainer


def main():
    trainer = ClassifierTrainer(epochs=1)
    trainer.train([1, 2])


main()
