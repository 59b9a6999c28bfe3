package dev.landwaiter.admission;

import dev.landwaiter.check.Finding;
import dev.landwaiter.check.NamespaceScope;
import dev.landwaiter.check.PodSelection;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.policy.PolicySet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has to be found out for one request, and what has been. It is all that is kept of a request while registries are asked: nothing of
 * its objects, which as trees take many times the bytes that they came in.
 */
final class PendingDecision {
    /** Of a request that brings nothing to decide on. */
    static final PendingDecision NOTHING = new PendingDecision(
            new Slots(List.of(), List.of(), false),
            new NamespaceScope(
                    PolicySet.EMPTY, (_, _) -> Optional.empty(), "", new PodSelection(Map.of()), Instant.EPOCH, false),
            Keychain.ANONYMOUS,
            Map.of());

    private final Slots slots;
    private final NamespaceScope scope;
    private final Keychain keychain;
    /** By reference; those that are still to be looked up are cut off. */
    private final Map<String, Finding> findings;

    PendingDecision(Slots slots, NamespaceScope scope, Keychain keychain, Map<String, Finding> findings) {
        this.slots = slots;
        this.scope = scope;
        this.keychain = keychain;
        this.findings = findings;
    }

    /** Whether nothing has to be looked up any more. */
    boolean complete() {
        for (Finding finding : findings.values()) {
            if (finding.cutOff()) {
                return false;
            }
        }
        return true;
    }

    Slots slots() {
        return slots;
    }

    NamespaceScope scope() {
        return scope;
    }

    Keychain keychain() {
        return keychain;
    }

    Map<String, Finding> findings() {
        return findings;
    }
}
