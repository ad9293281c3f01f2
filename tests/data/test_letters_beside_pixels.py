"""What is written beside the pixels, well or badly, never decides over them; and only known formats are opened."""

import io
import shutil
import struct
import subprocess
import warnings

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from senumpy.data import decoding, read_image

PIXELS = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3) * 3
ODD = {
    "a resolution that is a word": (282, 2, b"word\0"),
    "a camera's make that is a number": (271, 3, struct.pack("<H", 7)),
    "a software that is a fraction": (305, 5, struct.pack("<II", 1, 3)),
    "a position with a denominator of zero": (34853, 5, struct.pack("<II", 0, 0)),
    "a pointer to more notes that is a word": (34665, 2, b"word\0"),
    "a version that is a fraction": (36864, 12, struct.pack("<d", 1.5)),
    "a colour model of 64 bits": (262, 16, struct.pack("<Q", 2)),
    "a width that is a word": (256, 2, b"wide\0"),
    "notes of a type that nobody knows": (37500, 99, b"1234"),
}


def exif(orientation, *odd):
    """An Exif block with the note which way is up, and other notes as they come."""
    tags = sorted([(0x112, 3, struct.pack("<H", orientation)), *odd])
    start = 8 + 2 + 12 * len(tags) + 4
    directory, values = struct.pack("<H", len(tags)), b""
    for tag, kind, value in tags:
        size = {2: len(value), 7: len(value)}.get(kind, 1)
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", start + len(values))
        values += value if len(value) > 4 else b""
        directory += struct.pack("<HHI", tag, kind, size) + place
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory + bytes(4) + values


def written(format, **options):
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, format, **({"lossless": True} if format == "WEBP" else {}), **options)
    return file.getvalue()


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_an_odd_note_beside_the_orientation_stops_nothing(format, odd):
    upright, turned = read_image(written(format)), read_image(written(format, exif=exif(6, ODD[odd])))
    np.testing.assert_array_equal(turned, np.rot90(upright, -1, axes=(1, 2)))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_random_notes_beside_the_orientation_stop_nothing(format):
    rng = np.random.default_rng(0)
    sizes = {1: 1, 2: 5, 3: 2, 4: 4, 5: 8, 7: 6, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8}
    expected = np.rot90(read_image(written(format)), -1, axes=(1, 2))
    for _ in range(60):
        kind = int(rng.choice(list(sizes)))
        tag = int(rng.choice([*range(254, 300), *range(315, 350), *range(33432, 33440), 34665, 34853, 37121, 40965]))
        data = written(format, exif=exif(6, (tag, kind, rng.bytes(sizes[kind]))))
        np.testing.assert_array_equal(read_image(data), expected, err_msg=f"tag {tag} of type {kind}")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_tiff_whose_notes_stop_the_decoder_is_refused_in_words_and_most_are_read():
    rng, read = np.random.default_rng(0), 0
    for attempt in range(200):
        notes = TiffImagePlugin.ImageFileDirectory_v2()
        notes[0x112] = 6
        data = bytearray(written("TIFF", tiffinfo=notes))
        start = struct.unpack_from("<I", data, 4)[0]
        (count,) = struct.unpack_from("<H", data, start)
        place = start + 2 + 12 * int(rng.integers(count))
        data[place + 2 + attempt % 2 * 6] = int(rng.integers(1, 17))  # another type, or another value
        try:
            assert read_image(bytes(data)).ndim == 3
            read += 1
        except ValueError as error:
            assert "the picture given as bytes" in str(error)
    assert read > 100


def test_no_note_and_a_note_without_sense_are_the_same():
    for orientation in (0, 1, 9, 65535):
        np.testing.assert_array_equal(read_image(written("PNG", exif=exif(orientation))), read_image(written("PNG")))


@pytest.mark.parametrize("format", ["PPM", "TGA", "ICO", "PCX", "EPS", "PDF", "JPEG2000", "SGI", "DDS"])
def test_other_formats_are_refused_by_whatever_name(format, tmp_path):
    (tmp_path / "holiday.png").write_bytes(written(format))
    with pytest.raises(ValueError, match="holiday.png.*is not a picture that can be read: PNG, JPEG"):
        read_image(tmp_path / "holiday.png")


def test_postscript_starts_no_program(tmp_path, monkeypatch):
    def called(*args, **kwargs):
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "check_call", called)
    monkeypatch.setattr(subprocess, "Popen", called)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/gs")
    with pytest.raises(ValueError, match="not a picture"):
        read_image(written("EPS"))


def test_pictures_are_read_in_threads_without_a_change_to_the_warning_filters():
    from concurrent.futures import ThreadPoolExecutor

    before, data = list(warnings.filters), written("PNG", exif=exif(6))
    with ThreadPoolExecutor(4) as pool:
        sums = {float(x.sum()) for x in pool.map(read_image, [data] * 100)}
    assert len(sums) == 1 and warnings.filters == before


def test_the_limit_on_pixels_comes_before_the_decoder(monkeypatch):
    data = written("PNG")
    monkeypatch.setattr(decoding, "MAX_PIXELS", 23)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(ValueError, match="6 x 4 pixels, far too many pixels: at most 23 are read"):
        decoding.decode(data, "it")


def test_a_large_picture_is_cut_before_it_is_converted(monkeypatch):
    """A wide picture costs its own bytes, and one square in other kinds of pixels."""
    converted = []
    original = Image.Image.convert

    def convert(self, *arguments, **options):
        converted.append(self.size)
        return original(self, *arguments, **options)

    monkeypatch.setattr(Image.Image, "convert", convert)
    file = io.BytesIO()
    Image.new("P", (400, 20)).save(file, "PNG", transparency=0)
    assert read_image(file.getvalue(), size=10).shape == (3, 10, 10)
    assert converted and max(converted) <= (20, 20)


@pytest.mark.parametrize("white", [255, 65535])
def test_32_bits_are_never_silently_black(tmp_path, white):
    grey = np.array([[0, white // 3, white]], np.int32)
    Image.fromarray(grey).save(tmp_path / "grey.tiff")
    np.testing.assert_allclose(read_image(tmp_path / "grey.tiff")[0, 0], [0, 1 / 3, 1], atol=0.003)


def test_16_bits_stay_16_bits_where_they_are_dark(tmp_path):
    for suffix in ("png", "tiff"):
        Image.fromarray(np.array([[0, 200]], np.uint16)).save(tmp_path / f"dark.{suffix}")
        assert read_image(tmp_path / f"dark.{suffix}").max() < 0.01


def test_a_transparent_grey_of_16_bits_is_laid_on_white(tmp_path):
    Image.fromarray(np.array([[0, 1000, 65535]], np.uint16)).save(tmp_path / "grey.png", transparency=1000)
    np.testing.assert_allclose(read_image(tmp_path / "grey.png")[0, 0], [0, 1, 1])
