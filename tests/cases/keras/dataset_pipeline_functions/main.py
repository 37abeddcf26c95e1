import tensorflow as tf


def paths():
    yield from ("a", "b")


def parse(path):
    return decode(tf.io.read_file(path))


def decode(raw):
    return tf.io.decode_png(raw)


def large(image):
    return tf.size(image) > 10


def dataset():
    ds = tf.data.Dataset.from_generator(paths, output_types=tf.string)
    return ds.map(parse, num_parallel_calls=tf.data.AUTOTUNE).filter(large).batch(2)


def main():
    for batch in dataset():
        print(batch)


if __name__ == "__main__":
    main()
