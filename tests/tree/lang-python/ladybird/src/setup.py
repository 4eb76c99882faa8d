from setuptools import setup

setup(name="ladybird", version="0.7", py_modules=["spots"], scripts=["ladybird"])
