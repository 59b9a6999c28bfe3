package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import java.util.ArrayList;
import java.util.List;

/** Two keychains as one: the second is asked where the first has only anonymous. */
record KeychainPair(Keychain first, Keychain second) implements Keychain {
    @Override
    public Found find(ImageReference reference, Deadline deadline) {
        Found found = first.find(reference, deadline);
        return found.credential() instanceof Credential.Anonymous
                ? added(found, second.find(reference, deadline))
                : found;
    }

    @Override
    public Found refresh(ImageReference reference, Deadline deadline) {
        Found found = first.refresh(reference, deadline);
        return found.credential() instanceof Credential.Anonymous
                ? added(found, second.refresh(reference, deadline))
                : found;
    }

    private static Found added(Found before, Found found) {
        if (before.notes().isEmpty()) {
            return found;
        }
        List<String> notes = new ArrayList<>(before.notes());
        notes.addAll(found.notes());
        return new Found(found.credential(), notes);
    }
}
