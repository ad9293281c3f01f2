"""Run notebooks and write them as they are committed.

``python tests/notebooks/refresh.py 01 02`` does it for two of them; without numbers it takes all. Written are the
outputs, the captions (``*Figure: ...*`` in the next text cell) in the pictures' metadata, no time stamps.
Pictures of a file that would be too large are brought down to 256 colours, or 64. Cells tagged ``widget`` stay as they
are.
"""

import argparse
import base64
import io
import re
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "notebooks"
LARGE = 300_000  # bytes
CAPTION = re.compile(r"^\*Figures?: (.*?)\*$", re.MULTILINE | re.DOTALL)


def refresh(path):
    import nbformat
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    specs = KernelSpecManager(kernel_dirs=[])  # the running interpreter, whatever kernels are installed
    NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs),
        timeout=120,
        skip_cells_with_tag="widget",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute(cleanup_kc=True)
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    give_captions(notebook)
    for colours in (256, 64):
        if len(nbformat.writes(notebook).encode()) > LARGE:
            for output in (output for cell in notebook.cells for output in pictures(cell)):
                output.data["image/png"] = fewer_colours(output.data["image/png"], colours)
    nbformat.write(notebook, path)
    return path.stat().st_size


def give_captions(notebook):
    """Put the caption of each picture into its metadata, as its alternative text."""
    waiting = []  # pictures, until the next markdown cell with their captions
    for cell in notebook.cells:
        waiting += pictures(cell)
        if cell.cell_type == "markdown":
            captions = CAPTION.findall(cell.source)
            if len(captions) == 1:
                captions *= len(waiting)  # "*Figures: first ... then ...*"
            for output, caption in zip(waiting, captions, strict=False):
                output.metadata["image/png"] = {"alt": re.sub(r"[`$]", "", " ".join(caption.split()))}
            waiting = []


def pictures(cell):
    return [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]


def fewer_colours(text, colours):
    """Return a PNG, both as base64, with a palette: 256 colours are a third of the size, and hard to tell apart."""
    from PIL import Image

    reduced = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(text))) as image:
        image.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(reduced, "png", optimize=True)
    return base64.b64encode(reduced.getvalue()).decode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("numbers", nargs="*", help="as in 01 07; all by default")
    numbers = tuple(parser.parse_args().numbers)
    chosen = [path for path in sorted(FOLDER.glob("*.ipynb")) if not numbers or path.name.startswith(numbers)]
    if not chosen:
        sys.exit(f"no notebook in {FOLDER} begins with {', '.join(numbers)}")
    for path in chosen:
        print(f"{path.name}: {refresh(path) // 1000} kB")
