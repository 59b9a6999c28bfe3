"""Writes the TUF repository of this folder: python -m pip install tuf==7.0.1 securesystemslib[crypto]==1.6.0; python make.py

Each role is signed by another kind of key; the second root replaces one of the first one's keys.
"""
import datetime
import pathlib

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

here = pathlib.Path(__file__).parent
out = here / "python-tuf"
(out / "targets").mkdir(parents=True, exist_ok=True)
expires = datetime.datetime(2126, 1, 1, tzinfo=datetime.timezone.utc)

roots = [
    CryptoSigner(ed25519.Ed25519PrivateKey.generate()),
    CryptoSigner(ec.generate_private_key(ec.SECP256R1())),
    CryptoSigner(rsa.generate_private_key(65537, 3072)),
    CryptoSigner(ec.generate_private_key(ec.SECP384R1())),
]
online = {
    "timestamp": CryptoSigner(ec.generate_private_key(ec.SECP384R1())),
    "snapshot": CryptoSigner(ed25519.Ed25519PrivateKey.generate()),
    "targets": CryptoSigner(rsa.generate_private_key(65537, 2048)),
}


def write(name, signed, *signers):
    metadata = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    (out / name).write_bytes(metadata.to_bytes())


root = Root(expires=expires, consistent_snapshot=True)
for signer in roots[:3]:
    root.add_key(signer.public_key, "root")
root.roles["root"].threshold = 2
for role, signer in online.items():
    root.add_key(signer.public_key, role)
write("1.root.json", root, roots[0], roots[1])

root.version = 2
root.revoke_key(roots[0].public_key.keyid, "root")
root.add_key(roots[3].public_key, "root")
write("2.root.json", root, roots[1], roots[2], roots[3])

target = TargetFile.from_file("trusted_root.json", str(here.parent / "policy" / "trusted-root.json"), ["sha256", "sha512"])
content = (here.parent / "policy" / "trusted-root.json").read_bytes()
for digest in target.hashes.values():
    (out / "targets" / f"{digest}.trusted_root.json").write_bytes(content)
write("1.targets.json", Targets(expires=expires, targets={"trusted_root.json": target}), online["targets"])
targets = (out / "1.targets.json").read_bytes()
write("1.snapshot.json", Snapshot(expires=expires, meta={"targets.json": MetaFile.from_data(1, targets, ["sha256"])}), online["snapshot"])
snapshot = (out / "1.snapshot.json").read_bytes()
write("timestamp.json", Timestamp(expires=expires, snapshot_meta=MetaFile.from_data(1, snapshot, ["sha256"])), online["timestamp"])
