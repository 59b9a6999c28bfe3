package dev.landwaiter.admission;

import dev.landwaiter.credential.Keychain;
import java.util.List;

/** Makes the keychain of one request: once for each, passed down from there. */
@FunctionalInterface
public interface Keychains {
    /**
     * The credentials that a Pod may use.
     *
     * @param namespace of the Pod: no other is ever read for it
     * @param pullSecrets that the Pod names, in order
     * @param serviceAccount of the Pod, whose pull secrets count where it names none; {@code ""} for {@code default}
     */
    Keychain forPod(String namespace, List<String> pullSecrets, String serviceAccount);
}
