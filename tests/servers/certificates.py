"""Certificates made for a test, for names of ours: good ones, and those that are out of date."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

NEEDS_OPENSSL = "needs openssl (Debian: apt-get install openssl)"


def make_certificate(
    folder: Path, host: str, *, days: int = 30, others: Sequence[str] = ()
) -> tuple[ssl.SSLContext, Path]:
    """Return what a server of `host` speaks TLS with, and the file of whom to trust for it."""
    names = ",".join(f"DNS:{each}" for each in (host, *others))
    certificate, key = folder / f"{host}.pem", folder / f"{host}.key"
    subprocess.run(  # a certificate that vouches for itself
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", key, "-out", certificate, "-days", str(days),
         "-subj", f"/CN={host}", "-addext", f"subjectAltName={names}"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
