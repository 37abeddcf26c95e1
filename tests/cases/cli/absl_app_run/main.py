from absl import app, flags

FLAGS = flags.FLAGS
flags.DEFINE_integer("steps", 10, "Number of steps")


def main(argv):
    train(FLAGS.steps)


def train(steps):
    pass


if __name__ == "__main__":
    app.run(main)
