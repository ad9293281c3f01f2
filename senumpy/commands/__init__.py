"""The commands behind ``python -m senumpy``, one module each: ``add_parser`` says what it takes, ``run`` does it."""
