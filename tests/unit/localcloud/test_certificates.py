import stat

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from localcloud.certificates import CertificateAuthority


def test_a_client_that_trusts_the_authority_accepts_the_server(tmp_path):
    authority = CertificateAuthority(tmp_path)
    certificate, _ = authority.issue("ls-1.eu-central-1.rds.localcloud.test")
    trusted = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    name = x509.DNSName("ls-1.eu-central-1.rds.localcloud.test")
    verifier = PolicyBuilder().store(Store([trusted])).build_server_verifier(name)
    chain = verifier.verify(x509.load_pem_x509_certificate(certificate), [])
    assert chain[-1] == trusted


def test_the_authority_is_made_once_and_its_key_is_the_owners_alone(tmp_path):
    CertificateAuthority(tmp_path)
    before = (tmp_path / "ca.pem").read_bytes()
    CertificateAuthority(tmp_path)
    assert (tmp_path / "ca.pem").read_bytes() == before
    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600
