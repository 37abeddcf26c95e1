import numpy as np
import pytest

from digits.data import DigitsDataset, check, load_split, loader, normalise


def test_pixels_come_out_between_zero_and_one(prepared):
    split = load_split(prepared, "train")
    assert split.images.dtype == np.float32
    assert 0.0 <= split.images.min() and split.images.max() <= 1.0


def test_the_split_loses_nothing(prepared):
    assert len(load_split(prepared, "train").labels) == 1438
    assert len(load_split(prepared, "valid").labels) == 359


def test_normalise_divides_by_the_scale():
    assert normalise(np.full((1, 8, 8), 8.0), 16.0)[0, 0, 0] == 0.5


@pytest.mark.parametrize("images", [np.zeros((3, 7, 8)), np.full((3, 8, 8), np.nan), np.zeros((2, 8, 8))])
def test_bad_data_is_refused(images):
    with pytest.raises(ValueError):
        check(images, np.zeros(3))


def test_a_dataset_item_is_an_image_and_a_label(prepared):
    image, label = DigitsDataset(load_split(prepared, "valid"))[0]
    assert tuple(image.shape) == (1, 8, 8)
    assert label in range(10)


def test_batches_are_the_same_each_time(prepared):
    first, second = (next(iter(loader(prepared, "train", shuffle=True)))[1].tolist() for _ in range(2))
    assert first == second
