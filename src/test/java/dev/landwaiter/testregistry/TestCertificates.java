package dev.landwaiter.testregistry;

/**
 * A server's certificate and key, and the authority that issued it, all in PEM.
 *
 * @param caPem what a client must trust
 * @param certificatePem the leaf
 * @param keyPem its private key, PKCS #8
 */
public record TestCertificates(String caPem, String certificatePem, String keyPem) {
    /** Fresh ones for {@code localhost}, {@code 127.0.0.1}, {@code ::1} and {@code names}, of an authority of their own. */
    public static TestCertificates create(String... names) {
        String[] all = new String[names.length + 3];
        all[0] = "localhost";
        all[1] = "127.0.0.1";
        all[2] = "::1";
        System.arraycopy(names, 0, all, 3, names.length);
        return new TestAuthority().issue(all);
    }

    /** Without the private key. */
    @Override
    public String toString() {
        return "TestCertificates[" + certificatePem.length() + " characters]";
    }
}
