package dev.landwaiter.app;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/** A {@link Port} with images that were signed without keys, and the private Sigstore that vouches for who signed them. */
public final class KeylessPort implements AutoCloseable {
    public static final String WORKFLOW = "https://github.com/acme/api/.github/workflows/release.yml@refs/heads/main";
    public static final String ISSUER = "https://token.actions.githubusercontent.com";
    public static final String PROVENANCE = "https://slsa.dev/provenance/v1";

    public final Port port;
    public final PrivateSigstore sigstore = new PrivateSigstore(InstantSource.system());
    public final Pushed released;
    public final Pushed forked;

    public KeylessPort(Path folder) {
        this.port = new Port(folder);
        this.released = port.registry.images().image("keyless/api").tag("1").push();
        this.forked = port.registry.images().image("keyless/fork").tag("1").push();
        SigningIdentity release = SigningIdentity.workflow("acme/api", "release.yml", "refs/heads/main");
        sign(released, release, CosignSigner.SIGNATURE_PREDICATE);
        sign(released, release, PROVENANCE);
        sign(
                forked,
                SigningIdentity.workflow("stranger/api", "release.yml", "refs/heads/main"),
                CosignSigner.SIGNATURE_PREDICATE);
        port.write("trusted_root.json", new String(sigstore.trustedRoot(), StandardCharsets.UTF_8));
        port.write("keyless/root.yaml", """
                apiVersion: landwaiter.dev/v1alpha1
                kind: TrustRoot
                metadata:
                  name: private
                spec:
                  trustedRoot: |
                %s""".formatted(
                        new String(sigstore.trustedRoot(), StandardCharsets.UTF_8).indent(4)));
        port.write("keyless/policy.yaml", policy("workflow", "keyless/**", ""));
    }

    private void sign(Pushed image, SigningIdentity identity, String predicateType) {
        ObjectNode predicate = new JsonMapper().createObjectNode();
        byte[] statement = CosignSigner.statement(image.digest(), predicateType, predicate);
        Pushed _ = port.registry
                .signer()
                .pushBundle(
                        image,
                        predicateType,
                        sigstore.keyless(identity).envelope("application/vnd.in-toto+json", statement));
    }

    /** A policy that takes the release workflow's word for images of {@code repositories}, and more of its authority. */
    public String policy(String name, String repositories, String more) {
        return """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata:
                  name: %s
                spec:
                  images:
                    - glob: "%s/%s"
                  authorities:
                    - name: release
                      keyless:
                        trustRootRef: private
                        identities:
                          - issuer: %s
                            subject: %s
                %s""".formatted(name, port.registry.host(), repositories, ISSUER, WORKFLOW, more.indent(6));
    }

    public String reference(Pushed image, String tag) {
        return port.registry.host() + "/" + image.repository() + ":" + tag;
    }

    @Override
    public void close() {
        port.close();
    }
}
