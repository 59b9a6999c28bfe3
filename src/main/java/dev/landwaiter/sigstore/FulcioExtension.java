package dev.landwaiter.sigstore;

import java.util.Arrays;
import java.util.List;

/**
 * What a Fulcio certificate says of the identity token that it was issued for, besides issuer and subject.
 *
 * @see <a href="https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md">Fulcio's extensions</a>
 */
public enum FulcioExtension {
    GITHUB_WORKFLOW_TRIGGER(2, "githubWorkflowTrigger"),
    GITHUB_WORKFLOW_SHA(3, "githubWorkflowSHA"),
    GITHUB_WORKFLOW_NAME(4, "githubWorkflowName"),
    GITHUB_WORKFLOW_REPOSITORY(5, "githubWorkflowRepository"),
    GITHUB_WORKFLOW_REF(6, "githubWorkflowRef"),
    BUILD_SIGNER_URI(9, "buildSignerURI"),
    BUILD_SIGNER_DIGEST(10, "buildSignerDigest"),
    RUNNER_ENVIRONMENT(11, "runnerEnvironment"),
    SOURCE_REPOSITORY_URI(12, "sourceRepositoryURI"),
    SOURCE_REPOSITORY_DIGEST(13, "sourceRepositoryDigest"),
    SOURCE_REPOSITORY_REF(14, "sourceRepositoryRef"),
    SOURCE_REPOSITORY_IDENTIFIER(15, "sourceRepositoryIdentifier"),
    SOURCE_REPOSITORY_OWNER_URI(16, "sourceRepositoryOwnerURI"),
    SOURCE_REPOSITORY_OWNER_IDENTIFIER(17, "sourceRepositoryOwnerIdentifier"),
    BUILD_CONFIG_URI(18, "buildConfigURI"),
    BUILD_CONFIG_DIGEST(19, "buildConfigDigest"),
    BUILD_TRIGGER(20, "buildTrigger"),
    RUN_INVOCATION_URI(21, "runInvocationURI"),
    SOURCE_REPOSITORY_VISIBILITY_AT_SIGNING(22, "sourceRepositoryVisibilityAtSigning"),
    DEPLOYMENT_ENVIRONMENT(23, "deploymentEnvironment"),
    TOKEN_SUBJECT(24, "tokenSubject");

    static final String ARC = "1.3.6.1.4.1.57264.1.";
    /** Up to here values are raw text, above they are DER. */
    private static final int LAST_RAW = 6;

    private final int number;
    private final String text;

    FulcioExtension(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The name that policies and {@link Signer.Certificate#extensions} use: {@code sourceRepositoryURI}. */
    public String text() {
        return text;
    }

    /** All names, in the order of their numbers. */
    public static List<String> names() {
        return Arrays.stream(values()).map(FulcioExtension::text).toList();
    }

    String oid() {
        return ARC + number;
    }

    boolean raw() {
        return number <= LAST_RAW;
    }
}
