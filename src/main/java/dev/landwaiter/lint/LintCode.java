package dev.landwaiter.lint;

import java.util.Locale;

/** The stable name of what the linter finds, and how much it matters. Never renamed: people filter by it. */
public enum LintCode {
    FILE_UNREADABLE(Severity.ERROR, "a file cannot be read as YAML or JSON"),
    KIND_UNKNOWN(Severity.ERROR, "an object is of no kind that is read here"),
    POLICY_BROKEN(Severity.ERROR, "a policy can't be applied as written: it would refuse what it matches"),
    NAME_TWICE(Severity.ERROR, "two objects of one kind have the same name"),
    POLICY_TWICE(Severity.WARNING, "two policies say the same of the same images"),

    GLOB_NEVER_MATCHES(Severity.ERROR, "no image has such a name: a glob that matches nothing protects nothing"),
    GLOB_REDUNDANT(Severity.INFO, "the policy's other globs match all that this one matches"),
    GLOB_ONE_LEVEL(Severity.INFO, "a glob that ends in one star leaves out whatever lies deeper"),
    SELECTOR_NEVER_MATCHES(Severity.ERROR, "no namespace can have such labels"),
    SELECTOR_MATCHES_NONE_HERE(Severity.WARNING, "none of the Namespaces in the files has such labels"),

    SHADOWED(Severity.WARNING, "another policy refuses every image that this one is for"),
    PASS_WITHOUT_EFFECT(Severity.WARNING, "a policy that passes everything exempts no image from another policy"),
    AUTHORITY_MOOT(Severity.ERROR, "a static pass decides before this authority is asked"),
    AUTHORITY_NEVER_PASSES(Severity.WARNING, "a static fail beside others forbids nothing"),
    THRESHOLD_UNREACHABLE(Severity.ERROR, "fewer authorities can pass than must"),
    THRESHOLD_LOWERED(Severity.ERROR, "a static pass counts towards the threshold"),
    SIGNER_TWICE(Severity.ERROR, "one signer stands in two authorities and counts as two"),
    SIGNERS_OVERLAP(Severity.ERROR, "one certificate can pass two authorities and counts as two"),

    EXCEPTION_FOR_NO_POLICY(Severity.WARNING, "an exception names a policy that is not in the files"),

    STATIC_PASS_WIDE(Severity.WARNING, "a static pass for images that strangers can push"),
    GLOB_OPEN_ENDED(Severity.WARNING, "a star within a name also takes names that strangers can choose"),
    KEYLESS_ANYONE(Severity.ERROR, "a keyless authority without identities takes everyone's signature"),
    IDENTITY_EMPTY(Severity.ERROR, "an identity that asks for nothing takes everyone's signature"),
    IDENTITY_ANY_ISSUER(Severity.ERROR, "a subject counts whichever issuer vouches for it"),
    IDENTITY_ANY_SUBJECT(Severity.ERROR, "everyone whom the issuer knows counts"),
    IDENTITY_ANY_REF(Severity.INFO, "workflows of every branch, tag and pull request count"),
    IDENTITY_WILDCARD(Severity.ERROR, "an exact text with a wildcard or pattern in it never matches"),
    ISSUER_MISSPELT(Severity.ERROR, "no certificate names this issuer in this spelling"),
    PATTERN_INVALID(Severity.ERROR, "a pattern is not a valid RE2 expression"),
    PATTERN_MATCHES_STRANGERS(Severity.ERROR, "a pattern takes identities that anyone can have"),
    PATTERN_UNANCHORED(Severity.ERROR, "a pattern is found in the middle of longer texts, too"),
    PATTERN_OPEN_END(Severity.WARNING, "a pattern also takes longer names that begin the same"),
    PATTERN_DOT(Severity.WARNING, "a dot in a pattern stands for any character"),
    ATTESTATION_UNCONDITIONAL(Severity.INFO, "an attestation must be there, whatever it says"),

    UNAVAILABLE_ADMITS(Severity.WARNING, "images get in while the registry does not answer"),
    UNAVAILABLE_ANY_REGISTRY(
            Severity.ERROR,
            "a deployer can name a registry of their own, which only has to fail for the image to get in"),
    MODE_ADMITS(Severity.INFO, "the policy refuses nothing"),
    REFERENCE_MISSING(Severity.WARNING, "a Secret, ConfigMap or TrustRoot is named that is not in the files");

    private final Severity severity;
    private final String meaning;

    LintCode(Severity severity, String meaning) {
        this.severity = severity;
        this.meaning = meaning;
    }

    public Severity severity() {
        return severity;
    }

    /** In half a sentence, for documentation. */
    public String meaning() {
        return meaning;
    }

    /** As people write it: {@code glob-never-matches}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
