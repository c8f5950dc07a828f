# SPDX-License-Identifier: AGPL-3.0-or-later
"""deploy/quickstart in an empty directory of its own, on a free port."""
import json
import os
import subprocess
import tempfile

from support import processes
from support.server import REPOSITORY, binary

QUICKSTART = os.path.join(REPOSITORY, "deploy/quickstart")


class Quickstart:
    def __init__(self):
        self.parent = tempfile.mkdtemp(prefix="comptoir-qs-", dir="/tmp")
        os.chmod(self.parent, 0o755)
        self.directory = os.path.join(self.parent, "var")
        self.port = processes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, *options, check=True, seconds=110):
        result = subprocess.run([QUICKSTART, "--dir", self.directory, "--binary", binary("comptoir"), *options],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=seconds, cwd="/", check=False, env=processes.environment())
        if check:
            assert result.returncode == 0, f"{options}: {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result

    def start(self, *options):
        return self.run("--demo", "--background", "--port", str(self.port), "--set", "metrics.listen=", *options)

    def config(self):
        with open(os.path.join(self.directory, "comptoir.conf"), encoding="utf-8") as file:
            return file.read()

    def stop(self):
        return self.run("--stop")

    def demo(self):
        with open(os.path.join(self.directory, "demo.json"), encoding="utf-8") as file:
            return json.load(file)
