"""The reader takes any picture a user may have, and says clearly what it does not take."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from senumpy.data import load_photo, read_image


def save(image, path, **options):
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **options)
    return path


def test_bundled_picture_by_name():
    x = read_image("coffee")
    assert x.shape == (3, 224, 224) and x.dtype == np.float32
    assert np.array_equal(np.rint(x * 255), load_photo("coffee").transpose(2, 0, 1))


def test_rgb_file_comes_back_exactly(tmp_path):
    pixels = np.random.default_rng(0).integers(256, size=(5, 7, 3), dtype=np.uint8)
    x = read_image(save(pixels, tmp_path / "picture.png"))
    assert np.array_equal(x, pixels.transpose(2, 0, 1).astype(np.float32) / 255)
    assert np.array_equal(read_image(str(tmp_path / "picture.png")), x)


def test_own_file_named_like_a_bundled_one(tmp_path, monkeypatch):
    save(np.zeros((2, 2, 3), np.uint8), tmp_path / "cat", format="PNG")
    monkeypatch.chdir(tmp_path)
    assert read_image("./cat").shape == (3, 2, 2)
    assert read_image("cat").shape == (3, 224, 224)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_of_the_camera_is_respected(tmp_path, orientation):
    """The same upright picture, stored in each of the eight ways a camera can be held."""
    upright = np.arange(2 * 3, dtype=np.uint8).reshape(2, 3) * 40
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.T, 6: np.rot90(upright), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    x = read_image(save(np.ascontiguousarray(stored), tmp_path / "photo.png", exif=exif))
    assert np.array_equal(np.rint(x[0] * 255), upright)


def test_transparent_pixels_are_laid_on_white(tmp_path):
    pixels = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8)
    x = read_image(save(pixels, tmp_path / "picture.png"))
    assert np.allclose(x[:, 0].T, [[1, 0, 0], [1, 1, 1], [0.8, 0.8, 0.8]], atol=0.003)


def test_grey_with_transparency_and_palette_with_transparency(tmp_path):
    grey = np.array([[[0, 255], [0, 0]]], np.uint8)
    assert read_image(save(grey, tmp_path / "grey.png"))[:, 0].T.tolist() == [[0, 0, 0], [1, 1, 1]]
    palette = Image.fromarray(np.array([[0, 1]], np.uint8)).convert("P")
    palette.putpalette([255, 0, 0, 0, 0, 255])
    x = read_image(save(palette, tmp_path / "palette.png", transparency=1))
    assert x[:, 0].T.tolist() == [[1, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_other_kinds_of_pixels_become_rgb(tmp_path, mode):
    image = Image.new("RGB", (6, 4), "white")
    image.paste("black", (0, 0, 3, 4))
    x = read_image(save(image.convert(mode), tmp_path / "picture.tiff", compression="tiff_lzw"))
    assert x.shape == (3, 4, 6)
    assert np.allclose(x, np.repeat([0, 1], 3), atol=0.01)


def test_grey_is_the_same_in_all_channels(tmp_path):
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    assert np.array_equal(np.rint(read_image(save(grey, tmp_path / "grey.png")) * 255), np.stack([grey] * 3))


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bits_keep_their_brightness(tmp_path, suffix):
    wide = np.array([[0, 257, 32768, 65535]], np.uint16)
    x = read_image(save(wide, tmp_path / f"wide.{suffix}"))
    assert np.allclose(x[0], wide / 65535, atol=1 / 255)
    assert x.min() == 0 and x.max() == 1


def test_32_bits_beyond_16_and_floating_point_are_refused(tmp_path):
    with pytest.raises(ValueError, match="values from 0 to 70000, and nothing says which is white"):
        read_image(save(np.array([[0, 70000]], np.int32), tmp_path / "wide.tiff"))
    with pytest.raises(ValueError, match="floating-point"):
        read_image(save(np.array([[0, 1]], np.float32), tmp_path / "float.tiff"))


@pytest.mark.parametrize("shape", [(40, 100), (100, 40)])
def test_size_cuts_the_square_from_the_middle(tmp_path, shape):
    """White square in the middle, black beyond it: after the cut nothing black is left."""
    pixels = np.zeros(shape, np.uint8)
    pixels[(shape[0] - 40) // 2 :, (shape[1] - 40) // 2 :][:40, :40] = 255
    x = read_image(save(pixels, tmp_path / "wide.png"), size=16)
    assert x.shape == (3, 16, 16)
    assert x.min() == 1


def test_reducing_averages_instead_of_skipping(tmp_path):
    board = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    x = read_image(save(board, tmp_path / "board.png"), size=8)
    assert np.abs(x - 0.5).max() < 0.02


def test_size_can_enlarge(tmp_path):
    x = read_image(save(np.full((2, 2), 51, np.uint8), tmp_path / "small.png"), size=9)
    assert x.shape == (3, 9, 9)
    assert np.allclose(x, 0.2)


@pytest.mark.parametrize("size", [0, -3, 2.5])
def test_wrong_size_is_refused(size):
    with pytest.raises(ValueError, match="size must be an integer"):
        read_image("cat", size=size)


def claims(width, height):
    """A PNG of a few bytes that claims to be huge."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_decompression_bomb_is_refused(tmp_path):
    (tmp_path / "bomb.png").write_bytes(claims(50_000, 50_000))
    with pytest.raises(ValueError, match="far too many pixels"):
        read_image(tmp_path / "bomb.png", size=32)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file.*dog.*cat, coffee"):
        read_image("dog")
    with pytest.raises(ValueError, match="is a folder.*read_folder"):
        read_image(tmp_path)


def test_file_that_is_no_picture(tmp_path):
    for content in (b"", b"hello", b"%PDF-1.4"):
        (tmp_path / "note.png").write_bytes(content)
        with pytest.raises(ValueError, match="note.png.*is not a picture"):
            read_image(tmp_path / "note.png")


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow's own, about what is wrong with the file
@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_broken_files_are_refused_or_read_but_never_crash(tmp_path, format):
    """Cut short or with bytes changed, a file gives a picture or a ValueError that names it."""
    rng = np.random.default_rng(0)
    path = save(load_photo("cat")[:32, :32], tmp_path / "picture", format=format)
    whole = path.read_bytes()
    refused = 0
    for attempt in range(60):
        broken = bytearray(whole)
        if attempt % 2:
            for place in rng.integers(len(broken), size=4):
                broken[place] = rng.integers(256)
        else:
            del broken[rng.integers(1, len(broken)) :]
        path.write_bytes(broken)
        try:
            x = read_image(path, size=8)
        except ValueError as error:
            assert str(path) in str(error)
            refused += 1
        else:
            assert x.shape == (3, 8, 8) and 0 <= x.min() and x.max() <= 1
    assert refused > 10
