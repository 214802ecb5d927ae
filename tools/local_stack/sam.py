"""`sam build` and `sam deploy` for the local stack."""

import os
import signal
import subprocess
from pathlib import Path

from tools.local_stack import layout
from tools.local_stack.emulator import log_tail
from tools.local_stack.errors import StackError
from tools.local_stack.layout import Layout

TIMEOUT_SECONDS = 600
POLL_DELAY_SECONDS = "0.3"
SOURCE_DIGEST_TAG = "leadflow:source"
BUILD_VARIABLES = {
    "LEADFLOW_ARCHITECTURE": layout.ARCHITECTURE,
    "LEADFLOW_PYTHON_VERSION": layout.PYTHON_VERSION,
    "LEADFLOW_BUILD_PYTHON": str(layout.STACK_PYTHON),
}


def _environment(endpoint_url: str) -> dict[str, str]:
    """Only the emulator can be meant: no profile, key or endpoint of the caller gets through."""
    path = f"{layout.STACK_PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return (
        layout.clean_environment()
        | BUILD_VARIABLES
        | {
            "PATH": path,
            "AWS_ACCESS_KEY_ID": layout.ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": layout.SECRET_ACCESS_KEY,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_DEFAULT_REGION": layout.REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint_url,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": POLL_DELAY_SECONDS,
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }
    )


def _run(arguments: list[str], files: Layout, endpoint_url: str) -> int:
    """Run the SAM CLI in a group of its own, which ends with us; its exit code."""
    with files.build_log.open("ab") as log:
        sam = subprocess.Popen(
            [str(layout.SAM), *arguments],
            cwd=layout.ROOT,
            env=_environment(endpoint_url),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return sam.wait(timeout=TIMEOUT_SECONDS)
    except BaseException:
        if sam.poll() is None:
            os.killpg(sam.pid, signal.SIGKILL)
        sam.wait()
        raise


def _require(arguments: list[str], files: Layout, endpoint_url: str) -> None:
    """Raises StackError with the end of the log when the SAM CLI fails."""
    files.build_log.write_bytes(b"")
    if not layout.SAM.exists():
        raise StackError("The SAM CLI is not installed.", "Run `make setup` first.")
    if _run(arguments, files, endpoint_url) != 0:
        raise StackError(
            f"`sam {arguments[0]}` failed. The end of its log:\n{log_tail(files.build_log)}",
            f"Mend the template or the code and start again. The whole log: {files.build_log}",
        )


def _parameters() -> list[str]:
    values = {
        "Stage": layout.STAGE,
        "PythonRuntime": layout.PYTHON_RUNTIME,
        "Architecture": layout.ARCHITECTURE,
        "AllowLoopbackPartners": "true",
        "WithheldRetrySeconds": layout.WITHHELD_RETRY_SECONDS,
    }
    return [f"ParameterKey={key},ParameterValue={value}" for key, value in values.items()]


def build(files: Layout, endpoint_url: str) -> None:
    """Build functions and layers for this machine; what did not change comes from the cache."""
    arguments = ["build", "--cached", "--parallel", "--config-env", "local"]
    directories = ["--build-dir", str(layout.BUILD), "--cache-dir", str(layout.BUILD_CACHE)]
    template = ["--template-file", str(_template())]
    overrides = ["--parameter-overrides", *_parameters()]
    _require([*arguments, *template, *directories, *overrides], files, endpoint_url)


def _template() -> Path:
    template = layout.ROOT / "template.yaml"
    if not template.is_file():
        raise StackError(f"There is no {template}.", "Restore it: `git checkout template.yaml`.")
    return template


def deploy(files: Layout, endpoint_url: str, *, source_digest: str) -> None:
    """Deploy what was built, marked with the digest of what it was built from."""
    arguments = ["deploy", "--config-env", "local", "--no-confirm-changeset"]
    template = ["--template-file", str(layout.BUILD / "template.yaml")]
    target = ["--stack-name", layout.STACK_NAME, "--region", layout.REGION]
    artifacts = ["--s3-bucket", layout.ARTIFACT_BUCKET, "--s3-prefix", layout.STACK_NAME]
    flags = ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
    tags = ["--no-fail-on-empty-changeset", "--tags", f"{SOURCE_DIGEST_TAG}={source_digest}"]
    overrides = ["--parameter-overrides", *_parameters()]
    command = [*arguments, *template, *target, *artifacts, *flags, *tags, *overrides]
    _require(command, files, endpoint_url)
