"""``senumpy watch`` called from a test, so that what it raises arrives."""

import argparse

from senumpy.commands import watch


def call(*words):
    parser = argparse.ArgumentParser()
    watch.add_parser(parser.add_subparsers())
    args = parser.parse_args(["watch", *map(str, words)])
    return args.func(args)
