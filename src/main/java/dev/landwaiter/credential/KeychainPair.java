package dev.landwaiter.credential;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import java.util.ArrayList;
import java.util.List;

/** Two keychains as one: what the second has comes after what the first has. */
record KeychainPair(Keychain first, Keychain second) implements Keychain {
    @Override
    public Found find(ImageReference reference, Deadline deadline) {
        return both(first.find(reference, deadline), second.find(reference, deadline));
    }

    @Override
    public Found refresh(ImageReference reference, Deadline deadline) {
        return both(first.refresh(reference, deadline), second.refresh(reference, deadline));
    }

    private static Found both(Found before, Found found) {
        if (found.credential() instanceof Credential.Anonymous
                && !(before.credential() instanceof Credential.Anonymous)) {
            return before;
        }
        if (!(before.credential() instanceof Credential.Anonymous)) {
            List<Credential> others = new ArrayList<>(before.others());
            others.add(found.credential());
            others.addAll(found.others());
            return new Found(before.credential(), others, before.notes());
        }
        if (before.notes().isEmpty()) {
            return found;
        }
        List<String> notes = new ArrayList<>(before.notes());
        notes.addAll(found.notes());
        return new Found(found.credential(), found.others(), notes);
    }
}
