"""Labels stand beside their points and off one another."""

from __future__ import annotations

import numpy as np

from emogeo.analysis.charts.labels import place_beside, place_labels

BOX = np.array([[0.0, 0.0], [600.0, 600.0]])


def overlaps(places: np.ndarray, sizes: np.ndarray) -> int:
    pairs = [(a, b) for a in range(len(places)) for b in range(a)]
    return sum(bool((np.abs(places[a] - places[b]) < (sizes[a] + sizes[b]) / 2 - 0.01).all()) for a, b in pairs)


def test_a_point_alone_has_its_label_on_the_right() -> None:
    assert place_labels(np.array([[100.0, 100.0]]), np.array([[40.0, 10.0]]), 5.0, BOX).tolist() == [[125.0, 100.0]]


def test_near_points_have_labels_that_do_not_overlap_each_other_or_a_point() -> None:
    points = np.array([[300.0, 300.0], [306.0, 300.0], [300.0, 306.0], [320.0, 303.0]])
    sizes = np.array([[60.0, 12.0]] * 4)
    places = place_labels(points, sizes, 5.0, BOX)
    assert overlaps(places, sizes) == 0
    assert not (np.abs(places[:, None] - points[None]) < sizes[:, None] / 2).all(axis=2).any()


def test_labels_stay_on_the_page() -> None:
    places = place_labels(np.array([[598.0, 300.0], [300.0, 2.0]]), np.array([[80.0, 12.0]] * 2), 5.0, BOX)
    half = np.array([40.0, 6.0])
    assert (places + half <= 600).all() and (places - half >= 0).all()


def test_many_random_labels_hardly_overlap() -> None:
    points = np.random.default_rng(0).uniform(50, 550, size=(30, 2))
    sizes = np.column_stack([np.full(30, 60.0), np.full(30, 12.0)])
    assert overlaps(place_labels(points, sizes, 5.0, BOX), sizes) <= 1


def test_one_more_label_stands_where_it_belongs_unless_something_is_there() -> None:
    point, size = np.array([300.0, 300.0]), np.array([40.0, 12.0])
    nothing, none = np.empty((0, 4)), np.empty((0, 2))
    for way in np.array([[1.0, 0.0], [0.0, -1.0], [-1.0, 0.0]]):
        place = place_beside(point, way, size, 8.0, BOX, none, nothing)
        assert (place - point) @ way == np.abs(place - point).sum() > 8.0, "straight ahead"
    there = np.array([[330.0, 300.0, 60.0, 20.0]])
    place = place_beside(point, np.array([1.0, 0.0]), size, 8.0, BOX, point[None] + [[0.0, 20.0]], there)
    assert not (np.abs(place - there[0, :2]) < (size + there[0, 2:]) / 2).all(), "not on a label"
    assert not (np.abs(place - [300.0, 320.0]) < size / 2).all(), "not on a point"
